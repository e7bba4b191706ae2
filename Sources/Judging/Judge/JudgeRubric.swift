internal import EntropyRouting

/// The scale of 1 to 5 in words, and what counts in each kind of task.
enum JudgeRubric {
    static let scale = """
        5: correct and complete; does exactly what was asked.
        4: correct in everything that matters; a small blemish.
        3: acceptable: the main point is right, something minor is wrong or missing.
        2: not acceptable: an error, an omission or a broken instruction that matters to whoever asked.
        1: wrong, empty, off the subject, refused without reason, or dangerous to rely on.
        """

    static func criteria(for taskClass: TaskClass) -> String {
        switch taskClass {
        case .simpleFactual:
            """
            This is a question of fact. One wrong name, number, date, place or unit in what was asked for means a score of 2 or less, however \
            well the rest is put. Something invented beside a right main answer costs at least one point. Length and politeness count for nothing.
            """
        case .reasoning:
            """
            This takes several steps. Work the problem out yourself first. A wrong final result means a score of 2 or less, even if the way looks \
            plausible; a right result with a wrong step on the way means at most 4.
            """
        case .code:
            """
            This asks for code. Read it as a compiler and a careful tester would: syntax, names and signature as asked, edge cases, the result for \
            some inputs worked through by hand. Code that fails for valid input, or does not run, means a score of 2 or less. Style counts little.
            """
        case .creative:
            """
            This is open: there is no single right answer. Every explicit constraint (form, length, language, words to use or to avoid) must be \
            kept; one that is broken means a score of 3 or less, the main one 2 or less. Then judge whether it serves whoever asked, and is \
            coherent. If the request is ambiguous, asking back or stating the assumption is good.
            """
        }
    }
}
