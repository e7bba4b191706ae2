/// Short forms and what they stand for.
enum Contractions {
    static let whole: [String: [String]] = [
        "can't": ["can", "not"], "cannot": ["can", "not"], "won't": ["will", "not"], "shan't": ["shall", "not"], "ain't": ["is", "not"],
        "dont": ["do", "not"], "doesnt": ["does", "not"], "didnt": ["did", "not"], "cant": ["can", "not"], "wont": ["will", "not"],
        "isnt": ["is", "not"], "arent": ["are", "not"], "wasnt": ["was", "not"], "werent": ["were", "not"], "shouldnt": ["should", "not"],
        "couldnt": ["could", "not"], "wouldnt": ["would", "not"], "havent": ["have", "not"], "hasnt": ["has", "not"],
        "hadnt": ["had", "not"],
        "im": ["i", "am"], "ive": ["i", "have"], "whats": ["what", "is"], "whos": ["who", "is"], "hows": ["how", "is"],
        "wheres": ["where", "is"],
        "thats": ["that", "is"], "youre": ["you", "are"], "theyre": ["they", "are"], "u": ["you"], "pls": ["please"], "plz": ["please"],
        "thx": ["thanks"], "gonna": ["going", "to"], "wanna": ["want", "to"], "gimme": ["give", "me"], "let's": ["let", "us"],
        "o'clock": ["oclock"], "d'you": ["do", "you"], "y'all": ["you"],
    ]

    private static let beforeIs: Set<String> = [
        "what", "who", "where", "when", "how", "why", "it", "that", "there", "he", "she", "this", "here", "which", "everything", "everyone",
    ]

    /// A word with an apostrophe in it.
    static func parts(_ word: String) -> [String] {
        guard let mark = word.lastIndex(of: "'") else { return [word] }
        let base = String(word[..<mark])
        switch word[mark...] {
        case "'t" where base.hasSuffix("n"): return [String(base.dropLast()), "not"]
        case "'s": return beforeIs.contains(base) ? [base, "is"] : [base]
        case "'re": return [base, "are"]
        case "'ve": return [base, "have"]
        case "'ll": return [base, "will"]
        case "'m": return [base, "am"]
        case "'d": return [base, "would"]
        default: return [word]
        }
    }
}
