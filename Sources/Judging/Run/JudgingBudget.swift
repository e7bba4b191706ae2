internal import Cascade

/// Keeps a run below its cap: a question is only started when what is spent, what is under way and what it will probably cost fit.
struct JudgingBudget: Sendable {
    /// Instructions and rubric of one call, in tokens.
    private static let instructionTokens = 700
    /// Of one reply: two scores with their reasons.
    private static let replyTokens = 250

    private let price: PriceBook.Price?
    /// US dollars; `nil` = no cap.
    private let cap: Double?
    private(set) var spentUSD = 0.0
    private var reservedUSD = 0.0
    /// What questions have cost against what was expected: corrects the next expectations.
    private var expectedSum = 0.0
    private var settledSum = 0.0

    init(price: PriceBook.Price?, cap: Double?) {
        self.price = price
        self.cap = cap
    }

    /// Sets aside what the question will probably cost; `nil` when it does not fit any more.
    mutating func reserve(_ question: JudgeQuestion) -> Double? {
        guard let price else { return 0 }
        let input = Double(question.calls * (question.textBytes / 4 + Self.instructionTokens))
        let output = Double(question.calls * Self.replyTokens)
        let expected = (input * price.input + output * price.output) / 1_000_000
        let correction = expectedSum > 0 ? max(0.25, settledSum / expectedSum) : 1
        if let cap, spentUSD + (reservedUSD + expected) * correction > cap { return nil }
        reservedUSD += expected
        return expected
    }

    /// The question is over.
    /// - Parameter cost: `nil` = unknown.
    mutating func settle(_ reserved: Double, cost: Double?) {
        reservedUSD = max(0, reservedUSD - reserved)
        guard let cost else { return }
        spentUSD += cost
        expectedSum += reserved
        settledSum += cost
    }
}
