/// The first bytes of an answer, made comparable: lower case (ASCII), straight apostrophes, no leading white space or emphasis marks.
struct OpeningText {
    /// Longer than four lead-ins and the longest phrase together.
    private static let limit = 160
    /// Stand-ins for characters beyond ASCII: no UTF-8 text holds these bytes.
    private static let letter: UInt8 = 0xFF
    private static let symbol: UInt8 = 0xFE

    private var bytes: [UInt8] = []

    init(_ text: String) {
        bytes.reserveCapacity(Self.limit)
        for scalar in text.unicodeScalars {
            guard bytes.count < Self.limit else { return }
            switch scalar {
            case "\u{2019}", "\u{2018}", "\u{02BC}":
                bytes.append(UInt8(ascii: "'"))
            case "*", "#", ">", "_":
                continue
            case _ where scalar.properties.isWhitespace:
                if let last = bytes.last, last != UInt8(ascii: " ") { bytes.append(UInt8(ascii: " ")) }
            case "A"..."Z":
                bytes.append(UInt8(ascii: scalar) | 0x20)
            case "\u{2013}", "\u{2014}", "\u{2026}":
                bytes.append(UInt8(ascii: "-"))
            default:
                // Beyond ASCII it only matters that it differs from every phrase, and whether it continues a word.
                bytes.append(scalar.isASCII ? UInt8(ascii: scalar) : scalar.properties.isAlphabetic ? Self.letter : Self.symbol)
            }
        }
    }

    /// `phrase` stands at `start` as whole words: "as an ai" is not in "as an aid".
    func holds(_ phrase: String, at start: Int) -> Bool {
        let end = start + phrase.utf8.count
        guard end <= bytes.count, bytes[start..<end].elementsEqual(phrase.utf8) else { return false }
        guard end < bytes.count else { return true }
        switch bytes[end] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), Self.letter: return false
        default: return true
        }
    }

    /// The first position from `start` on that is neither punctuation between clauses nor a blank.
    func afterSeparators(_ start: Int) -> Int {
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: ";"), UInt8(ascii: ":"),
                UInt8(ascii: "-"):
                position += 1
            default: return position
            }
        }
        return position
    }
}
