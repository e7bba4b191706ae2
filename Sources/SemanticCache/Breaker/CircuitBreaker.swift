/// Stops asking what has failed several times in a row, so that a dead store costs nothing: a pure state machine, time is passed in.
///
/// Closed until so many failures in a row; then open for a while; then half open: one call is let through as a probe. Its success closes the
/// breaker, its failure opens it again for twice as long. A probe that has not reported after `openFor` is given up, and another is let
/// through: a permit that is not used cannot wedge the breaker.
///
/// Source: M. Nygard, "Release It!", 2nd edition 2018, section "Circuit Breaker".
struct CircuitBreaker: Sendable, Hashable {
    /// One call that may be made. Says at the end what it belonged to: reports of calls from before the breaker opened come late, and must
    /// not be taken for the probe's.
    struct Permit: Sendable, Hashable {
        fileprivate let round: UInt64
    }

    /// What the breaker does now.
    enum Phase: Sendable, Hashable {
        /// Every call is let through; so many have failed since the last success.
        case closed(failures: Int)
        /// No call is let through before that time.
        case open(until: ContinuousClock.Instant)
        /// One probe is under way; another is let through from that time on.
        case probing(until: ContinuousClock.Instant)
    }

    /// Failures in a row that open it, 1 or more.
    let failures: Int
    /// How long it stays open for the first time, and the most.
    let openFor: Duration
    let maxOpenFor: Duration
    private(set) var phase = Phase.closed(failures: 0)
    /// How long it stays open after the next failure.
    private(set) var nextOpenFor: Duration
    /// Counts openings, closings and probes: what a permit belongs to.
    private var round: UInt64 = 0

    init(failures: Int = 5, openFor: Duration = .seconds(5), maxOpenFor: Duration = .seconds(60)) {
        self.failures = max(1, failures)
        self.openFor = max(.milliseconds(1), openFor)
        self.maxOpenFor = max(self.openFor, maxOpenFor)
        nextOpenFor = self.openFor
    }

    /// Whether calls are held back, but for probes.
    var isOpen: Bool {
        if case .closed = phase { false } else { true }
    }

    /// A permit for one call, or `nil` when it must not be made.
    mutating func permit(at now: ContinuousClock.Instant) -> Permit? {
        switch phase {
        case .closed:
            break
        case .open(let until), .probing(let until):
            guard now >= until else { return nil }
            round += 1
            phase = .probing(until: now + openFor)
        }
        return Permit(round: round)
    }

    mutating func succeeded(_ permit: Permit) {
        guard permit.round == round else { return }
        switch phase {
        case .closed(failures: 0), .open: break
        case .closed: phase = .closed(failures: 0)
        case .probing:
            round += 1
            phase = .closed(failures: 0)
            nextOpenFor = openFor
        }
    }

    mutating func failed(_ permit: Permit, at now: ContinuousClock.Instant) {
        guard permit.round == round else { return }
        switch phase {
        case .closed(let before) where before + 1 < failures: phase = .closed(failures: before + 1)
        case .closed, .probing: open(at: now)
        case .open: break
        }
    }

    /// The call was not made, or nobody knows how it ended. A probe makes room for another at once.
    mutating func abandoned(_ permit: Permit, at now: ContinuousClock.Instant) {
        guard permit.round == round, case .probing = phase else { return }
        round += 1
        phase = .open(until: now)
    }

    private mutating func open(at now: ContinuousClock.Instant) {
        round += 1
        phase = .open(until: now + nextOpenFor)
        nextOpenFor = min(nextOpenFor * 2, maxOpenFor)
    }
}
