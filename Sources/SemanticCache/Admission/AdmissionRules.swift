internal import Cascade
internal import ChatAPI
internal import EntropyRouting

/// Which answers are kept: complete ones that nothing speaks against. Pure.
enum AdmissionRules {
    /// A draft's doubt, as a share of the level of escalation, from which it is good enough to be sent once, but not to be repeated.
    static let maxDoubt = 0.5

    /// - Parameter reading: what the body holds, `nil` when it is no completion; asked for only when everything else speaks for the answer.
    /// - Returns: why the answer is not kept; `nil` when it is.
    static func refusal(
        of candidate: CacheCandidate, admit: CacheSettings.Admit, maxEntryBytes: Int, reading: () -> AnswerReading?
    ) -> CacheAdmission? {
        if let flaw = flaw(of: candidate) { return flaw }
        if candidate.route == .heavyweight && admit == .shippedDrafts { return .policy }
        guard candidate.body.count <= maxEntryBytes, let reading = reading() else { return .unfit }
        if candidate.finish == .toolCalls && reading.calls.isEmpty { return .incomplete }
        if isRefusal(reading) { return .marked }
        return reading.hasText || !reading.calls.isEmpty ? nil : .unfit
    }

    /// The heavyweight's refusals pass no gate on their way to the client. They may be the right answer; they are not repeated.
    private static func isRefusal(_ reading: AnswerReading) -> Bool {
        let facts = DraftFacts(text: reading.text, finish: .stop, toolCallCount: reading.calls.count)
        return QualityGates(enabled: [.refusal]).verdict(facts) != .pass
    }

    /// What makes an answer nothing to go by, whatever the settings: neither to be kept nor to be compared with.
    static func flaw(of candidate: CacheCandidate) -> CacheAdmission? {
        switch candidate.finish {
        case .stop, .toolCalls: break
        case .length, .contentFilter, .other: return .incomplete
        }
        if candidate.isMarked { return .marked }
        switch candidate.route {
        case .heavyweight: return nil
        case .draft:
            // Written so that NaN is doubtful, too.
            guard let doubt = candidate.doubt, doubt < maxDoubt else { return .doubtful }
            return nil
        case .cache, .direct, .pending: return .policy
        }
    }
}
