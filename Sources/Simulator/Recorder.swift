import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One request while it is answered. The token count has no lock: it changes with every event.
final class LiveRequest: Sendable {
    let sequence: Int
    let id: String
    fileprivate let arrival = ContinuousClock.now
    fileprivate let tokens = Atomic<Int>(0)
    fileprivate let record: Mutex<RequestRecord>

    fileprivate init(_ record: RequestRecord) {
        sequence = record.sequence
        id = record.id
        self.record = Mutex(record)
    }

    /// The tracked record as it is now.
    var snapshot: RequestRecord {
        record.withLock {
            var copy = $0
            copy.tokensSent = tokens.load(ordering: .relaxed)
            return copy
        }
    }
}

/// Counts requests, connections and tokens, and keeps the latest records.
///
/// A count changes before the bytes it stands for are written: a client that has read the end of an answer finds it completed.
final class Recorder: Sendable {
    private struct State {
        var totals = SimulatorReport()
        var records: [LiveRequest] = []
        var open: [Int: LiveRequest] = [:]
        var lastSequence = 0
        var lastConnection = 0
    }

    private static let recordedBodyBytes = 1 << 20

    private let state = Mutex(State())
    private let tokensSent = Atomic<Int>(0)
    private let requestLimit: Int
    private let bodyLimit: Int

    init(requestLimit: Int, bodyLimit: Int) {
        self.requestLimit = max(requestLimit, 1)
        self.bodyLimit = max(bodyLimit, 0)
    }

    // MARK: - Connections

    /// The number of the accepted connection.
    func connectionOpened() -> Int {
        state.withLock {
            $0.totals.connectionsAccepted += 1
            $0.totals.connectionsOpen += 1
            $0.lastConnection += 1
            return $0.lastConnection
        }
    }

    func connectionClosed() { state.withLock { $0.totals.connectionsOpen -= 1 } }

    // MARK: - Requests

    /// Everything known when a request has arrived; the record's `sequence` and `id` are filled in here.
    func begin(_ draft: RequestRecord, idPrefix: String) -> LiveRequest {
        state.withLock { state in
            state.lastSequence += 1
            var record = draft
            record.sequence = state.lastSequence
            record.id = idPrefix + "sim" + StableHash.hexadecimal(UInt64(state.lastSequence)).suffix(12)
            if record.bodyBytes > Self.recordedBodyBytes || bodyLimit == 0 { record.body = nil }
            let live = LiveRequest(record)
            state.totals.requests += 1
            state.totals.open += 1
            state.open[live.sequence] = live
            state.records.append(live)
            if state.records.count > bodyLimit, bodyLimit > 0 {
                state.records[state.records.count - 1 - bodyLimit].record.withLock { $0.body = nil }
            }
            // Twice the limit before trimming: the cost of moving the rest is paid once in `requestLimit` requests.
            if state.records.count >= 2 * requestLimit { Self.trim(&state.records, to: requestLimit) }
            return live
        }
    }

    func headSent(_ live: LiveRequest, status: Int) { live.record.withLock { $0.status = status } }

    func sent(_ live: LiveRequest, tokens: Int) {
        live.tokens.add(tokens, ordering: .relaxed)
        tokensSent.add(tokens, ordering: .relaxed)
    }

    /// Ends a request; one that has ended stays as it is.
    func end(_ live: LiveRequest, _ outcome: RequestRecord.Outcome) {
        state.withLock { state in
            guard state.open.removeValue(forKey: live.sequence) != nil else { return }
            live.record.withLock {
                $0.outcome = outcome
                $0.endedAfterMilliseconds = (ContinuousClock.now - live.arrival) / .milliseconds(1)
            }
            state.totals.open -= 1
            switch outcome {
            case .completed: state.totals.completed += 1
            case .aborted: state.totals.aborted += 1
            case .faulted, .open: state.totals.faulted += 1
            }
        }
    }

    /// Turns a completion into an abort: the last bytes did not reach the socket.
    func revokeCompletion(_ live: LiveRequest) {
        state.withLock { state in
            let wasCompleted = live.record.withLock { record in
                guard record.outcome == .completed else { return false }
                record.outcome = .aborted
                record.endedAfterMilliseconds = (ContinuousClock.now - live.arrival) / .milliseconds(1)
                return true
            }
            guard wasCompleted, state.totals.completed > 0 else { return }
            state.totals.completed -= 1
            state.totals.aborted += 1
        }
    }

    // MARK: - Reports

    func report() -> SimulatorReport {
        let (totals, records) = state.withLock { state in
            var kept = state.records
            Self.trim(&kept, to: requestLimit)
            return (state.totals, kept)
        }
        var report = totals
        report.tokensSent = tokensSent.load(ordering: .relaxed)
        report.records = records.map(\.snapshot)
        return report
    }

    /// Forgets everything but what is open.
    func reset() {
        state.withLock { state in
            var totals = SimulatorReport()
            totals.requests = state.open.count
            totals.open = state.open.count
            totals.connectionsOpen = state.totals.connectionsOpen
            state.totals = totals
            state.records.removeAll { state.open[$0.sequence] == nil }
            tokensSent.store(0, ordering: .relaxed)
        }
    }

    /// Drops the oldest ended records beyond `limit`; open ones stay.
    private static func trim(_ records: inout [LiveRequest], to limit: Int) {
        var surplus = records.count - limit
        guard surplus > 0 else { return }
        records.removeAll { live in
            guard surplus > 0, live.record.withLock({ $0.outcome != .open }) else { return false }
            surplus -= 1
            return true
        }
    }
}

/// Seconds since 1970.
func unixTime() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
