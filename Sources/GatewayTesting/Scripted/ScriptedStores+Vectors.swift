public import Cascade
import Synchronization

/// A vector store in memory that compares every point, does what a test wants, and counts what was done to it. Expiry is kept, not obeyed.
public final class ScriptedVectorStore: VectorStore {
    public enum Call: String, Sendable, Hashable, CaseIterable {
        case nearest, upsert, remove, removeAll, removeExpired, count
    }

    private struct State: Sendable {
        var behaviour = StoreBehaviour.works
        var exceptions: [Call: StoreBehaviour] = [:]
        var calls: [Call: Int] = [:]
        var points: [String: VectorPoint] = [:]
    }

    public let store: StoreError.Store
    private let state = Mutex(State())

    public init(_ store: StoreError.Store = .qdrant) { self.store = store }

    /// Of every call that has none of its own.
    public func behave(_ behaviour: StoreBehaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Of one kind of call.
    public func behave(_ behaviour: StoreBehaviour, on call: Call) { state.withLock { $0.exceptions[call] = behaviour } }

    /// How often it was asked.
    public func calls(_ call: Call) -> Int { state.withLock { $0.calls[call, default: 0] } }
    public var calls: Int { state.withLock { $0.calls.values.reduce(0, +) } }

    /// What is in it, by id.
    public var contents: [String: VectorPoint] {
        get { state.withLock { $0.points } }
        set { state.withLock { $0.points = newValue } }
    }

    private func take(_ call: Call) async throws(StoreError) {
        let behaviour = state.withLock { state in
            state.calls[call, default: 0] += 1
            return state.exceptions[call] ?? state.behaviour
        }
        try await behaviour.take(store)
    }

    public func nearest(
        to vector: [Float], in partition: String, limit: Int, deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [VectorMatch] {
        try await take(.nearest)
        let matches = state.withLock { state in
            state.points.values.filter { $0.partition == partition && $0.vector.count == vector.count }.map { point in
                VectorMatch(id: point.id, similarity: zip(point.vector, vector).reduce(0) { $0 + Double($1.0) * Double($1.1) })
            }
        }
        return Array(matches.sorted { ($0.similarity, $0.id) > ($1.similarity, $1.id) }.prefix(limit))
    }

    public func upsert(_ point: VectorPoint, deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await take(.upsert)
        state.withLock { $0.points[point.id] = point }
    }

    public func remove(_ ids: [String], deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await take(.remove)
        state.withLock { state in for id in ids { state.points[id] = nil } }
    }

    public func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await take(.removeAll)
        state.withLock { $0.points = [:] }
    }

    public func removeExpired(deadline: ContinuousClock.Instant) async throws(StoreError) { try await take(.removeExpired) }

    public func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await take(.count)
        return state.withLock { $0.points.count }
    }
}

/// An embedder whose vectors a test chooses. A text without a chosen vector gets one of its own that is far from all others.
public final class ScriptedEmbedder: Embedder {
    private struct State: Sendable {
        var behaviour = StoreBehaviour.works
        var vectors: [String: [Float]] = [:]
        var texts: [String] = []
    }

    public let model = ModelName(provider: "scripted", model: "embedder")
    /// Components of a vector that nobody chose.
    public let size: Int
    private let state = Mutex(State())

    public init(size: Int = 64) { self.size = size }

    public func behave(_ behaviour: StoreBehaviour) { state.withLock { $0.behaviour = behaviour } }

    /// - Parameter cosine: to `other`'s vector.
    public func place(_ text: String, near other: String, cosine: Double) {
        let base = vector(of: other)
        // Something at a right angle to it: what is left of the text's own vector.
        let own = Self.unit(text, size: size)
        let shared = zip(own, base).reduce(0) { $0 + $1.0 * $1.1 }
        let rest = zip(own, base).map { $0 - shared * $1 }
        let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let sine = Float((1 - cosine * cosine).squareRoot())
        let placed = zip(base, rest).map { Float(cosine) * $0 + sine * $1 / length }
        state.withLock { $0.vectors[text] = placed }
    }

    /// The texts it was asked for, oldest first.
    public var texts: [String] { state.withLock { $0.texts } }

    public func vector(of text: String) -> [Float] {
        state.withLock { $0.vectors[text] } ?? Self.unit(text, size: size)
    }

    public func embedding(of text: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> EmbeddedText {
        let behaviour = state.withLock { state in
            state.texts.append(text)
            return state.behaviour
        }
        try await behaviour.take(.embedder)
        return EmbeddedText(vector: vector(of: text), tokens: TokenCount(input: text.utf8.count / 4 + 1, source: .provider))
    }

    /// Random, and the same for the same text.
    private static func unit(_ text: String, size: Int) -> [Float] {
        var generator = SeededGenerator(seed: text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        let raw = (0..<size).map { _ in Float(generator.unit() - 0.5) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / length }
    }
}
