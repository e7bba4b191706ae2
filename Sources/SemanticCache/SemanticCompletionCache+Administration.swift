internal import Calibration
public import Cascade
internal import Synchronization

extension SemanticCompletionCache {
    /// An operator waits longer than a request.
    private static let patience = Duration.seconds(5)
    private var patient: ContinuousClock.Instant { environment.now() + Self.patience }
    /// Who only looks is told soon, also that a store does not answer.
    private var soon: ContinuousClock.Instant { environment.now() + .seconds(1) }

    /// The counts are this process's; the sizes are the stores', which other gateways may share.
    public func statistics() async -> CacheStatistics {
        async let entries = asked(answerGate) { [self] () async throws(StoreError) in try await answers.count(deadline: soon) }
        async let points =
            vectors == nil
            ? nil
            : asked(vectorGate) { [self] () async throws(StoreError) in
                try await vectors?.count(deadline: soon) ?? 0
            }
        let (entryCount, pointCount) = await (entries, points)
        // Afterwards, so that their failures are among the counts.
        let snapshot = counts.snapshot
        let agreed = snapshot.comparisons[.agree, default: 0]
        let disagreed = snapshot.comparisons[.disagree, default: 0]
        return CacheStatistics(
            mode: settings.mode.rawValue, store: answers.store == .redis ? "redis_qdrant" : answers.store.rawValue, entries: entryCount,
            vectors: pointCount,
            bytes: answers.residentBytes, embedder: vectors == nil ? nil : embedder?.model.qualified, lookups: snapshot.lookups,
            bypasses: snapshot.bypasses, admissions: snapshot.admissions, served: snapshot.served, comparisons: snapshot.comparisons,
            falseHitBound: agreed + disagreed == 0
                ? 1 : ClopperPearson.upper(failures: disagreed, trials: agreed + disagreed, delta: 0.05),
            failures: snapshot.failures,
            openBreakers: [answerGate, vectorGate, embedderGate].filter { $0.breaker.isOpen }.map(\.store).uniqued(),
            quarantined: quarantine.count(now: environment.wallTime()))
    }

    /// Answers that are on their way into the stores are not stored either. Entries in quarantine go, too.
    public func removeAll() async throws(StoreError) -> Int {
        removals.wrappingAdd(1, ordering: .acquiringAndReleasing)
        flights.forgetAnswers()
        let count = try await answers.removeAll(deadline: patient)
        quarantine.removeAll()
        if let vectors { try await vectors.removeAll(deadline: patient) }
        return count
    }

    /// Also ends a quarantine. A vector whose entry is gone is never served, so that a vector store that fails does not fail this.
    public func remove(_ id: String) async throws(StoreError) -> Bool {
        guard let id = Self.identifier(id) else { return false }
        flights.forgetAnswer(id)
        let wasThere = try await answers.remove(id, deadline: patient)
        let wasInQuarantine = quarantine.remove(id)
        if let vectors {
            do throws(StoreError) {
                try await vectors.remove([id], deadline: patient)
            } catch {
                counts.failed(error)
            }
        }
        return wasThere || wasInQuarantine
    }

    /// A UUID in lower case, `nil` for anything else.
    static func identifier(_ text: String) -> String? {
        let bytes = Array(text.lowercased().utf8)
        guard bytes.count == 36 else { return nil }
        for (position, byte) in bytes.enumerated() {
            let isHyphen = [8, 13, 18, 23].contains(position)
            let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            guard isHyphen ? byte == 0x2D : isDigit else { return nil }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `nil` from a store that does not answer.
    private func asked<Answer: Sendable>(
        _ gate: StoreGate, _ call: @Sendable () async throws(StoreError) -> Answer
    ) async -> Answer? {
        guard let attempt = gate.attempt() else { return nil }
        return try? await gate.ask(attempt, call)
    }
}

extension [StoreError.Store] {
    /// Embedded answers and embedded vectors have one name.
    fileprivate func uniqued() -> [StoreError.Store] {
        reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
