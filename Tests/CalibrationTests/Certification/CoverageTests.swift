import Calibration
import EntropyRouting
import GatewayTesting
import Testing

/// The heart of the matter: calibrations drawn from a population whose true losses are known keep their promise as often as they say.
///
/// A model is fitted once, on drafts of its own. Then a pool of drafts is scored by the production monitor; calibration sets are drawn from
/// it with replacement, so that the pool *is* the population, and the true loss rate of each level is a count.
@Suite("Coverage of the certificate") struct CoverageTests {
    private static let pool: [CertificationCase] = population(seed: 99)

    private static func population(seed: UInt64) -> [CertificationCase] {
        let training = SyntheticDrafts.surprisal(seed: seed, count: 400, badShare: 0.2)
        let key = RiskModel.Key(drafter: "d", provider: "p", tier: .surprisal, topLogprobs: 0, temperature: 1, promptMode: "plain")
        guard
            let fit = try? RiskFit(training.map { DraftSummary($0.trace) }, isBad: training.map { $0.isBad == true }, tier: .surprisal),
            let model = try? fit.model(key: key, date: "d", dataHash: "h", windowTokens: 10)
        else { return [] }
        return SyntheticDrafts.surprisal(seed: seed + 1, count: 3_500, badShare: 0.2).compactMap { draft in
            (try? ScoredDraft(draft, model: model)).flatMap(CertifiedRule.risk.certificationCase)
        }
    }

    private func draw(_ count: Int, from pool: [CertificationCase], _ random: inout SeededGenerator) -> [CertificationCase] {
        (0..<count).map { _ in pool[Int(random.next() % UInt64(pool.count))] }
    }

    private func trueRate(_ pool: [CertificationCase], _ loss: RiskCertificate.Loss, at level: Double) -> Double {
        let shipped = pool.filter { CertifiedRule.risk.ships($0, at: level) }
        let lost = Double(shipped.count(where: \.isBad))
        return loss == .selective ? (shipped.isEmpty ? 0 : lost / Double(shipped.count)) : lost / Double(pool.count)
    }

    private func slack(_ delta: Double, _ rounds: Int) -> Double { 3 * (delta * (1 - delta) / Double(rounds)).squareRoot() }

    @Test("Of 500 calibrations at most delta promise too much", arguments: [(0.05, 0.05), (0.02, 0.05)])
    func joint(alpha: Double, delta: Double) throws {
        let pool = Self.pool
        try #require(pool.count == 3_500)
        let truth = Dictionary(uniqueKeysWithValues: RiskGrid.standard.map { ($0, trueRate(pool, .joint, at: $0)) })
        let certification = try RiskCertification(alpha: alpha, delta: delta)
        var random = SeededGenerator(seed: UInt64(alpha * 1_000))
        let rounds = 500
        var (violations, certified, naive, coverage) = (0, 0, 0, 0.0)
        for _ in 0..<rounds {
            let found = certification.certify(draw(518, from: pool, &random))
            if let level = found.threshold {
                certified += 1
                coverage += found.certificate?.coverage ?? 0
                if try #require(truth[level]) > alpha { violations += 1 }
            }
            let best = found.parts[0].steps.last { Double($0.losses) <= alpha * Double($0.trials) }
            if let best, try #require(truth[best.level]) > alpha { naive += 1 }
        }
        print(
            "alpha \(alpha), delta \(delta): \(violations) of \(rounds) certificates violated; the level that looks best: \(naive);",
            "certified \(certified), mean coverage \(coverage / Double(max(1, certified)))")
        #expect(Double(violations) / Double(rounds) <= delta + slack(delta, rounds))
        #expect(certified > rounds / 2)
        #expect(naive > violations)
    }

    @Test("Per class, at most delta of the calibrations promise too much in any class")
    func perClass() throws {
        let pool = Self.pool
        let (alpha, delta, rounds) = (0.05, 0.1, 120)
        let certification = try RiskCertification(alpha: alpha, delta: delta, isPerClass: true)
        let byClass = Dictionary(grouping: pool, by: \.taskClass)
        let truth = byClass.mapValues { pool in
            Dictionary(uniqueKeysWithValues: RiskGrid.standard.map { ($0, trueRate(pool, .joint, at: $0)) })
        }
        var random = SeededGenerator(seed: 5)
        var (violations, certified) = (0, 0)
        for _ in 0..<rounds {
            guard let certificate = certification.certify(draw(600, from: pool, &random)).certificate else { continue }
            certified += 1
            if certificate.classes.contains(where: { $0.threshold > 0 && (truth[$0.taskClass]?[$0.threshold] ?? 1) > alpha }) {
                violations += 1
            }
        }
        print("per class: \(violations) of \(certified) certificates violated in some class")
        #expect(Double(violations) / Double(rounds) <= delta + slack(delta, rounds))
        #expect(certified > rounds / 2)
    }

    @Test("The selective walk, started by another split, keeps its promise, too")
    func selective() throws {
        let pool = Self.pool
        let (alpha, delta, rounds) = (0.08, 0.1, 150)
        let certification = try RiskCertification(loss: .selective, alpha: alpha, delta: delta)
        let truth = Dictionary(uniqueKeysWithValues: RiskGrid.standard.map { ($0, trueRate(pool, .selective, at: $0)) })
        var random = SeededGenerator(seed: 6)
        var (violations, certified) = (0, 0)
        for _ in 0..<rounds {
            let planning = draw(400, from: pool, &random)
            guard let level = certification.certify(draw(600, from: pool, &random), planning: planning).threshold else { continue }
            certified += 1
            if try #require(truth[level]) > alpha { violations += 1 }
        }
        print("selective: \(violations) of \(certified) certificates violated")
        #expect(Double(violations) / Double(rounds) <= delta + slack(delta, rounds))
        #expect(certified > rounds / 4)
    }
}
