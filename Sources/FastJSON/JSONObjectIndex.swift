internal import CSimdjson

/// What a JSON value is, told from its bytes.
public enum JSONKind: Sendable, Hashable {
    case null, bool, int, double, string, array, object
}

/// The members of one object and where they stand in the document's bytes. Building it validates the whole document once; nothing
/// but the member names is copied. It is how requests are read: known members by name, everything else left as it came.
public struct JSONObjectIndex: Sendable {
    /// One member, in document order.
    public struct Member: Sendable, Hashable {
        /// Escapes decoded.
        public var name: String
        /// From the opening quote of the name to the end of the value.
        public var range: Range<Int>
        /// The value alone, quotes included.
        public var value: Range<Int>
        /// What the value is; a number written without fraction and exponent that fits an `Int64` is ``JSONKind/int``.
        public var kind: JSONKind
    }

    /// The whole document, untouched.
    public let bytes: [UInt8]
    /// The object, braces included.
    public let range: Range<Int>
    /// In document order, duplicates included.
    public let members: [Member]

    /// Validates `bytes` (as ``JSONValue/parse(_:)-([UInt8])`` does) and lists the members of its root, which must be an object.
    public init(_ bytes: [UInt8]) throws(JSONSyntaxError) { try self.init(bytes, in: 0..<bytes.count) }

    private init(_ bytes: [UInt8], in slice: Range<Int>) throws(JSONSyntaxError) {
        let scan: Result<(Range<Int>, [Member]), JSONSyntaxError> = unsafe bytes.withUnsafeBufferPointer { whole in
            let buffer = unsafe UnsafeBufferPointer(rebasing: whole[slice])
            var object = unsafe qj_object()
            var offset = 0
            let status = unsafe qj_scan_object(buffer.baseAddress, buffer.count, &object, &offset)
            defer { if buffer.count > JSONScanner.everydayBytes { qj_trim() } }
            guard status == QJ_OK else { return .failure(JSONScanner.error(status, at: slice.lowerBound + offset, in: bytes)) }
            var members: [Member] = []
            unsafe members.reserveCapacity(object.count)
            let start = slice.lowerBound
            let found = unsafe UnsafeBufferPointer(start: object.members, count: object.count)
            for position in found.indices {
                let member = unsafe found[position]
                let name = Int(member.name_start)..<Int(member.name_end)
                members.append(
                    Member(
                        name: unsafe JSONScanner.text(name, escaped: member.name_escaped != 0, of: buffer),
                        range: start + Int(member.name_start) - 1..<start + Int(member.value_end),
                        value: start + Int(member.value_start)..<start + Int(member.value_end),
                        kind: JSONKind(qj_kind(rawValue: UInt32(member.kind)))))
            }
            return unsafe .success((start + Int(object.start)..<start + Int(object.end), members))
        }
        self.bytes = bytes
        (range, members) = try scan.get()
    }

    // MARK: Members by name

    /// The member of that name; of duplicates the last, as most readers do.
    public subscript(name: String) -> Member? { members.last { $0.name == name } }

    /// Whether there is a member of that name, whatever its value.
    public func contains(_ name: String) -> Bool { self[name] != nil }
    /// The kind of the member's value; `nil` when absent.
    public func kind(of name: String) -> JSONKind? { self[name]?.kind }

    /// The bytes of the member's value, quotes included.
    public func rawValue(of name: String) -> ArraySlice<UInt8>? { self[name].map { bytes[$0.value] } }

    /// The decoded string; `nil` when absent or something else.
    public func string(_ name: String) -> String? {
        guard let member = self[name], member.kind == .string else { return nil }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            let inner = member.value.lowerBound + 1..<member.value.upperBound - 1
            return unsafe JSONScanner.text(inner, escaped: true, of: buffer)
        }
    }

    /// The value; `nil` when absent or something else.
    public func bool(_ name: String) -> Bool? {
        guard let member = self[name], member.kind == .bool else { return nil }
        return bytes[member.value.lowerBound] == UInt8(ascii: "t")
    }

    /// The number when it is a whole one that fits (`2` and `2.0`).
    public func int(_ name: String) -> Int? {
        switch number(name) {
        case .int(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// Any number; `nil` when absent or something else.
    public func double(_ name: String) -> Double? { number(name)?.double }

    /// The members of an object value; `nil` when absent or something else. Ranges count from the start of the same document.
    public func object(_ name: String) -> JSONObjectIndex? {
        guard let member = self[name], member.kind == .object else { return nil }
        // The range was validated as part of this document, so the scan cannot fail.
        return try? JSONObjectIndex(bytes, in: member.value)
    }

    /// The value as a tree; `nil` when absent.
    public func value(_ name: String) -> JSONValue? {
        guard let raw = rawValue(of: name) else { return nil }
        return try? JSONValue.parse(Array(raw))
    }

    private func number(_ name: String) -> JSONValue? {
        guard let member = self[name], member.kind == .int || member.kind == .double else { return nil }
        return unsafe bytes.withUnsafeBufferPointer { whole in
            let buffer = unsafe UnsafeBufferPointer(rebasing: whole[member.value])
            guard let base = buffer.baseAddress else { return nil }
            var integer: Int64 = 0
            var double = 0.0
            switch unsafe qj_number(base, buffer.count, &integer, &double) {
            case QJ_INT: return .int(integer)
            case QJ_DOUBLE: return .double(double)
            default: return nil
            }
        }
    }
}

extension JSONKind {
    fileprivate init(_ kind: qj_kind) {
        switch kind {
        case QJ_NULL: self = .null
        case QJ_FALSE, QJ_TRUE: self = .bool
        case QJ_INT: self = .int
        case QJ_DOUBLE: self = .double
        case QJ_STRING: self = .string
        case QJ_ARRAY: self = .array
        default: self = .object
        }
    }
}
