internal import Cascade

/// Runs `work` and gives it up at the deadline, whatever it is doing then.
///
/// Two child tasks: the work and an alarm. Whichever ends first cancels the other, and both have ended when this returns; cancelling the
/// work closes its exchange, which takes some milliseconds. This is the only bound on a whole call: an exchange by itself is bounded in its
/// first byte and its gaps, and a body that trickles would outlive both. Cancelling the caller's task cancels both.
///
/// - Throws: what `work` throws, or ``StoreError/Kind/timeout`` when it had not ended.
func withDeadline<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws(StoreError) -> Value
) async throws(StoreError) -> Value {
    guard deadline > .now else { throw StoreError(.qdrant, .timeout, "the deadline had passed before the call began") }
    let outcome = await withTaskGroup(of: Race<Value>.self) { group in
        group.addTask {
            do throws(StoreError) {
                return .worked(.success(try await work()))
            } catch {
                return .worked(.failure(error))
            }
        }
        group.addTask {
            do {
                try await Task.sleep(until: deadline, clock: .continuous)
                return .rang
            } catch {
                return .silenced
            }
        }
        var hasRung = false
        while let next = await group.next() {
            switch next {
            case .worked(.success(let value)):
                group.cancelAll()
                return Result<Value, StoreError>.success(value)
            case .worked(.failure(let error)):
                group.cancelAll()
                return .failure(hasRung ? StoreError(.qdrant, .timeout, "no whole answer within the deadline") : error)
            case .rang:
                hasRung = true
                group.cancelAll()
            case .silenced:
                // The caller's task was cancelled; the work ends by the same.
                break
            }
        }
        return .failure(.cancelled)
    }
    return try outcome.get()
}

private enum Race<Value: Sendable>: Sendable {
    case worked(Result<Value, StoreError>)
    case rang, silenced
}

extension StoreError {
    /// The caller's task was cancelled: nothing is known about the store.
    static let cancelled = StoreError(.qdrant, .closed, "given up: the task was cancelled")
}
