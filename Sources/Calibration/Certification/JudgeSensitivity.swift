/// How many of the bad drafts the labels show. A judge misses some, so that a loss rate seen through its eyes is too low; what is certified
/// is therefore `alpha` times the share it is known to see.
///
/// The share is bounded from seeded errors (corrupted numbers and names in good answers): a Clopper-Pearson lower bound that is too high
/// with probability ``deltaSpent`` at most. The walk then gets what is left of delta, and by the union bound both hold with probability
/// 1 - delta. One fifth of delta goes to the judge: the walk's bound suffers more from a small delta than the judge's, which rests on
/// nearly equal successes.
///
/// What the bound rests on, and cannot prove: that real errors are seen as often as seeded ones. Good drafts that the judge calls bad only
/// make the certificate stricter. The verdicts on the heavyweight, which the recoverable loss needs, are taken as they are.
public struct JudgeSensitivity: Sendable, Hashable {
    /// The share of delta that measuring a judge costs.
    public static let deltaShare = 0.2

    /// Lower bound of the share of bad drafts that the labels show, 0...1.
    public let bound: Double
    /// The probability that the bound is too high; 0 for labels that need none.
    public let deltaSpent: Double
    /// Seeded errors the judge called bad, and all; 0 of 0 when it was not measured.
    public let detected: Int
    public let seeded: Int

    /// Every bad draft is labelled so: checkable references, people.
    public static let complete = JudgeSensitivity(bound: 1, deltaSpent: 0, detected: 0, seeded: 0)

    /// A share that somebody vouches for, above 0, up to 1; it costs no delta, and the certificate is worth as much as their word.
    public static func assumed(_ share: Double) -> JudgeSensitivity {
        JudgeSensitivity(bound: min(max(share, 0), 1), deltaSpent: 0, detected: 0, seeded: 0)
    }

    /// From probes of one judge.
    ///
    /// - Parameters:
    ///   - detected: probes that the judge called bad.
    ///   - seeded: all probes; without any the bound is 0 and nothing can be certified.
    ///   - delta: of the whole certificate.
    public static func measured(detected: Int, seeded: Int, delta: Double) -> JudgeSensitivity {
        weakest(of: [(detected, seeded)], delta: delta)
    }

    /// Of several judges that all labelled drafts, the one with the lowest bound; their share of delta is divided among them.
    ///
    /// - Parameter probes: of each judge; ``complete`` when there is none.
    public static func weakest(of probes: [(detected: Int, seeded: Int)], delta: Double) -> JudgeSensitivity {
        let spent = delta * deltaShare
        let judges = probes.map { judge in
            JudgeSensitivity(
                bound: ClopperPearson.lower(failures: judge.detected, trials: judge.seeded, delta: spent / Double(probes.count)),
                deltaSpent: spent, detected: judge.detected, seeded: judge.seeded)
        }
        return judges.min { $0.bound < $1.bound } ?? complete
    }
}
