/// Cuts text into the pieces that the simulator calls tokens: a word with the space before it, a run of digits, one mark of
/// punctuation, one line break. Joining the pieces gives the text back.
enum Tokeniser {
    static func tokens(of text: String) -> [String] {
        var tokens: [String] = []
        var current = String.UnicodeScalarView()
        var kind = Kind.space
        for scalar in text.unicodeScalars {
            let next = Kind(scalar)
            let joins = (kind == .space && current.count == 1 && next != .space) || (next == kind && (next == .word || next == .digits))
            if !current.isEmpty && !joins {
                tokens.append(String(current))
                current.removeAll(keepingCapacity: true)
            }
            current.append(scalar)
            kind = next
        }
        if !current.isEmpty { tokens.append(String(current)) }
        return tokens
    }

    /// The text in pieces of at most `length` scalars, for tool arguments and JSON, which real models cut anywhere.
    static func pieces(of text: String, length: Int = 4) -> [String] {
        var pieces: [String] = []
        var current = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            current.append(scalar)
            if current.count == length {
                pieces.append(String(current))
                current.removeAll(keepingCapacity: true)
            }
        }
        if !current.isEmpty { pieces.append(String(current)) }
        return pieces
    }

    private enum Kind {
        case space, word, digits, mark

        init(_ scalar: Unicode.Scalar) {
            self =
                switch scalar {
                case " ": .space
                case "0"..."9": .digits
                case _ where scalar.properties.isAlphabetic || scalar == "'" || scalar == "\u{2019}": .word
                default: .mark
                }
        }
    }
}

extension Tokeniser {
    /// How many tokens the text has; above 64 KiB an estimate, a quarter of its bytes.
    static func count(of text: String) -> Int {
        text.utf8.count > 65_536 ? text.utf8.count / 4 : tokens(of: text).count
    }
}

/// FNV-1a, 64 bits: the simulator's choice of text and alternatives depends on it, so that equal prompts get equal answers on every
/// machine and in every process.
struct StableHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { combine($0) } }

    /// The text and an end mark, so that "ab", "c" differs from "a", "bc".
    mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine($0) }
        combine([0xff])
    }

    private mutating func combine(_ buffer: UnsafeBufferPointer<UInt8>) {
        var hash = value
        var index = 0
        // A plain loop: bodies are up to 16 MiB and tests run unoptimised.
        while index < buffer.count {
            hash = (hash ^ UInt64(buffer[index])) &* 0x100_0000_01b3
            index += 1
        }
        value = hash
    }

    static func of(_ text: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(text)
        return hash.value
    }

    /// Sixteen lower-case hexadecimal digits.
    var hexadecimal: String { Self.hexadecimal(value) }

    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
