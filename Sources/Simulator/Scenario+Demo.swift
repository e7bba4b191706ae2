extension Scenario {
    /// One drafter and one heavyweight, `sim-drafter` and `sim-heavyweight`, for `qualm demo`: a question about a capital is shipped from
    /// the draft, a haiku or anything creative makes the drafter waver and recover (a pre-fire that is cancelled), a proof makes it doubt
    /// throughout (an escalation). The drafter takes 15 ms a token; the heavyweight 400 ms to the first and 20 ms for each.
    public static let demo = Scenario(
        models: ["sim-drafter", "sim-heavyweight"],
        rules: [
            drafter(["capital of france"], "confident", capitalOfFrance),
            drafter(["haiku", "creative", "poem"], "recovering-s4", haiku),
            drafter(["prove", "proof", "riemann"], "unsure", doubtfulProof),
            Rule(model: "sim-drafter", behaviour: Behaviour(words: "confident-d15000")),
            heavyweight(["capital of france"], capitalOfFranceInFull),
            heavyweight(["haiku", "creative", "poem"], haikuInFull),
            heavyweight(["prove", "proof", "riemann"], proof),
            Rule(model: "sim-heavyweight", behaviour: Behaviour(words: "expert-f400000-d20000")),
        ])

    private static func drafter(_ prompts: [String], _ words: String, _ text: String) -> Rule {
        var behaviour = Behaviour(words: words + "-d15000")
        behaviour.content = .text(text)
        return Rule(model: "sim-drafter", promptContains: prompts, behaviour: behaviour)
    }

    private static func heavyweight(_ prompts: [String], _ text: String) -> Rule {
        var behaviour = Behaviour(words: "confident-f400000-d20000")
        behaviour.content = .text(text)
        return Rule(model: "sim-heavyweight", promptContains: prompts, behaviour: behaviour)
    }

    private static let capitalOfFrance = """
        The capital of France is Paris. It lies on the Seine in the north of the country and has been the seat of government, with short \
        interruptions, for about a thousand years.
        """

    private static let capitalOfFranceInFull = """
        Paris is the capital of France. The city proper has a little over two million inhabitants, the metropolitan area more than twelve.
        """

    private static let haiku = """
        Old harbour at dawn,
        a gull writes one white letter
        and the tide signs it.

        The last line lets the sea answer the bird, so the poem ends where the morning begins. It keeps the count of five, seven and five \
        syllables, and it names no feeling directly.
        """

    private static let haikuInFull = """
        Rain on the tin roof,
        every drop a small decision
        to become the stream.
        """

    private static let doubtfulProof = """
        The statement might follow from a bound on the zeros, perhaps by moving the line of integration a little to the left. Several \
        authors use another kernel here, and the constants differ between them. One could also try induction on the height, although the \
        step seems to need what is to be shown. A related estimate appears in older tables, possibly with a misprint.
        """

    private static let proof = """
        The Riemann hypothesis is open: no proof is known, so none can be given here. What can be proved is weaker. The zeta function has \
        no zeros on the line with real part 1 (Hadamard and de la Vallee Poussin, 1896), which gives the prime number theorem. \
        Infinitely many zeros lie on the critical line (Hardy, 1914), and more than two fifths of all zeros do (Conrey, 1989). The first \
        ten trillion zeros have been checked by computation, which is evidence and not a proof.
        """
}
