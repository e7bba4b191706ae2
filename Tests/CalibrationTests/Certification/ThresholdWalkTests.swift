import Calibration
import GatewayTesting
import Testing

@Suite struct ThresholdWalkTests {
    private func walk(_ losses: [Int], trials: Int, alpha: Double = 0.01, delta: Double = 0.05) -> ThresholdWalk<Int> {
        ThresholdWalk(alpha: alpha, delta: delta, levels: losses.indices) { (losses[$0], trials) }
    }

    @Test func theLoosestLevelThatHoldsIsCertified() {
        let walk = walk([0, 0, 1, 2, 9], trials: 520)
        #expect(walk.certifiedIndex == 2)
        #expect(walk.certified?.losses == 1)
        #expect(walk.certified.map { abs($0.bound - 0.009090041170334233) < 1e-12 } == true)
        #expect(walk.steps.map(\.losses) == [0, 0, 1, 2, 9])
        #expect(walk.steps.map { Int(($0.rate * 520).rounded()) } == [0, 0, 1, 2, 9])
        #expect(walk.missingTrials == 0)
    }

    @Test func nothingBehindTheFirstFailureIsCertified() {
        #expect(walk([0, 5, 0, 0], trials: 520).certifiedIndex == 0)
        #expect(walk([5, 0, 0], trials: 520).certifiedIndex == nil)
    }

    @Test func missingTrialsAreCounted() {
        #expect(walk([0], trials: 298).certifiedIndex == nil)
        #expect(walk([0], trials: 298).missingTrials == 1)
        #expect(walk([0], trials: 299).certifiedIndex == 0)
        #expect(walk([0], trials: 0).missingTrials == 299)
        #expect(walk([2], trials: 300).missingTrials == 328)
        #expect(walk([], trials: 300).certifiedIndex == nil)
        #expect(walk([], trials: 300).missingTrials == nil)
        #expect(walk([0], trials: 300, alpha: 0).missingTrials == nil)
    }

    @Test func trialsMayDifferFromLevelToLevel() {
        // Conditional losses: of those shipped at each level.
        let counts = [(0, 60), (1, 200), (1, 520)]
        let walk = ThresholdWalk(alpha: 0.05, delta: 0.05, levels: 0..<3) { counts[$0] }
        #expect(walk.certifiedIndex == 2)
        #expect(ThresholdWalk(alpha: 0.05, delta: 0.05, levels: 0..<3) { (counts[$0].0, counts[$0].1 / 2) }.certifiedIndex == nil)
    }

    /// Scores of good and bad trials overlap; the true loss rate of each level is known. Taking the best-looking level violates about every
    /// other time; the walk may do so in a share of `delta` only.
    @Test(arguments: [(518, 0.02, 0.05), (518, 0.05, 0.05), (300, 0.05, 0.1), (1_500, 0.02, 0.05)])
    func theCertifiedLevelViolatesNoMoreOftenThanDelta(trials: Int, alpha: Double, delta: Double) {
        var generator = SeededGenerator(seed: UInt64(trials) + UInt64(alpha * 1_000))
        let levels = stride(from: 0.02, through: 1, by: 0.02)
        // Risk uniform in 0...1, bad with probability 0.2 * risk^2: shipping risks up to t loses 0.2 * t^3 / 3 of all trials.
        func truth(_ level: Double) -> Double { 0.2 * level * level * level / 3 }
        let rounds = 400
        var (violations, naive, certified) = (0, 0, 0)
        for _ in 0..<rounds {
            let bad = (0..<trials).compactMap { _ in
                let risk = generator.unit()
                return generator.unit() < 0.2 * risk * risk ? risk : nil
            }
            func losses(_ level: Double) -> Int { bad.count { $0 <= level } }
            let walk = ThresholdWalk(alpha: alpha, delta: delta, levels: levels) { (losses($0), trials) }
            if let level = walk.certified?.level {
                certified += 1
                if truth(level) > alpha { violations += 1 }
            }
            if let best = walk.steps.last(where: { $0.rate <= alpha })?.level, truth(best) > alpha { naive += 1 }
        }
        // Three standard deviations of slack.
        let slack = 3 * (delta * (1 - delta) / Double(rounds)).squareRoot()
        #expect(Double(violations) / Double(rounds) <= delta + slack, "\(violations) of \(rounds)")
        #expect(certified > rounds / 2)
        #expect(naive > violations, "\(naive) by the best-looking level")
    }
}
