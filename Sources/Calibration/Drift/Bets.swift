#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The bets of a ``BettingEProcess`` against one rate: what each multiplies its stake by.
public struct Bets: Sendable, Hashable {
    /// Small fractions find small excesses after long, large fractions large ones at once; the mean of all is seldom far behind the best.
    public static let standardFractions = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5]

    /// ``standardFractions``, and below them half of the least again and again until it is at most a quarter of `alpha`.
    ///
    /// A fraction f earns only where the true rate is above about f / ln(1 + f / alpha). For .02 that is 1.4 times an alpha of .02, but 2.5
    /// times one of .005: a doubled rate would never be found. A quarter of alpha finds an excess of an eighth.
    public static func fractions(alpha: Double) -> [Double] {
        var fractions = standardFractions
        while fractions[0] > max(alpha, 1e-9) / 4 { fractions.insert(fractions[0] / 2, at: 0) }
        return fractions
    }

    /// The rate bet against, 1e-9...1.
    public let alpha: Double
    /// Of the stake, each above 0, below 1.
    public let fractions: [Double]
    /// ln of the factor of an observation of 0, below 0.
    let logZero: [Double]
    /// ln of the factor of an observation of 1.
    let logOne: [Double]

    /// - Parameters:
    ///   - alpha: taken to be in 1e-9...1; 1e-9 when it is not a number.
    ///   - fractions: those that are not above 0 and below 1 are left out; ``fractions(alpha:)`` when there are none.
    public init(alpha: Double, fractions: [Double] = []) {
        let alpha = alpha >= 1e-9 ? min(alpha, 1) : 1e-9
        let usable = fractions.filter { $0 > 0 && $0 < 1 }
        self.alpha = alpha
        self.fractions = usable.isEmpty ? Self.fractions(alpha: alpha) : usable
        logZero = self.fractions.map { log1p(-$0) }
        logOne = self.fractions.map { log1p($0 * (1 / alpha - 1)) }
    }

    /// The ln M that is an alarm, ln(1/`delta`); infinite when `delta` is 0 or less.
    public static func alarm(delta: Double) -> Double { delta > 0 ? -log(delta) : .infinity }

    /// ln of what bet `index` makes of an observation between 0 and 1.
    func logFactor(_ x: Double, _ index: Int) -> Double { log1p(fractions[index] * (x / alpha - 1)) }

    /// ln of the mean stake.
    public func logEvidence(_ state: BettingEProcess.State) -> Double {
        let (zeros, ones) = (Double(state.zeros), Double(state.ones))
        var largest = -Double.infinity
        for index in fractions.indices { largest = max(largest, stake(index, zeros, ones, state)) }
        guard largest.isFinite else { return largest }
        var sum = 0.0
        for index in fractions.indices { sum += exp(stake(index, zeros, ones, state) - largest) }
        return largest + log(sum / Double(fractions.count))
    }

    private func stake(_ index: Int, _ zeros: Double, _ ones: Double, _ state: BettingEProcess.State) -> Double {
        let graded = index < state.gradedLogStakes.count ? state.gradedLogStakes[index] : 0
        return zeros * logZero[index] + ones * logOne[index] + graded
    }

    /// ln((1 - w) exp(a) + w exp(b)).
    static func logMixture(_ a: Double, _ b: Double, weight w: Double) -> Double {
        if w <= 0 { return a }
        if w >= 1 { return b }
        let (a, b) = (a + log1p(-w), b + log(w))
        let largest = max(a, b)
        return largest.isFinite ? largest + log(exp(a - largest) + exp(b - largest)) : largest
    }
}
