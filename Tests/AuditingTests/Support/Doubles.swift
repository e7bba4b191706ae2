import Cascade
import EntropyRouting
import GatewayTesting
import Judging
import Synchronization

@testable import Auditing

/// Finds every draft bad that contains the word "wrong". Waits at a signal, when it has one.
final class TruthfulJudge: AuditJudge {
    let model = World.judgeModel
    let badBelow = 3.0
    private let gate: Signal?
    private let failure: Mutex<JudgeFailure?>
    private let cost: Double
    private let heavyweightScore: Double
    private let asked = Mutex<[String]>([])

    init(gate: Signal? = nil, failure: JudgeFailure? = nil, cost: Double = 0.0001, heavyweightScore: Double = 5) {
        self.gate = gate
        self.failure = Mutex(failure)
        self.cost = cost
        self.heavyweightScore = heavyweightScore
    }

    /// From now on; `nil` judges again.
    func fail(_ failure: JudgeFailure?) { self.failure.withLock { $0 = failure } }

    /// The prompts it was asked about.
    var prompts: [String] { asked.withLock { $0 } }

    func verdict(
        prompt: String, draft: String, heavyweight: String?, category: TaskClass
    ) async throws(JudgeFailure) -> JudgeVerdict {
        asked.withLock { $0.append(prompt) }
        if let gate {
            while !gate.isOpen {
                do { try await Task.sleep(for: .milliseconds(1)) } catch { throw JudgeFailure(.cancelled, costUSD: cost) }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        let isBad = draft.contains("wrong")
        return JudgeVerdict(isBad: isBad, score: isBad ? 1 : 5, heavyweightScore: heavyweightScore, costUSD: cost)
    }
}

/// Writes down what it hears.
final class RecordingOversightObserver: OversightObserver {
    struct Heard: Sendable {
        var audits: [AuditObservation] = []
        var skips: [AuditSkip] = []
        var spendings: [AuditSpending] = []
        var alarms: [DriftAlarm] = []
        var staleReasons: [String] = []
        var failing: [AuditSkip] = []
        var auditRecoveries = 0
        var effects: [FeedbackReceipt.Effect] = []
        var failures: [StoreError] = []
        var recoveries = 0
    }

    private let heard = Mutex(Heard())
    var all: Heard { heard.withLock { $0 } }

    func audited(_ audit: AuditObservation) { heard.withLock { $0.audits.append(audit) } }
    func skipped(_ reason: AuditSkip, route: String) { heard.withLock { $0.skips.append(reason) } }
    func auditsFailing(route: String, failures: Int, reason: AuditSkip) { heard.withLock { $0.failing.append(reason) } }
    func auditsRecovered(route: String) { heard.withLock { $0.auditRecoveries += 1 } }
    func spent(_ spending: AuditSpending) { heard.withLock { $0.spendings.append(spending) } }
    func tightened(_ alarm: DriftAlarm) { heard.withLock { $0.alarms.append(alarm) } }
    func becameStale(route: String, reason: String) { heard.withLock { $0.staleReasons.append(reason) } }
    func received(_ feedback: DecisionFeedback, effect: FeedbackReceipt.Effect) { heard.withLock { $0.effects.append(effect) } }
    func stateFailed(_ error: StoreError) { heard.withLock { $0.failures.append(error) } }
    func stateRecovered() { heard.withLock { $0.recoveries += 1 } }
}

extension [String: Double] {
    /// With a storage of its own: shared storage that leaves a lock looks like a race to the thread sanitizer, which does not see the runtime's
    /// reference counts.
    fileprivate var separate: [String: Double] { [String: Double](uniqueKeysWithValues: map { ($0.key, $0.value) }) }
}

/// A store in memory that can be shared, can be away, and can do what it was asked and lose the reply.
final class MemoryAuditState: AuditStateStore {
    enum Mood: Sendable {
        case well, away
        /// Adds and then fails.
        case forgetful
    }

    private struct State {
        var states: [String: [String: Double]] = [:]
        var batches: Set<String> = []
        var mood = Mood.well
        var additions = 0
    }

    let name = "memory"
    private let state = Mutex(State())

    var states: [String: [String: Double]] { state.withLock { $0.states.mapValues(\.separate) } }
    var additions: Int { state.withLock { $0.additions } }
    func become(_ mood: Mood) { state.withLock { $0.mood = mood } }

    func load(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Double] {
        let fields: [String: Double]? = state.withLock { $0.mood == .away ? nil : $0.states[key]?.separate ?? [:] }
        guard let fields else { throw StoreError(.redis, .unavailable, "away") }
        return fields
    }

    func add(
        _ amounts: [String: Double], to key: String, batch: String, removing: [String], deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [String: Double] {
        let fields: [String: Double]? = state.withLock { state in
            if state.mood == .away { return nil }
            if state.batches.insert(batch).inserted {
                state.additions += 1
                for field in removing { state.states[key]?[field] = nil }
                for (field, amount) in amounts { state.states[key, default: [:]][field, default: 0] += amount }
            }
            return state.mood == .forgetful ? nil : state.states[key]?.separate
        }
        guard let fields else { throw StoreError(.redis, .unavailable, "away") }
        return fields
    }
}
