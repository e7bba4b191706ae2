/// The sentences that simulated answers are made of. Which come first depends on the prompt, so that different prompts read
/// differently and equal ones the same.
enum Prose {
    /// Exactly `count` tokens of whole sentences; the last one is cut short with a full stop where it has to be.
    static func tokens(_ register: Register, count: Int, seed: UInt64) -> [String] {
        let sentences = register.sentences
        var tokens: [String] = []
        var index = Int(seed % UInt64(sentences.count))
        let opening = register.opening
        if let opening { tokens += Tokeniser.tokens(of: opening) }
        while tokens.count < count {
            let separator = tokens.isEmpty ? "" : index % 5 == 0 ? "\n\n" : " "
            let sentence = Tokeniser.tokens(of: separator == "\n\n" ? sentences[index] : separator + sentences[index])
            if separator == "\n\n" { tokens.append("\n\n") }
            tokens += sentence
            index = (index + 1) % sentences.count
        }
        tokens.removeSubrange(count...)
        if count > 1 { tokens[count - 1] = "." }
        return tokens
    }

    enum Register: Sendable, Hashable, CaseIterable {
        case plain, wavering, expert

        fileprivate var opening: String? { self == .expert ? "Considered answer:" : nil }

        var sentences: [String] {
            switch self {
            case .plain: Prose.plain
            case .wavering: Prose.wavering
            case .expert: Prose.expert
            }
        }
    }

    private static let plain = [
        "Water boils at 100 degrees Celsius at sea level.",
        "The Earth turns around its axis once a day.",
        "Light needs about eight minutes from the Sun to us.",
        "A triangle has three sides, and its angles add up to 180 degrees.",
        "Iron rusts when it meets water and air.",
        "The library opens at nine and closes at six.",
        "Bees carry pollen from flower to flower.",
        "A year has 365 days, and every fourth one has 366.",
        "Rivers flow from the hills to the sea.",
        "Bread is made of flour, water, salt and yeast.",
        "The Moon pulls the tides twice a day.",
        "Sound is slower than light, so thunder follows the flash.",
        "Ice floats because it is lighter than water.",
        "The heart pumps blood through the body.",
        "Green plants turn sunlight into sugar.",
        "A kilometre is one thousand metres.",
    ]

    private static let wavering = [
        "Perhaps the committee moved the meeting to some other month.",
        "Several accounts differ on the number, between forty and ninety.",
        "Older sources name a different author, possibly a relative.",
        "The manuscript could come from either of the two towns.",
        "One reading makes the result larger, another makes it smaller.",
        "Some say the bridge was finished early, others much later.",
        "Estimates of the cost range widely from year to year.",
        "A second translation uses quite another word here.",
        "The name might refer to the valley or to the castle above it.",
        "Records for that decade are thin and partly contradict each other.",
        "It seems likely, though far from settled, that both were present.",
        "The method works in many cases and fails in some similar ones.",
    ]

    private static let expert = [
        "The claim follows in three steps, each of which can be checked on its own.",
        "First, the assumptions are stated so that nothing is used silently.",
        "Second, the quantity in question is bounded from above and from below.",
        "Third, both bounds are shown to agree, which settles the value.",
        "A small example with concrete numbers confirms the general statement.",
        "The edge cases are the empty input and the single element, and both hold.",
        "In practice the simplest variant is the one to prefer.",
        "The remaining uncertainty lies in the measurement, not in the argument.",
        "Where the sources disagree, the primary one is followed here.",
        "The result has been known since 1937 and has two independent proofs.",
    ]
}
