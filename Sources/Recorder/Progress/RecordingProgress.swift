import Synchronization

/// Of how many of the models that are asked the price is known: an unknown price is no price of zero.
public enum PriceKnowledge: Sendable, Hashable {
    case all, some, none
}

/// How far a run is. Written by the run, read by whoever shows it; thread-safe.
public final class RecordingProgress: Sendable {
    public struct Counts: Sendable {
        public var total = 0
        /// In the file before the run began.
        public var found = 0
        public var recorded = 0
        public var failed = 0
        public var inFlight = 0
        public var retries = 0
        /// US dollars, of the models with a known price.
        public var spentUSD = 0.0
        public var prices = PriceKnowledge.all
        /// Seconds since the run began to ask.
        public var elapsed = 0.0
        public var isOver = false

        public init() {}
    }

    private struct State: Sendable {
        var counts = Counts()
        var begin: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    init(total: Int, prices: PriceKnowledge) {
        state.withLock {
            $0.counts.total = total
            $0.counts.prices = prices
        }
    }

    public var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.elapsed = state.begin.map { (ContinuousClock.now - $0).milliseconds / 1_000 } ?? 0
            return counts
        }
    }

    func begin(alreadyDone: Int) {
        state.withLock {
            $0.counts.found = alreadyDone
            $0.begin = .now
        }
    }

    func began() { state.withLock { $0.counts.inFlight += 1 } }
    func retried() { state.withLock { $0.counts.retries += 1 } }
    func end() { state.withLock { $0.counts.isOver = true } }

    func ended(_ outcome: PromptRecorder.Outcome, spentUSD: Double) {
        state.withLock {
            $0.counts.inFlight -= 1
            $0.counts.spentUSD = spentUSD
            switch outcome {
            case .recorded: $0.counts.recorded += 1
            case .failed: $0.counts.failed += 1
            case .cancelled: break
            }
        }
    }
}
