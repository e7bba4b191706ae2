/// Finds words that make an answer depend on when it is asked: "today", "the latest", "stock price".
///
/// Whole words and phrases, in any case and with or without accents; punctuation and hyphens separate words, underscores do not (`unit_price` is
/// another word). Where a longer harmless phrase ("direct current", "F1 score", `now()`) holds such a word, the phrase wins. What remains in
/// doubt counts: a question answered again costs little, an old answer is wrong.
struct TimeWords: Sendable {
    /// One phrase of the lexicon.
    private struct Phrase: Sendable {
        /// Folded words, each with a space behind it.
        var text: [UInt8]
        var isHarmless: Bool
        /// Words of which one must, or must not, stand in the same text: for words that other languages use otherwise.
        var markers: Set<UInt64>
        var needsMarker: Bool
    }

    /// By the hash of the first word, longest first.
    private var phrases: [UInt64: [Phrase]] = [:]

    /// - Parameter extra: more words or phrases; those without any letter or digit are ignored.
    init(adding extra: [String] = []) {
        for phrase in TimeLexicon.timely + extra { insert(phrase) }
        for phrase in TimeLexicon.harmless { insert(phrase, isHarmless: true) }
        for word in TimeLexicon.conditional {
            insert(
                word.phrase, markers: Set(word.markers.map { Self.hash(of: FoldedText($0).bytes.dropLast()) }),
                needsMarker: word.needsMarker)
        }
        for key in phrases.keys { phrases[key]?.sort { $0.text.count > $1.text.count } }
    }

    private mutating func insert(_ phrase: String, isHarmless: Bool = false, markers: Set<UInt64> = [], needsMarker: Bool = false) {
        // German may write its umlauts with an e.
        let phrase = phrase.lowercased()
        let spelled = ["ä": "ae", "ö": "oe", "ü": "ue"].reduce(phrase) { text, pair in
            text.split(separator: pair.key, omittingEmptySubsequences: false).joined(separator: pair.value)
        }
        for spelling in spelled == phrase ? [phrase] : [phrase, spelled] {
            let folded = FoldedText(spelling)
            guard let first = folded.words.first else { continue }
            phrases[Self.hash(of: folded.bytes[first]), default: []].append(
                Phrase(text: folded.bytes, isHarmless: isHarmless, markers: markers, needsMarker: needsMarker))
        }
    }

    /// Whether the text holds one of the words. Linear in the text.
    func occur(in text: String) -> Bool {
        let folded = FoldedText(text)
        var index = 0
        while index < folded.words.count {
            guard let phrase = phrase(at: index, in: folded) else {
                index += 1
                continue
            }
            guard phrase.isHarmless else { return true }
            index += phrase.text.count(where: { $0 == UInt8(ascii: " ") })
        }
        return false
    }

    private func phrase(at index: Int, in text: FoldedText) -> Phrase? {
        let word = text.words[index]
        let rest = text.bytes[word.lowerBound...]
        return phrases[Self.hash(of: text.bytes[word])]?.first { phrase in
            guard rest.starts(with: phrase.text) else { return false }
            guard !phrase.markers.isEmpty else { return true }
            return text.words.contains { phrase.markers.contains(Self.hash(of: text.bytes[$0])) } == phrase.needsMarker
        }
    }

    /// FNV-1a, 64 bits. A collision is harmless: the phrase is compared, too.
    private static func hash(of word: ArraySlice<UInt8>) -> UInt64 {
        word.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// A text reduced to words in lower case without accents, one space behind each. Characters of scripts without spaces are words of their own.
struct FoldedText {
    private(set) var bytes: [UInt8] = []
    /// Without the space.
    private(set) var words: [Range<Int>] = []
    private var start = 0

    init(_ text: String) {
        bytes.reserveCapacity(text.utf8.count + 1)
        var opensCall = false
        for scalar in text.unicodeScalars {
            if opensCall {
                // A call in code, `now()`: the word keeps a bracket and equals no other.
                if scalar == ")" { bytes.append(UInt8(ascii: "(")) }
                endWord()
            }
            opensCall = scalar == "(" && bytes.count > start
            if !opensCall { append(scalar) }
        }
        endWord()
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A, 0x5F: bytes.append(UInt8(scalar.value))
        case 0x41...0x5A: bytes.append(UInt8(scalar.value | 0x20))
        case ..<0x80: endWord()
        case 0x300...0x36F: break
        case 0xC0...0x17F: appendLatin(scalar)
        case 0x400...0x40F: appendScalar(scalar.value + 0x50)
        case 0x410...0x42F: appendScalar(scalar.value + 0x20)
        case 0x3041...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7A3:
            endWord()
            appendScalar(scalar.value)
            endWord()
        // Latin-1 signs, general punctuation, CJK and full-width punctuation.
        case 0x80...0xBF, 0x2000...0x206F, 0x3000...0x3040, 0xFF00...0xFF0F: endWord()
        default: appendScalar(scalar.value)
        }
    }

    private mutating func endWord() {
        guard bytes.count > start else { return }
        words.append(start..<bytes.count)
        bytes.append(UInt8(ascii: " "))
        start = bytes.count
    }

    private mutating func appendScalar(_ value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else { return }
        bytes.append(contentsOf: String(Character(scalar)).utf8)
    }

    /// The letters of Latin-1 and Latin Extended-A (U+00C0...U+017F) without their accents.
    private mutating func appendLatin(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0xD7, 0xF7: endWord()
        case 0xC6, 0xE6: bytes.append(contentsOf: "ae".utf8)
        case 0xDF: bytes.append(contentsOf: "ss".utf8)
        case 0x152, 0x153: bytes.append(contentsOf: "oe".utf8)
        default: bytes.append(Self.plain[Int(scalar.value - 0xC0)])
        }
    }

    private static let plain = Array(
        ("aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnoooooxouuuuyty"
            + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
            + "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs").utf8)
}
