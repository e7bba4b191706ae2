public import EntropyRouting

/// Refits c_k, the bits per unit of unseen tail, on a drafter's own top-20 lists: each list is cut to its first k entries, and c_k is the
/// value with which the production estimate from the cut, clamped between its bounds as always, comes nearest in the mean square to the
/// estimate from all 20 entries.
///
/// c_20 itself cannot be learnt from the lists and keeps its measured value. Needs no labels.
public struct TailFit: Sendable, Hashable {
    /// One list length.
    public struct Row: Sendable, Hashable {
        public var k: Int
        /// c_k before and after, bits per unit of tail mass.
        public var measured: Double
        public var fitted: Double
        /// Root mean square difference from the estimate by 20 entries, bits, before and after.
        public var errorBefore: Double
        public var errorAfter: Double
    }

    /// Entries of a full list.
    public static let fullLength = 20
    /// Fewer positions with full lists say too little.
    public static let minimumPositions = 1_000
    /// Positions beyond these add nothing: the values have long settled.
    public static let maximumPositions = 50_000
    /// List lengths that are fitted.
    public static let lengths = [1, 2, 3, 5, 8, 10]

    /// Positions with a full list that were used.
    public let positions: Int
    public let rows: [Row]

    /// - Parameters:
    ///   - traces: of the train split, so that the calibration split stays unseen.
    ///   - vocabularySize: V.
    /// - Returns: `nil` with fewer than ``minimumPositions`` full lists.
    public init?(_ traces: some Sequence<DraftTrace>, vocabularySize: Int = 200_019) {
        let estimator = EntropyEstimator(vocabularySize: vocabularySize)
        var cuts = Array(repeating: [EntropyBounds](), count: Self.lengths.count)
        var targets: [Double] = []
        collecting: for trace in traces {
            for token in trace.tokens where token.alternatives.count == Self.fullLength {
                let list = trace.alternatives[Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)].sorted(by: >)
                guard list.allSatisfy({ $0 <= 0 && $0 > -100 }) else { continue }
                targets.append(estimator.estimate(estimator.bounds(ranked: list.span), k: Self.fullLength))
                for (index, k) in Self.lengths.enumerated() {
                    cuts[index].append(estimator.bounds(ranked: list.span.extracting(0..<k)))
                }
                if targets.count == Self.maximumPositions { break collecting }
            }
        }
        guard targets.count >= Self.minimumPositions else { return nil }
        positions = targets.count
        rows = zip(Self.lengths, cuts).map { k, cuts in
            func error(_ coefficient: Double) -> Double {
                var sum = 0.0
                for (cut, target) in zip(cuts, targets) {
                    let estimate = min(max(cut.coarse + coefficient * cut.tailMass, cut.lower), cut.upper)
                    sum += (estimate - target) * (estimate - target)
                }
                return (sum / Double(targets.count)).squareRoot()
            }
            let measured = TailCoefficients.measured[k]
            let before = error(measured)
            let fitted = Self.least(error).roundedToTwelveDigits()
            // Where nothing is gained the measured value stays.
            return error(fitted) < before
                ? Row(k: k, measured: measured, fitted: fitted, errorBefore: before, errorAfter: error(fitted))
                : Row(k: k, measured: measured, fitted: measured, errorBefore: before, errorAfter: before)
        }
    }

    /// Where an error is least between 0 and 18 bits, the entropy of a uniform tail: the best of steps of half a bit, refined by golden
    /// section. Clamping makes the error flat in places, so that a descent alone could stop anywhere.
    private static func least(_ error: (Double) -> Double) -> Double {
        let steps = (0...36).map { Double($0) / 2 }
        let errors = steps.map(error)
        let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
        var (low, high) = (max(0, steps[best] - 0.5), min(18, steps[best] + 0.5))
        let ratio = 0.618_033_988_749_895
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (errorLeft, errorRight) = (error(left), error(right))
        for _ in 0..<40 {
            if errorLeft <= errorRight {
                (high, right, errorRight) = (right, left, errorLeft)
                left = high - ratio * (high - low)
                errorLeft = error(left)
            } else {
                (low, left, errorLeft) = (left, right, errorRight)
                right = low + ratio * (high - low)
                errorRight = error(right)
            }
        }
        return (low + high) / 2
    }

    /// For the artefact and ``TailCoefficients/init(points:)``: the fitted lengths and the measured c_20.
    public var points: [TailCoefficients.Point] {
        rows.map { TailCoefficients.Point(k: $0.k, bits: $0.fitted) }
            + [TailCoefficients.Point(k: Self.fullLength, bits: TailCoefficients.measured[Self.fullLength])]
    }
}
