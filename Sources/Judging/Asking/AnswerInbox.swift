internal import Cascade
internal import Synchronization

/// Collects the body of one call and wakes the one task that waits for it, exactly once: with the body, the upstream's error, or the reason
/// why nobody waits any longer.
final class AnswerInbox: CompletionSink {
    typealias Outcome = Result<[UInt8], ProviderError>

    private struct State {
        var waiter: CheckedContinuation<Outcome, Never>?
        /// Set once; what comes later is dropped.
        var outcome: Outcome?
        var call: (any RunningCompletion)?
        var body: [UInt8] = []
    }

    private let provider: String
    private let maxBytes: Int
    private let state = Mutex(State())

    /// - Parameter maxBytes: of the body; a larger one is given up.
    init(provider: String, maxBytes: Int) {
        self.provider = provider
        self.maxBytes = maxBytes
    }

    // MARK: The asking task

    /// - Returns: false when the outcome was there before; the continuation has then been resumed.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let outcome = state.withLock { state in
            if state.outcome == nil { state.waiter = continuation }
            return state.outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
        return outcome == nil
    }

    /// The call may have ended, or be unwanted, before its starter got hold of it.
    func attach(_ call: any RunningCompletion) {
        let isUnwanted = state.withLock { state in
            if state.outcome == nil { state.call = call }
            return state.outcome != nil
        }
        if isUnwanted { call.cancel() }
    }

    /// Gives up at the deadline. Ends with the asking task, which cancels it.
    func expire(at deadline: ContinuousClock.Instant) async {
        do {
            try await Task.sleep(until: deadline, clock: .continuous)
            giveUp(.firstByteTimeout, "no answer before the deadline")
        } catch {
            // Answered before.
        }
    }

    /// Closes the call; the outcome is this error, unless there was one before.
    func giveUp(_ kind: ProviderError.Kind, _ message: String) {
        settle(.failure(ProviderError(kind, provider: provider, message: message)))
    }

    // MARK: The transport's thread

    func opened(_ head: UpstreamHead) {}

    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isTooLarge = state.withLock { state in
            guard state.outcome == nil else { return false }
            guard bytes.count <= maxBytes - state.body.count else { return true }
            unsafe state.body.append(contentsOf: bytes)
            return false
        }
        if isTooLarge { giveUp(.malformed, "the answer is larger than \(maxBytes) bytes") }
        return true
    }

    func closed(_ error: ProviderError?) {
        let body = state.withLock { $0.body }
        settle(error.map { .failure($0) } ?? .success(body), endsCall: true)
    }

    private func settle(_ outcome: Outcome, endsCall: Bool = false) {
        let (waiter, call) = state.withLock { state in
            guard state.outcome == nil else { return (nil as CheckedContinuation<Outcome, Never>?, nil as (any RunningCompletion)?) }
            state.outcome = outcome
            state.body = []
            defer { (state.waiter, state.call) = (nil, nil) }
            return (state.waiter, endsCall ? nil : state.call)
        }
        call?.cancel()
        waiter?.resume(returning: outcome)
    }
}
