public import Cascade
public import EntropyRouting
public import Judging

/// Who tells good drafts from bad ones.
public protocol AuditJudge: Sendable {
    var model: ModelName { get }
    /// Answers with a score below are bad, 1...5.
    var badBelow: Double { get }

    /// Judges a draft beside the heavyweight's answer.
    ///
    /// - Throws: ``JudgeFailure``, with what the attempt cost. Cancelling the task ends it at once.
    func verdict(
        prompt: String, draft: String, heavyweight: String?, category: TaskClass
    ) async throws(JudgeFailure) -> JudgeVerdict
}

extension LLMJudge: AuditJudge {
    public var badBelow: Double { options.badBelow }
}
