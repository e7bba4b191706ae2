internal import Cascade

/// A hit that was not served, beside the answer that the models gave instead.
struct ShadowComparison: Sendable {
    var hit: StoredAnswer
    var answer: AnswerReading
}

/// Shadowing: what would have been served is compared with what the models say, off the request path. Disagreement is a false hit: the entry goes
/// into quarantine at once, on a single one.
extension SemanticCompletionCache {
    /// Texts are compared by the embeddings of so many bytes: embedders cut long texts, or refuse them.
    private static let comparedBytes = 8_192

    /// What there is to compare; counts it as unknown when the models' answer is nothing to go by.
    func comparison(_ session: LookupSession, _ candidate: CacheCandidate, _ reading: LazyReading) -> ShadowComparison? {
        guard let hit = session.finding.shadowed else { return nil }
        guard AdmissionRules.flaw(of: candidate) == nil, let answer = reading.value(), answer.hasText || !answer.calls.isEmpty else {
            counts.compared(.unknown)
            return nil
        }
        return ShadowComparison(hit: hit, answer: answer)
    }

    func judge(_ comparison: ShadowComparison) async {
        let verdict = await verdict(comparison)
        counts.compared(verdict)
        if verdict == .disagree { await putIntoQuarantine(comparison.hit) }
    }

    private func verdict(_ comparison: ShadowComparison) async -> ShadowVerdict {
        guard let stored = AnswerReading(comparison.hit.body) else { return .unknown }
        let given = comparison.answer
        guard stored.calls == given.calls else { return .disagree }
        // The calls are what is acted on; what is said beside them may differ.
        if stored.text == given.text || !given.calls.isEmpty { return .agree }
        let cosine = await cosine(stored.text, given.text)
        return AnswerAgreement.agree(stored.text, given.text, cosine: cosine).map { $0 ? .agree : .disagree } ?? .unknown
    }

    /// `nil` without an embedder, or when it does not answer.
    private func cosine(_ one: String, _ other: String) async -> Double? {
        guard embedder != nil else { return nil }
        async let first = embedding(of: Self.cut(one))
        async let second = embedding(of: Self.cut(other))
        guard let first = await first, let second = await second, first.count == second.count else { return nil }
        return zip(first, second).reduce(into: 0) { sum, pair in sum += Double(pair.0) * Double(pair.1) }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > comparedBytes else { return text }
        return String(decoding: text.utf8.prefix(comparedBytes), as: UTF8.self)
    }

    /// Never served again, and not replaced, until the tombstone's time is over or somebody removes it.
    private func putIntoQuarantine(_ entry: StoredAnswer) async {
        let now = environment.wallTime()
        quarantine.add(entry.id, until: now + Double(settings.timeToLive.components.seconds), now: now)
        flights.forgetAnswer(entry.id)
        if let attempt = answerGate.attempt() {
            // When it fails, this process still remembers, and the gate has told.
            try? await answerGate.ask(attempt) { () async throws(StoreError) in
                try await answers.set(
                    StoredEntry.tombstone(partition: entry.partition).encoded(), for: entry.id, timeToLive: settings.timeToLive,
                    deadline: environment.now() + settings.writeDeadline)
            }
        }
        await removeVectors([entry.id])
    }
}
