/// When the drafted tokens came, in seconds since the request.
struct DraftClock {
    private enum Source {
        /// As recorded, token by token.
        case recorded
        /// Only the ends are known, or assumed: evenly spaced.
        case even(first: Double, step: Double)
        /// All at time 0.
        case unknown
    }

    private let source: Source
    /// The draft is complete.
    let end: Double

    var isKnown: Bool {
        if case .unknown = source { false } else { true }
    }

    init(_ draft: LabelledDraft, assumedTokenSeconds: Double?) {
        let tokens = draft.trace.tokens
        let total = draft.draft.totalMs.map { $0 / 1000 }
        let last = tokens.last.map { Double($0.ms) / 1000 } ?? 0
        if last > 0 || (tokens.isEmpty && total != nil) {
            source = .recorded
            end = max(last, total ?? 0)
        } else if let total {
            let first = min(total, draft.draft.firstTokenMs.map { $0 / 1000 } ?? total / Double(tokens.count))
            source = .even(first: first, step: tokens.count > 1 ? (total - first) / Double(tokens.count - 1) : 0)
            end = total
        } else if let step = assumedTokenSeconds {
            source = .even(first: step, step: step)
            end = step * Double(tokens.count)
        } else {
            source = .unknown
            end = 0
        }
    }

    func seconds(_ token: DraftTrace.Token, at index: Int) -> Double {
        switch source {
        case .recorded: Double(token.ms) / 1000
        case .even(let first, let step): first + step * Double(index)
        case .unknown: 0
        }
    }
}

/// How the heavyweight answers whenever it is started.
struct HeavyweightRun {
    let inputTokens: Int
    let cachedInputTokens: Int
    let outputTokens: Int
    /// L, seconds from its start to its first token; infinite when unknown.
    let firstToken: Double
    /// Seconds from its start to its last byte; infinite when unknown.
    let total: Double

    init(_ facts: AnswerFacts, promptTokens: Int) {
        inputTokens = facts.inputTokens > 0 ? facts.inputTokens : promptTokens
        cachedInputTokens = facts.cachedInputTokens
        outputTokens = facts.outputTokens
        firstToken = (facts.firstTokenMs ?? facts.totalMs).map { $0 / 1000 } ?? .infinity
        total = max(firstToken, (facts.totalMs ?? facts.firstTokenMs).map { $0 / 1000 } ?? .infinity)
    }

    /// Output tokens streamed by `seconds` after the start, evenly from the first token to the end; `nil` when its times are unknown.
    func streamed(after seconds: Double) -> Double? {
        guard total.isFinite else { return nil }
        if seconds >= total { return Double(outputTokens) }
        if seconds <= firstToken { return 0 }
        return Double(outputTokens) * (seconds - firstToken) / (total - firstToken)
    }
}
