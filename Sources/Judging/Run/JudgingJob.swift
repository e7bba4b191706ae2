internal import CalibrationData
internal import EntropyRouting

/// One thing to find out about a recording.
enum JudgingJob: Sendable {
    /// Unit tests of an answer's code.
    case tests(id: String, answer: Verdict.Answer, text: String, reference: Reference)
    /// A question to the judge.
    case question(JudgeQuestion)
}

/// What the judge is asked, and what the verdict is for.
struct JudgeQuestion: Sendable {
    enum Purpose: Sendable, Hashable {
        /// A verdict on the draft, on the heavyweight's answer, or both.
        case answers(draft: Bool, heavyweight: Bool)
        /// A right draft, unmodified, to see whether the judge lets it pass.
        case control
        /// A seeded error.
        case probe(change: String)
    }

    var id: String
    var purpose: Purpose
    var prompt: String
    var draft: String
    var heavyweight: String?
    var taskClass: TaskClass

    /// Calls of a verdict: one for each order.
    var calls: Int { heavyweight == nil || heavyweight == draft ? 1 : 2 }
    /// Of one call, without the instructions.
    var textBytes: Int { prompt.utf8.count + draft.utf8.count + (heavyweight?.utf8.count ?? 0) }
}
