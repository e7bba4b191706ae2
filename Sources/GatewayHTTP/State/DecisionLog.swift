public import Cascade
import Synchronization

/// The last decisions, in a ring. Bounded twice: by their number, and by the number of trace points in all of them; when the points run
/// over, the oldest decisions give up their traces first.
public final class DecisionLog: Sendable {
    private struct State: Sendable {
        var ring: [DecisionRecord] = []
        /// Where the next one goes once the ring is full.
        var next = 0
        /// The oldest decision that may still have its trace, counted from `next`.
        var points = 0
        var oldestTraced = 0
    }

    private let capacity: Int
    private let maxPoints: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: decisions kept; 0 keeps none. Default 1,000.
    ///   - maxPoints: trace points kept in all decisions, 24 bytes each. Default 262,144.
    public init(capacity: Int = 1_000, maxPoints: Int = 262_144) {
        self.capacity = capacity
        self.maxPoints = maxPoints
    }

    public func append(_ record: DecisionRecord) {
        guard capacity > 0 else { return }
        state.withLock { state in
            state.points += record.trace.points.count
            if state.ring.count < capacity {
                state.ring.append(record)
            } else {
                state.points -= state.ring[state.next].trace.points.count
                state.ring[state.next] = record
                state.next = (state.next + 1) % capacity
                if state.oldestTraced > 0 { state.oldestTraced -= 1 }
            }
            while state.points > maxPoints, state.oldestTraced < state.ring.count {
                let index = (state.next + state.oldestTraced) % state.ring.count
                state.points -= state.ring[index].trace.points.count
                state.ring[index].trace.forget()
                state.oldestTraced += 1
            }
        }
    }

    /// Newest first, at most `limit`.
    public func recent(_ limit: Int) -> [DecisionRecord] {
        state.withLock { state in
            (0..<min(limit, state.ring.count)).map { back in
                state.ring[(state.next + state.ring.count - 1 - back) % state.ring.count]
            }
        }
    }

    public subscript(id: String) -> DecisionRecord? {
        state.withLock { state in state.ring.first { $0.id == id } }
    }
}
