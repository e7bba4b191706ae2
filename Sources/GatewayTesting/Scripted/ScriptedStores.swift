public import Cascade
import Synchronization

/// What a scripted store or embedder does when it is asked.
public enum StoreBehaviour: Sendable {
    case works
    case fails(StoreError.Kind)
    /// Does not answer before the signal, whatever the deadline says; then it works. Cancelling the task ends the wait with a timeout.
    case waits(Signal)

    /// Never answers.
    public static var hangs: StoreBehaviour { .waits(Signal()) }

    func take(_ store: StoreError.Store) async throws(StoreError) {
        switch self {
        case .works: break
        case .fails(let kind): throw StoreError(store, kind, "scripted")
        case .waits(let signal):
            do {
                try await signal.wait()
            } catch {
                throw StoreError(store, .timeout, "cancelled")
            }
        }
    }
}

/// An answer store in memory that does what a test wants, and counts what was done to it. Time to live is kept, not obeyed.
public final class ScriptedAnswerStore: AnswerStore {
    public enum Call: String, Sendable, Hashable, CaseIterable {
        case value, values, set, remove, removeAll, count, add, counters
    }

    private struct State: Sendable {
        var behaviour = StoreBehaviour.works
        var exceptions: [Call: StoreBehaviour] = [:]
        var calls: [Call: Int] = [:]
        var values: [String: [UInt8]] = [:]
        var counters: [String: Int] = [:]
        var lastTimeToLive: Duration?
    }

    public let store: StoreError.Store
    /// ``residentValue(for:)`` answers.
    public let isResident: Bool
    private let state = Mutex(State())

    public init(_ store: StoreError.Store = .redis, isResident: Bool = false) {
        self.store = store
        self.isResident = isResident
    }

    /// Of every call that has none of its own.
    public func behave(_ behaviour: StoreBehaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Of one kind of call.
    public func behave(_ behaviour: StoreBehaviour, on call: Call) { state.withLock { $0.exceptions[call] = behaviour } }

    /// How often it was asked.
    public func calls(_ call: Call) -> Int { state.withLock { $0.calls[call, default: 0] } }
    public var calls: Int { state.withLock { $0.calls.values.reduce(0, +) } }

    /// What is in it, for looking and for planting nonsense.
    public var contents: [String: [UInt8]] {
        get { state.withLock { $0.values } }
        set { state.withLock { $0.values = newValue } }
    }

    public var lastTimeToLive: Duration? { state.withLock { $0.lastTimeToLive } }

    private func take(_ call: Call) async throws(StoreError) {
        let behaviour = state.withLock { state in
            state.calls[call, default: 0] += 1
            return state.exceptions[call] ?? state.behaviour
        }
        try await behaviour.take(store)
    }

    public func residentValue(for key: String) -> [UInt8]?? {
        isResident ? .some(state.withLock { $0.values[key] }) : .none
    }

    public func value(for key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [UInt8]? {
        try await take(.value)
        return state.withLock { $0.values[key] }
    }

    public func values(for keys: [String], deadline: ContinuousClock.Instant) async throws(StoreError) -> [[UInt8]?] {
        try await take(.values)
        return state.withLock { state in keys.map { state.values[$0] } }
    }

    public func set(
        _ value: [UInt8], for key: String, timeToLive: Duration, deadline: ContinuousClock.Instant
    ) async throws(StoreError) {
        try await take(.set)
        state.withLock {
            $0.values[key] = value
            $0.lastTimeToLive = timeToLive
        }
    }

    public func remove(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> Bool {
        try await take(.remove)
        return state.withLock { $0.values.removeValue(forKey: key) != nil }
    }

    public func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await take(.removeAll)
        return state.withLock { state in
            defer { state.values = [:] }
            return state.values.count
        }
    }

    public func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await take(.count)
        return state.withLock { $0.values.count }
    }

    public func add(_ amounts: [String: Int], deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await take(.add)
        state.withLock { $0.counters.merge(amounts, uniquingKeysWith: +) }
    }

    public func counters(deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Int] {
        try await take(.counters)
        return state.withLock { $0.counters }
    }
}
