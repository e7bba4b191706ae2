/// One line of a verdicts file: what somebody thinks of one answer. Several verdicts on one answer are told apart by ``source``; the one
/// that counts is the strongest: human, then reference, then judge.
public struct Verdict: Sendable, Hashable {
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// A person; overrides all others.
        case human
        /// A checkable reference.
        case reference
        /// A model.
        case judge
        /// A model's verdict on a seeded error: measures the judge and labels nothing.
        case probe
    }

    public enum Answer: String, Sendable, Hashable, CaseIterable {
        case draft, heavyweight
    }

    /// The recording's.
    public var id: String
    public var answer: Answer
    public var isBad: Bool
    public var source: Source
    /// 1...5 of a judge's rubric, the mean over both orders; `nil` otherwise.
    public var score: Double?
    /// The judge, `provider:model`; `nil` otherwise.
    public var judge: String?
    /// What the judge or the check said, a sentence.
    public var note: String?
    /// US dollars the verdict cost; `nil` = nothing or unknown.
    public var costUSD: Double?

    public init(
        id: String, answer: Answer, isBad: Bool, source: Source, score: Double? = nil, judge: String? = nil, note: String? = nil,
        costUSD: Double? = nil
    ) {
        self.id = id
        self.answer = answer
        self.isBad = isBad
        self.source = source
        self.score = score
        self.judge = judge
        self.note = note
        self.costUSD = costUSD
    }
}
