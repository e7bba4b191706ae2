/// Tokens joined to pieces that can be written: byte-level tokenizers cut characters in two.
enum TokenText {
    /// Consecutive tokens whose bytes end together.
    struct Piece: Sendable, Hashable {
        /// What is shown, with white space and bytes that are no UTF-8 made visible; not escaped.
        var text: String
        /// Which tokens it holds, at least one.
        var tokens: Range<Int>
        /// Some bytes are no UTF-8.
        var isBroken: Bool
        /// Nothing but white space, or nothing at all.
        var isBlank: Bool
    }

    /// Every token in exactly one piece, in order. No piece holds more than 4 tokens for the sake of one character.
    static func pieces(_ tokens: [[UInt8]]) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < tokens.count {
            var bytes = tokens[index]
            var end = index + 1
            // A character has 4 bytes at most: what is not whole after three more tokens never will be.
            while end < tokens.count, end - index < 4, isCut(bytes) {
                bytes += tokens[end]
                end += 1
            }
            // Joining that did not help is taken back, so that garbage does not swallow its neighbours.
            if end - index > 1, isCut(bytes) || String(validating: bytes, as: UTF8.self) == nil {
                bytes = tokens[index]
                end = index + 1
            }
            pieces.append(piece(bytes, index..<end))
            index = end
        }
        return pieces
    }

    /// The bytes end inside a character that could still be completed.
    static func isCut(_ bytes: [UInt8]) -> Bool {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte & 0xE0 == 0xC0 ? 2 : byte & 0xF0 == 0xE0 ? 3 : byte & 0xF8 == 0xF0 ? 4 : 1
            return needed > back
        }
        return false
    }

    private static func piece(_ bytes: [UInt8], _ tokens: Range<Int>) -> Piece {
        let whole = String(validating: bytes, as: UTF8.self)
        let text = whole.map(visible) ?? salvaged(bytes)
        return Piece(
            text: text, tokens: tokens, isBroken: whole == nil,
            isBlank: bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) })
    }

    /// White space that would not be seen gets a sign: line ends and tabs always, spaces unless one stands before a word.
    private static func visible(_ text: String) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\n": result += "\u{21B5}\n"
            case "\r": result += "\u{240D}"
            case "\t": result += "\u{21E5}"
            case " ":
                let isWordGap = index == 0 && scalars.count > 1 && !scalars[1].properties.isWhitespace
                let isInside =
                    index > 0 && index + 1 < scalars.count && !scalars[index - 1].properties.isWhitespace
                    && !scalars[index + 1].properties.isWhitespace
                result += isWordGap || isInside ? " " : "\u{00B7}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// What is UTF-8 as text, every other byte as `\xNN`.
    private static func salvaged(_ bytes: [UInt8]) -> String {
        var result = ""
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length = byte < 0x80 ? 1 : byte & 0xE0 == 0xC0 ? 2 : byte & 0xF0 == 0xE0 ? 3 : byte & 0xF8 == 0xF0 ? 4 : 0
            if length > 0, index + length <= bytes.count, let text = String(validating: bytes[index..<index + length], as: UTF8.self) {
                result += visible(text)
                index += length
            } else {
                result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                index += 1
            }
        }
        return result
    }
}
