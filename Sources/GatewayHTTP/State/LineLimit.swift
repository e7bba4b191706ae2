import Synchronization

/// Keeps a log readable while everything fails: so many lines a second, beyond which they are counted, and the next line says how many.
final class LineLimit: Sendable {
    private struct State: Sendable {
        var second: Int64 = 0
        var written = 0
        var suppressed = 0
    }

    private let linesPerSecond: Int
    private let state = Mutex(State())
    private let start = ContinuousClock.now

    init(linesPerSecond: Int) { self.linesPerSecond = linesPerSecond }

    /// How many lines were suppressed before this one; `nil` when this one is, too.
    func admit() -> Int? {
        let second = (ContinuousClock.now - start).components.seconds
        return state.withLock { state in
            if state.second != second {
                state.second = second
                state.written = 0
            }
            guard state.written < linesPerSecond else {
                state.suppressed += 1
                return nil
            }
            state.written += 1
            defer { state.suppressed = 0 }
            return state.suppressed
        }
    }
}
