/// Escalates a draft with nothing to read in it. A draft of tool calls only is not empty.
enum EmptyAnswerGate {
    static func objection(to facts: DraftFacts) -> String? {
        guard facts.toolCallCount == 0, facts.text.unicodeScalars.allSatisfy(isInvisible) else { return nil }
        return facts.text.isEmpty ? "the draft is empty" : "the draft holds only white space"
    }

    /// White space, and the zero-width characters that models emit in its stead.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B...0x200D, 0x2060, 0xFEFF: true
        default: scalar.properties.isWhitespace
        }
    }
}
