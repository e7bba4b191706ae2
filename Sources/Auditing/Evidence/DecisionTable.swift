import Cascade
import Synchronization

/// The last routed requests, for feedback: what each says about its rule, and what has been said about it. No text.
final class DecisionTable: Sendable {
    /// Whether a draft was drawn for an audit, and what came of it.
    enum Audit: Sendable, Hashable {
        /// Not drawn, or drawn and skipped.
        case none
        case pending
        case judged(isBad: Bool)
    }

    struct Entry: Sendable {
        let id: String
        let watch: RouteWatch
        /// `nil` when the certified rule did not judge the request.
        let observation: CalibrationWatch.Observation?
        var audit = Audit.none
        var feedback: DecisionFeedback.Verdict?
    }

    private struct Table {
        var positions: [String: Int] = [:]
        var entries: [Entry] = []
        /// Where the oldest stands once the table is full.
        var oldest = 0
    }

    let capacity: Int
    private let table = Mutex(Table())

    init(capacity: Int) { self.capacity = max(1, capacity) }

    func insert(_ entry: Entry) {
        table.withLock { table in
            if let position = table.positions[entry.id] {
                table.entries[position] = entry
            } else if table.entries.count < capacity {
                table.positions[entry.id] = table.entries.count
                table.entries.append(entry)
            } else {
                table.positions[table.entries[table.oldest].id] = nil
                table.positions[entry.id] = table.oldest
                table.entries[table.oldest] = entry
                table.oldest = (table.oldest + 1) % capacity
            }
        }
    }

    /// Looks at an entry and changes it. `body` may change the evidence that goes with it: both then happen in one order.
    ///
    /// - Returns: `nil` when the decision is not remembered.
    func change<Result: Sendable>(_ id: String, _ body: (inout Entry) -> Result) -> Result? {
        table.withLock { table in
            guard let position = table.positions[id] else { return nil }
            return body(&table.entries[position])
        }
    }

    var count: Int { table.withLock { $0.entries.count } }
}
