public import Cascade
import Synchronization

/// Keeps everything one call says, and notes what a provider must never do.
public final class CollectingCompletionSink: CompletionSink {
    /// What was said so far.
    public struct Heard: Sendable {
        public var head: UpstreamHead?
        public var bytes: [UInt8] = []
        public var pieces = 0
        public var isClosed = false
        public var error: ProviderError?
        /// Breaches of the sink's contract, in words.
        public var complaints: [String] = []
    }

    private struct State: Sendable {
        var heard = Heard()
        var isInside = false
    }

    private let pauses: Bool
    private let state = Mutex(State())

    /// - Parameter pauses: asks for a pause after each piece.
    public init(pauses: Bool = false) {
        self.pauses = pauses
    }

    public var heard: Heard { state.withLock { $0.heard } }

    public func opened(_ head: UpstreamHead) {
        serially { heard in
            if heard.head != nil { heard.complaints.append("opened twice") }
            if heard.pieces > 0 { heard.complaints.append("opened after the first piece") }
            if !(200..<300).contains(head.status) { heard.complaints.append("opened with status \(head.status)") }
            heard.head = head
        }
    }

    public func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        serially { heard in
            if heard.head == nil { heard.complaints.append("a piece before the head") }
            heard.bytes.append(contentsOf: bytes)
            heard.pieces += 1
        }
        return !pauses
    }

    public func closed(_ error: ProviderError?) {
        serially { heard in
            heard.isClosed = true
            heard.error = error
        }
    }

    private func serially(_ note: (inout Heard) -> Void) {
        state.withLock { state in
            if state.isInside { state.heard.complaints.append("two calls at once") }
            if state.heard.isClosed { state.heard.complaints.append("a call after the end") }
            state.isInside = true
        }
        state.withLock { state in
            note(&state.heard)
            state.isInside = false
        }
    }

    /// Waits until `condition` holds; false after ten seconds.
    public func wait(until condition: (Heard) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while !condition(heard) {
            guard ContinuousClock.now < deadline else { return false }
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return false }
        }
        return true
    }
}
