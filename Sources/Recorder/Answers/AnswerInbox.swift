import Cascade
import Synchronization

/// Where a call's bytes wait for the task that reads them, each piece with the moment it came. Bounded: a full inbox pauses the socket.
final class AnswerInbox: CompletionSink {
    struct Piece: Sendable {
        var at: ContinuousClock.Instant
        var bytes: [UInt8]
    }

    /// What has come since the inbox was last asked.
    struct News: Sendable {
        var pieces: [Piece] = []
        /// The call is over; its pieces came before.
        var isClosed = false
        var error: ProviderError?
        /// The socket waits for ``RunningCompletion/resume()``.
        var wasPaused = false
    }

    fileprivate struct State: Sendable {
        var news = News()
        var byteCount = 0
        var hasNews = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Bytes that may wait.
    private static let limit = 1 << 20
    private let state = Mutex(State())

    func opened(_ head: UpstreamHead) {}

    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (goesOn, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard !state.news.isClosed else { return (true, nil) }
            state.news.pieces.append(Piece(at: .now, bytes: Array(bytes)))
            state.byteCount += bytes.count
            let goesOn = state.byteCount < Self.limit
            if !goesOn { state.news.wasPaused = true }
            return (goesOn, state.wake())
        }
        waiter?.resume()
        return goesOn
    }

    /// The first end counts: a deadline, a cancellation or the upstream's own.
    func closed(_ error: ProviderError?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.news.isClosed else { return nil }
            state.news.isClosed = true
            state.news.error = error
            return state.wake()
        }
        waiter?.resume()
    }

    /// Suspends until there is something, and takes it. One reader.
    func next() async -> News {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.hasNews { return true }
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            let news = state.news
            state.news.pieces = []
            state.news.wasPaused = false
            state.byteCount = 0
            // An end stays news for ever: nothing will wake the reader again.
            state.hasNews = news.isClosed
            return news
        }
    }
}

extension AnswerInbox.State {
    /// The reader to resume, outside the lock.
    fileprivate mutating func wake() -> CheckedContinuation<Void, Never>? {
        hasNews = true
        defer { waiter = nil }
        return waiter
    }
}
