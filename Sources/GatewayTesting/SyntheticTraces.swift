public import EntropyRouting

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One synthetic draft: what its tokens' entropies would be, and whether its answer is acceptable.
public struct SyntheticTrace: Sendable, Hashable {
    public var taskClass: TaskClass
    /// The label: the draft is unacceptable.
    public var isBad: Bool
    /// Bits per token, one or more tokens.
    public var entropies: [Double]
}

/// Seeded drafts from a two-state hidden Markov model of a drafter that is sure most of the time.
///
/// log10 H is normal: around the class's mean with deviation .8 while sure, around -.2 with deviation .4 while unsure. A bad draft is
/// unsure for 35 % of its tokens, a good one for 15 %, in runs: seven tokens in ten stay in the state of the one before. Lengths are
/// log-normal (4, .4), and a quarter longer when bad. The mean entropy then tells bad from good with an AUROC of about .75, as with
/// real drafters.
public struct SyntheticTraces: Sendable {
    /// Probability that a draft is bad.
    public let badShare: Double
    /// Probability that a token keeps the state of the one before without a new draw.
    public let persistence: Double
    private var random: SeededGenerator

    /// - Parameters:
    ///   - seed: the same seed gives the same traces.
    ///   - badShare: 0...1, default .3.
    ///   - persistence: 0...1, default .7; more makes runs longer and drafts harder to tell apart.
    public init(seed: UInt64, badShare: Double = 0.3, persistence: Double = 0.7) {
        self.badShare = badShare
        self.persistence = persistence
        random = SeededGenerator(seed: seed)
    }

    /// The next draft; its class uniform over all unless given.
    public mutating func next(_ requested: TaskClass? = nil) -> SyntheticTrace {
        let taskClass = requested ?? TaskClass.allCases[Int(random.unit() * Double(TaskClass.allCases.count))]
        let isBad = random.unit() < badShare
        let unsureShare = isBad ? 0.35 : 0.15
        let length = max(1, Int((exp(normal(mean: 4, deviation: 0.4)) * (isBad ? 1.25 : 1)).rounded()))
        var isUnsure = random.unit() < unsureShare
        let entropies = (0..<length).map { _ in
            if random.unit() >= persistence { isUnsure = random.unit() < unsureShare }
            let exponent = isUnsure ? normal(mean: -0.2, deviation: 0.4) : normal(mean: Self.sureMean(taskClass), deviation: 0.8)
            // No next-token distribution over 200,000 tokens has more than 17.6 bits; the tails of the normal do not know that.
            return min(pow(10, exponent), 17)
        }
        return SyntheticTrace(taskClass: taskClass, isBad: isBad, entropies: entropies)
    }

    /// Mean of log10 H while sure, by class: facts are certain, creative text never is.
    public static func sureMean(_ taskClass: TaskClass) -> Double {
        switch taskClass {
        case .simpleFactual: -3
        case .code: -2.5
        case .reasoning: -2
        case .creative: -1
        }
    }

    /// Natural logprobs of the `k` most probable tokens of a geometric distribution with the given entropy: what a drafter that unsure
    /// would send.
    ///
    /// - Parameters:
    ///   - entropy: bits, 0...17.
    ///   - k: 1 or more.
    public static func logprobs(entropy: Double, k: Int) -> [Double] {
        // p_i = p q^i has entropy h2(p) / p, which falls as p grows: bisect on ln p.
        var (low, high) = (-16.0, 0.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if geometricEntropy(logP: middle) > entropy { low = middle } else { high = middle }
        }
        let logQ = log(-expm1(high))
        return (0..<max(1, k)).map { high == 0 ? ($0 == 0 ? 0 : -.infinity) : high + Double($0) * logQ }
    }

    private static func geometricEntropy(logP: Double) -> Double {
        let (p, q) = (exp(logP), -expm1(logP))
        return q > 0 ? (-logP - q / p * log(q)) / log(2) : 0
    }

    /// Box and Muller.
    private mutating func normal(mean: Double, deviation: Double) -> Double {
        let radius = sqrt(-2 * log(1 - random.unit()))
        return mean + deviation * radius * cos(2 * .pi * random.unit())
    }
}
