/// Finds the first violation of RFC 8259 in a document and says it in words. Slow and simple on purpose: it runs only after the fast
/// scanner refused a document, and tests use it as the scanner's independent twin.
public struct JSONSyntaxChecker {
    /// Containers may be nested this deep.
    public static let maxDepth = 256

    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    /// The first violation; `nil` when the document is JSON.
    public static func firstError(in bytes: [UInt8]) -> JSONSyntaxError? {
        if let fault = invalidUTF8(in: bytes) {
            return JSONSyntaxError(offset: fault, in: bytes, message: "invalid UTF-8")
        }
        var checker = JSONSyntaxChecker(bytes)
        do throws(Fault) {
            try checker.document()
            return nil
        } catch {
            return JSONSyntaxError(offset: error.offset, in: bytes, message: error.message)
        }
    }

    private struct Fault: Error {
        var offset: Int
        var message: String
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func expected(_ what: String) -> Fault {
        guard let byte = current else { return Fault(offset: offset, message: "unexpected end of the document, expected \(what)") }
        return Fault(offset: offset, message: "unexpected \(Self.name(byte)), expected \(what)")
    }

    private static func name(_ byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "'\(Character(Unicode.Scalar(byte)))'"
        case 0x20: "space"
        default: "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func document() throws(Fault) {
        skipSpace()
        try value("a value")
        skipSpace()
        if offset < bytes.count { throw expected("the end of the document") }
    }

    private mutating func value(_ what: String) throws(Fault) {
        switch current {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): try string()
        case .some(let byte) where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: throw expected(what)
        }
    }

    private mutating func open() throws(Fault) {
        guard depth < Self.maxDepth else { throw Fault(offset: offset, message: "nested deeper than \(Self.maxDepth) containers") }
        depth += 1
        offset += 1
        skipSpace()
    }

    private mutating func object() throws(Fault) {
        try open()
        if current == UInt8(ascii: "}") { return close() }
        while true {
            guard current == UInt8(ascii: "\"") else { throw expected("a member name in double quotes") }
            try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw expected("':' after the member name") }
            offset += 1
            skipSpace()
            try value("a value")
            skipSpace()
            if current == UInt8(ascii: "}") { return close() }
            guard current == UInt8(ascii: ",") else { throw expected("',' or '}'") }
            offset += 1
            skipSpace()
        }
    }

    private mutating func array() throws(Fault) {
        try open()
        if current == UInt8(ascii: "]") { return close() }
        while true {
            try value("a value")
            skipSpace()
            if current == UInt8(ascii: "]") { return close() }
            guard current == UInt8(ascii: ",") else { throw expected("',' or ']'") }
            offset += 1
            skipSpace()
        }
    }

    private mutating func close() {
        depth -= 1
        offset += 1
    }

    private mutating func string() throws(Fault) {
        let start = offset
        offset += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20:
                throw Fault(offset: offset, message: "raw control character \(Self.name(byte)) in a string, expected an escape")
            default: offset += 1
            }
        }
        throw Fault(offset: start, message: "string without closing quote")
    }

    private mutating func escape() throws(Fault) {
        let start = offset
        offset += 1
        switch current {
        case UInt8(ascii: "u"):
            offset += 1
            for _ in 0..<4 {
                guard let digit = current, Self.isHexDigit(digit) else {
                    throw Fault(offset: start, message: "invalid escape, expected four hexadecimal digits after \\u")
                }
                offset += 1
            }
        case .some(let byte) where #""\/bfnrt"#.utf8.contains(byte): offset += 1
        case .some: throw Fault(offset: start, message: #"invalid escape, expected one of \" \\ \/ \b \f \n \r \t \u"#)
        case nil: throw Fault(offset: start, message: "string without closing quote")
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }

    private mutating func digits(_ what: String) throws(Fault) {
        guard let byte = current, (0x30...0x39).contains(byte) else { throw expected(what) }
        while let byte = current, (0x30...0x39).contains(byte) { offset += 1 }
    }

    private mutating func number() throws(Fault) {
        let start = offset
        if current == UInt8(ascii: "-") { offset += 1 }
        if current == UInt8(ascii: "0") {
            offset += 1
            if let byte = current, (0x30...0x39).contains(byte) {
                throw Fault(offset: start, message: "a number must not begin with a zero before other digits")
            }
        } else {
            try digits("a digit")
        }
        if current == UInt8(ascii: ".") {
            offset += 1
            try digits("a digit after the decimal point")
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            try digits("a digit in the exponent")
        }
    }

    private mutating func literal(_ word: String) throws(Fault) {
        let start = offset
        for byte in word.utf8 {
            guard current == byte else {
                throw Fault(offset: start, message: "unknown word, expected true, false, null or a string in double quotes")
            }
            offset += 1
        }
    }

    /// The offset of the first byte that does not belong to a well-formed sequence.
    private static func invalidUTF8(in bytes: [UInt8]) -> Int? {
        var offset = 0
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
