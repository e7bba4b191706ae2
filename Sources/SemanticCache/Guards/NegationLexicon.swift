/// Words that deny, exclude or except.
enum NegationLexicon {
    /// The kind of denial; words of one kind may stand for one another.
    static func kind(_ word: String) -> String? { kinds[word] }

    static func contains(_ word: String) -> Bool { kinds[word] != nil }

    static let kinds: [String: String] = [
        "not": "not", "no": "not", "never": "not", "neither": "not", "nor": "not", "without": "not", "lacking": "not", "unless": "unless",
        "except": "except", "except_not": "except", "nobody": "not", "none": "not", "nothing": "not", "nowhere": "not", "hardly": "hardly",
        "barely": "hardly", "scarcely": "hardly",
    ]
}
