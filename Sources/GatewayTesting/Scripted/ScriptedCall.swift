public import Cascade
import Dispatch
import Synchronization

/// One call of a ``ScriptedProvider``: takes the script's steps one at a time, obeys pauses and cancels, and counts.
public final class ScriptedCall: RunningCompletion {
    /// What was done to the call, and what it did.
    public struct Counts: Sendable, Hashable {
        public var cancels = 0
        /// Times the sink asked for a pause.
        public var pauses = 0
        public var resumes = 0
        /// Bytes the sink has taken.
        public var bytes = 0
        /// The sink was told the end.
        public var hasEnded = false
        /// Waits for a resume.
        public var isPaused = false
    }

    private struct State: Sendable {
        var counts = Counts()
        var next = 0
        var isRunning = false
        var isWaiting = false
        var isCancelled = false
    }

    private enum Move {
        case step(ScriptedProvider.Step)
        case close
        case rest
    }

    /// What was asked.
    public let call: CompletionCall
    private let provider: String
    private let script: [ScriptedProvider.Step]
    private let sink: any CompletionSink
    private let queue: DispatchQueue?
    private let isDeaf: Bool
    private let state = Mutex(State())

    init(
        _ call: CompletionCall, provider: String, script: [ScriptedProvider.Step], sink: any CompletionSink, queue: DispatchQueue?,
        isDeaf: Bool
    ) {
        self.call = call
        self.provider = provider
        self.script = script
        self.sink = sink
        self.queue = queue
        self.isDeaf = isDeaf
    }

    public var counts: Counts { state.withLock { $0.counts } }

    public func cancel() {
        state.withLock { state in
            state.counts.cancels += 1
            if !isDeaf { state.isCancelled = true }
        }
        goOn()
    }

    public func resume() {
        state.withLock { state in
            state.counts.resumes += 1
            state.counts.isPaused = false
        }
        goOn()
    }

    /// Takes steps until the script is over, waits or is paused.
    func goOn() {
        guard let queue else { return drain() }
        queue.async { [self] in drain() }
    }

    private func drain() {
        let isMine = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isMine else { return }
        while true {
            switch state.withLock({ next(&$0) }) {
            case .rest: return
            case .close: sink.closed(ProviderError(.cancelled, provider: provider, message: "cancelled"))
            case .step(let step): take(step)
            }
        }
    }

    /// What comes next; gives up the turn when there is nothing.
    private func next(_ state: inout State) -> Move {
        if state.isCancelled && !state.counts.hasEnded {
            state.counts.hasEnded = true
            return .close
        }
        guard !state.counts.hasEnded, !state.counts.isPaused, !state.isWaiting, state.next < script.count else {
            state.isRunning = false
            return .rest
        }
        defer { state.next += 1 }
        switch script[state.next] {
        case .end, .fail: state.counts.hasEnded = true
        case .wait: state.isWaiting = true
        case .open, .bytes, .signal, .perform: break
        }
        return .step(script[state.next])
    }

    private func take(_ step: ScriptedProvider.Step) {
        switch step {
        case .open: sink.opened(UpstreamHead(status: 200, isEventStream: call.isStreaming))
        case .bytes(let bytes): push(bytes)
        case .end: sink.closed(nil)
        case .fail(let kind, let status):
            sink.closed(ProviderError(kind, provider: provider, status: status, message: "scripted \(kind.rawValue)"))
        case .signal(let signal): signal.open()
        case .perform(let action): action()
        case .wait(let signal):
            signal.whenOpen { [self] in
                state.withLock { $0.isWaiting = false }
                goOn()
            }
        }
    }

    private func push(_ bytes: [UInt8]) {
        let resumes = state.withLock { state in
            state.counts.bytes += bytes.count
            return state.counts.resumes
        }
        let goesOn = bytes.withUnsafeBytes { sink.received($0) }
        state.withLock { state in
            guard !goesOn else { return }
            state.counts.pauses += 1
            // A resume that came while the sink was still answering counts.
            if state.counts.resumes == resumes { state.counts.isPaused = true }
        }
    }
}
