/// Watches a rate that was promised to be at most `alpha`: evidence that it is higher, one observation at a time, valid whenever one looks.
///
/// Somebody starts with a stake of 1 and bets a fraction of it, again and again, that the next observation X (0...1) is above `alpha`:
///
///     M_t = mean over f of  prod over i <= t of (1 - f + f X_i / alpha)            f = ..., .02, .05, .1, .2, .35, .5
///
/// which is prod (1 + b (X_i - alpha)) with b = f / alpha (``Bets/fractions(alpha:)``). As long as E[X_i | what came before] <= alpha the
/// stake cannot be expected to grow, so M is an e-process, and by Ville's inequality P(M ever reaches 1/delta) <= delta: at most a share of
/// delta of all watches that run *for ever* alarm falsely. Nothing about the X is assumed besides; they may depend on each other.
/// (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B, 2023; Ville 1939.)
///
/// Observations count in the order in which it is decided to take them, and that order must not depend on what they turn out to be.
///
/// Total: an `alpha` outside 1e-9...1 is taken as the nearer end, an observation outside 0...1 likewise, and one that is not a number is 1.
public struct BettingEProcess: Sendable, Hashable {
    public let bets: Bets
    public private(set) var state: State

    /// - Parameters:
    ///   - alpha: the promised rate, above 0, below 1.
    ///   - fractions: of the stake, each above 0, below 1; default ``Bets/fractions(alpha:)``.
    ///   - state: where an earlier process with the same alpha and fractions stood.
    public init(alpha: Double, fractions: [Double] = [], state: State = State()) {
        bets = Bets(alpha: alpha, fractions: fractions)
        self.state = state
        self.state.raise(with: bets)
    }

    /// One observation: 1 = the event happened, 0 = it did not, between = a graded loss.
    public mutating func observe(_ x: Double) { state.observe(x, with: bets) }

    /// An observation is seen to have been another: the first person's verdict is overruled, or a pending one (0) has come in.
    ///
    /// M is then what it would be had `new` been observed in the first place. Taking what is pending for 0 is safe: M grows in every X, so
    /// that the process with pending zeros stays below the process that knew them all along, and so do its alarms.
    public mutating func replace(_ old: Double, by new: Double) { state.replace(old, by: new, with: bets) }

    /// Adds the observations of another process over other observations of the same rate.
    public mutating func merge(_ other: State) { state.merge(other, with: bets) }

    /// ln M now; 0 at the start.
    public var logEvidence: Double { bets.logEvidence(state) }

    /// The largest ln M so far, at least 0.
    public var maximumLogEvidence: Double { state.maximum }

    /// M has reached 1/`delta` at some time: an alarm that later observations do not take back.
    public func isAlarmed(delta: Double) -> Bool { delta > 0 && state.maximum >= Bets.alarm(delta: delta) }
}
