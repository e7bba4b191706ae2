import Calibration
import EntropyRouting
import Testing

@Suite struct ViolationRateTests {
    static let grid = [0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 1]

    /// Risk uniform in 0...1, bad with probability 0.3 * risk^2.
    private func labels(_ count: Int, seed: UInt64) -> (scores: [Double], isBad: [Bool]) {
        var random = SeededRandom(seed: seed)
        let scores = (0..<count).map { _ in random.unit() }
        return (scores, scores.map { random.unit() < 0.3 * $0 * $0 })
    }

    @Test(arguments: [RiskCertificate.Loss.joint, .selective])
    func theNaiveRuleBreaksItsPromiseMoreOften(loss: RiskCertificate.Loss) {
        let grid = Array(stride(from: 0.05, through: 1, by: 0.05))
        var (certified, naive, rounds) = (0, 0, 0)
        for seed in 0..<8 {
            let (scores, isBad) = labels(1_000, seed: UInt64(seed))
            let found = ViolationRate(
                scores: scores, isBad: isBad, grid: grid, alpha: 0.05, delta: 0.05, loss: loss, rounds: 100, seed: UInt64(seed))
            certified += found.certified.violations
            naive += found.naive.violations
            rounds += found.rounds
            #expect(found.certified.meanCoverage < found.naive.meanCoverage)
            #expect(found.certified.meanCoverage > 0.2)
        }
        #expect(rounds == 800)
        // The half that measures varies as much as the half that chooses, so the certified rule is seen to break it in more than delta.
        #expect(Double(certified) / 800 < 0.15, "\(certified)")
        #expect(Double(naive) / 800 > 0.25, "\(naive)")
        #expect(naive > 3 * certified)
    }

    @Test func aRoundIsWhatAHandCountSays() {
        // Never a loss: both rules ship everything, whatever the halves are.
        let found = ViolationRate(
            scores: Array(repeating: 0.5, count: 200), isBad: Array(repeating: false, count: 200), grid: [0.4, 0.5, 1], alpha: 0.05,
            delta: 0.05, rounds: 20)
        #expect(found.certified.chosen == 20)
        #expect(found.naive.chosen == 20)
        #expect(found.certified.rate == 0)
        #expect(found.certified.meanCoverage == 1)
        // Always a loss: the levels that ship nothing lose nothing, and certifying them costs nothing.
        let hopeless = ViolationRate(
            scores: Array(repeating: 0.5, count: 200), isBad: Array(repeating: true, count: 200), grid: [0.4, 0.5, 1], alpha: 0.05,
            delta: 0.05, rounds: 20)
        #expect(hopeless.certified.meanCoverage == 0)
        #expect(hopeless.naive.chosen == 0)
        #expect(hopeless.naive.violations == 0)
    }

    @Test func refusedDraftsAreNeverShipped() {
        let found = ViolationRate(
            scores: (0..<200).map { $0 % 2 == 0 ? 0.1 : [.infinity, .nan][$0 / 2 % 2] }, isBad: (0..<200).map { $0 % 2 == 1 },
            grid: [0.1, 1], alpha: 0.05, delta: 0.05, rounds: 10)
        #expect(found.certified.violations == 0)
        #expect(abs(found.certified.meanCoverage - 0.5) < 0.1)
    }

    @Test func itIsTotalAndRepeatable() {
        let (scores, isBad) = labels(400, seed: 3)
        func rate(_ seed: UInt64) -> ViolationRate {
            ViolationRate(scores: scores, isBad: isBad, grid: Self.grid, alpha: 0.05, delta: 0.05, rounds: 30, seed: seed)
        }
        #expect(rate(1) == rate(1))
        #expect(rate(1) != rate(2))
        #expect(ViolationRate(scores: [], isBad: [], grid: Self.grid, alpha: 0.05, delta: 0.05).rounds == 0)
        #expect(ViolationRate(scores: scores, isBad: isBad, grid: [], alpha: 0.05, delta: 0.05).certified.rate == 0)
    }
}
