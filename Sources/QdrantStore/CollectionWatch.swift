internal import Cascade
internal import Synchronization

/// What is known of the collection's vector size, found out once for all calls that need it at the same time.
///
/// The first call that does not know asks, in its own task and within its own deadline; those that come meanwhile wait for its finding.
/// When the asking call is given up (cancelled, or its deadline is over), which says nothing about the store, one of the waiting ones asks
/// anew. Waiters are bounded by the calls under way.
final class CollectionWatch: Sendable {
    private enum State {
        case unknown
        case asking(waiters: [Int: CheckedContinuation<Outcome, Never>])
        case known(size: Int)
    }

    private enum Outcome: Sendable {
        /// The size; `nil` when there is no collection.
        case found(Int?)
        case failed(StoreError)
        /// Nothing came of it: look again.
        case again
    }

    private enum Turn {
        case known(Int)
        case ask
        case wait
    }

    private struct Contents {
        var state = State.unknown
        var nextWaiter = 0
    }

    private let contents = Mutex(Contents())

    /// The size of the collection's vectors, or `nil` when there is no collection.
    ///
    /// - Parameters:
    ///   - isNeeded: a `nil` that another call found is not enough: `ask` would make the collection.
    ///   - ask: finds out, or makes it so.
    /// - Throws: what `ask` throws, also to those that waited for it; ``StoreError/cancelled`` when this call's task is cancelled.
    func size(isNeeded: Bool, ask: () async throws(StoreError) -> Int?) async throws(StoreError) -> Int? {
        while true {
            if Task.isCancelled { throw .cancelled }
            switch turn() {
            case .known(let size): return size
            case .ask: return try await lead(ask)
            case .wait:
                switch await wait() {
                case .found(.some(let size)): return size
                case .found(.none) where !isNeeded: return nil
                case .failed(let error): throw error
                case .found(.none), .again: continue
                }
            }
        }
    }

    /// What was known is no longer so: the collection vanished, or has another size. Harmless when somebody finds out already.
    func forget() {
        contents.withLock { contents in
            if case .known = contents.state { contents.state = .unknown }
        }
    }

    private func turn() -> Turn {
        contents.withLock { contents in
            switch contents.state {
            case .known(let size): return .known(size)
            case .asking: return .wait
            case .unknown:
                contents.state = .asking(waiters: [:])
                return .ask
            }
        }
    }

    private func lead(_ ask: () async throws(StoreError) -> Int?) async throws(StoreError) -> Int? {
        do throws(StoreError) {
            let size = try await ask()
            settle(size.map { .known(size: $0) } ?? .unknown, .found(size))
            return size
        } catch {
            let isOwn = Task.isCancelled || error.kind == .timeout
            settle(.unknown, isOwn ? .again : .failed(error))
            throw error
        }
    }

    private func settle(_ state: State, _ outcome: Outcome) {
        let waiters = contents.withLock { contents in
            defer { contents.state = state }
            guard case .asking(let waiters) = contents.state else { return [CheckedContinuation<Outcome, Never>]() }
            return Array(waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    private func wait() async -> Outcome {
        let number = contents.withLock { contents in
            contents.nextWaiter += 1
            return contents.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = contents.withLock { contents in
                    // A task cancelled before this line finds nobody to wake.
                    guard case .asking(var waiters) = contents.state, !Task.isCancelled else { return false }
                    waiters[number] = continuation
                    contents.state = .asking(waiters: waiters)
                    return true
                }
                if !isWaiting { continuation.resume(returning: .again) }
            }
        } onCancel: {
            let continuation = contents.withLock { contents -> CheckedContinuation<Outcome, Never>? in
                guard case .asking(var waiters) = contents.state, let continuation = waiters.removeValue(forKey: number) else { return nil }
                contents.state = .asking(waiters: waiters)
                return continuation
            }
            continuation?.resume(returning: .again)
        }
    }
}
