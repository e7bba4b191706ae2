/// The words of grammar that change what is asked: prepositions, conjunctions, pronouns, modal verbs, quantifiers, and words such as "only".
enum GrammarLexicon {
    enum Family: Sendable, Hashable { case preposition, conjunction, pronoun, modal, quantifier, focus }

    struct Particle: Sendable, Hashable {
        var family: Family
        /// Stands for all words that say the same.
        var word: String
    }

    /// `nil` for words that may come and go: articles, auxiliary verbs, "really", "please".
    static func particle(_ text: String) -> Particle? { table[text] }

    /// Whether one may stand in the other's place. `next` is the word of substance behind it.
    static func mayReplace(_ one: Particle, _ other: Particle, next: PromptToken?, isGeneral: Bool) -> Bool {
        guard one.family == other.family else { return true }
        switch one.family {
        case .pronoun: return isGeneral && general.contains(one.word) && general.contains(other.word)
        case .modal: return exchangeable.contains([one.word, other.word])
        case .preposition:
            let pair: Set<String> = [one.word, other.word]
            if pair == ["in", "on"] {
                guard let next else { return true }
                return next.isName || next.role == .date || next.role == .number || next.role == .identifier || media.contains(next.key)
            }
            return exchangeable.contains(pair)
        default: return false
        }
    }

    /// Whether a prompt with it asks something else than one without it.
    static func isHeavy(_ particle: Particle) -> Bool { heavy.contains(particle.word) }

    /// "How do I" is "how do you".
    private static let general: Set<String> = ["i", "you", "my", "your"]

    /// What things are both in and on.
    private static let media = Set(
        FunctionWords.words(
            "phone computer internet market page website video screen list table street weekend morning evening day trip film tv"
        )
        .map { SynonymLexicon.canonical(WordForms.stem($0)) })

    private static let exchangeable: Set<Set<String>> = [
        ["in", "at"], ["on", "about"], ["to", "in"], ["for", "of"], ["of", "in"], ["with", "by"], ["for", "to"], ["on", "for"],
        ["as", "like"], ["in", "during"], ["with", "in"], ["for", "about"], ["of", "about"], ["with", "for"], ["in", "by"], ["to", "with"],
        ["from", "with"], ["on", "with"], ["of", "on"], ["at", "on"], ["from", "of"], ["in", "for"], ["of", "to"],
        ["because", "as"], ["from", "between"], ["in", "as"], ["must", "should"],
    ]

    private static let heavy: Set<String> = [
        "before", "after", "since", "until", "against", "under", "over", "off", "out", "up", "down", "by", "because", "despite",
        "behind", "beyond", "only", "even", "still", "already", "toomuch", "enough", "both", "either",
    ]

    static let table: [String: Particle] = {
        var table: [String: Particle] = [:]
        for (family, lines) in lists {
            for line in lines.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                for word in words { table[word] = Particle(family: family, word: words[0]) }
            }
        }
        return table
    }()

    private static let lists: [(Family, String)] = [
        (
            .preposition,
            """
            of
            in within inside
            on upon
            at
            by via
            for
            with using
            from
            to into onto toward towards
            about
            as
            than
            over above
            under below beneath
            per
            through
            out outside
            off
            up
            down
            between among
            during
            against
            beyond
            behind
            beside
            across
            along
            around
            before
            after
            since
            until till
            like
            because
            despite
            versus
            instead_of
            """
        ),
        (
            .conjunction,
            """
            and plus
            or
            if
            then
            though although
            """
        ),
        (
            .pronoun,
            """
            i me we us myself
            you yourself
            my mine our ours
            your yours
            he him his
            she her hers
            they them their theirs
            """
        ),
        (
            .modal,
            """
            can could may might
            must
            should ought
            """
        ),
        (
            .quantifier,
            """
            all every each
            any
            some
            both
            either
            most
            few
            """
        ),
        (
            .focus,
            """
            only solely merely exclusively
            also too
            even
            still
            already
            toomuch
            enough
            atleast
            atmost
            """
        ),
    ]
}
