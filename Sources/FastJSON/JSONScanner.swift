internal import CSimdjson

/// The calls into the C scanner that more than one reader needs.
enum JSONScanner {
    /// Results above this size give their scratch memory back.
    static let everydayBytes = 1 << 20

    /// What a refused document is told. The independent checker finds the position; when it has no objection, the scanner's own
    /// reason stands.
    static func error(_ status: qj_status, at offset: Int, in bytes: [UInt8]) -> JSONSyntaxError {
        switch status {
        case QJ_RANGE: return JSONSyntaxError(offset: offset, in: bytes, message: "number too large for a 64-bit floating point value")
        case QJ_NOT_OBJECT: return JSONSyntaxError(offset: offset, in: bytes, message: "expected a JSON object")
        case QJ_CAPACITY: return JSONSyntaxError(offset: 0, line: 1, column: 1, message: "document too large for the memory at hand")
        default: break
        }
        if let error = JSONSyntaxChecker.firstError(in: bytes) { return error }
        return JSONSyntaxError(offset: offset, in: bytes, message: "not a JSON document")
    }

    /// The text of a string value whose range (between the quotes) was validated.
    static func text(_ range: Range<Int>, escaped: Bool, of bytes: UnsafeBufferPointer<UInt8>) -> String {
        let raw = unsafe UnsafeBufferPointer(rebasing: bytes[range])
        guard escaped, let base = raw.baseAddress else { return unsafe String(decoding: raw, as: UTF8.self) }
        return unsafe String(unsafeUninitializedCapacity: raw.count) { buffer in
            guard let out = buffer.baseAddress else { return 0 }
            return unsafe qj_unescape(base, raw.count, out)
        }
    }
}
