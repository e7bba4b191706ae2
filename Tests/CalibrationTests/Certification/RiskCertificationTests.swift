import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("Risk certification") struct RiskCertificationTests {
    /// `count` drafts of a risk, the first `bad` of them bad.
    private func cases(
        _ risk: Double, count: Int, bad: Int = 0, _ taskClass: TaskClass = .code, isShippable: Bool = true, isHeavyweightBad: Bool = false
    ) -> [CertificationCase] {
        (0..<count).map {
            CertificationCase(
                taskClass: taskClass, statistic: risk, isShippable: isShippable, isBad: $0 < bad, isHeavyweightBad: isHeavyweightBad)
        }
    }

    @Test("The loosest level that holds is certified, with its losses, bound and coverage")
    func loosest() throws {
        // n = 400 at alpha .02: 3 losses are held (bound .0193), 4 are not (.0227).
        let drafts = cases(0.004, count: 200) + cases(0.05, count: 100, bad: 3) + cases(0.06, count: 100, bad: 20)
        let found = try RiskCertification(alpha: 0.02, delta: 0.05).certify(drafts)
        #expect(found.threshold == 0.05)
        let certificate = try #require(found.certificate)
        #expect(certificate.losses == 3 && certificate.labels == 400 && certificate.coverage == 0.75)
        #expect(abs(certificate.bound - ClopperPearson.upper(failures: 3, trials: 400, delta: 0.05)) < 1e-11)
        #expect(certificate.grid == RiskGrid.standard && certificate.classes.isEmpty && certificate.judgeSensitivity == 1)
        #expect(found.refusal == nil)
    }

    @Test("The threshold itself ships; what gates refuse never does")
    func edges() throws {
        let drafts = cases(0.05, count: 300) + cases(0.001, count: 300, bad: 300, isShippable: false)
        let found = try RiskCertification(alpha: 0.02, delta: 0.05).certify(drafts)
        #expect(found.threshold == 1)
        #expect(found.parts[0].steps.first { $0.level == 0.05 }?.shipped == 300)
        #expect(found.parts[0].steps.first { $0.level == 0.04 }?.shipped == 0)
    }

    @Test("Recoverable counts only what the heavyweight would have saved")
    func recoverable() throws {
        let drafts = cases(0.004, count: 300) + cases(0.05, count: 100, bad: 40, isHeavyweightBad: true)
        #expect(try RiskCertification(loss: .recoverable, alpha: 0.02, delta: 0.05).certify(drafts).threshold == 1)
        #expect(try RiskCertification(loss: .joint, alpha: 0.02, delta: 0.05).certify(drafts).threshold == 0.04)
    }

    @Test("Selective counts the shipped, and its walk begins where the planning split says")
    func selective() throws {
        // 10 drafts at .004 can certify nothing; with the 200 at .05 there are enough.
        let drafts = cases(0.004, count: 10) + cases(0.05, count: 200, bad: 1) + cases(0.5, count: 200, bad: 100)
        let certification = try RiskCertification(loss: .selective, alpha: 0.05, delta: 0.05)
        #expect(certification.certify(drafts).threshold == nil)
        let planned = certification.certify(drafts, planning: drafts)
        #expect(planned.threshold == 0.4)
        #expect(planned.certificate?.losses == 1)
        #expect(planned.certificate?.labels == 410)
        // A stricter level that can hold, though with a higher bound, is where the walk begins; hence it is not missed.
        let twice = cases(0.05, count: 100) + cases(0.5, count: 150, bad: 8)
        let early = certification.certify(twice, planning: twice)
        #expect(RiskGrid.standard[early.parts[0].start] == 0.05)
        #expect(early.threshold == 0.4)
        // A planning split that promises too much makes the walk fail, never the certificate wrong.
        #expect(certification.certify(drafts, planning: cases(0.5, count: 410)).threshold == nil)
    }

    @Test("A judge that sees only some of the losses is held to less, and delta pays for measuring it")
    func judge() throws {
        let judge = JudgeSensitivity.measured(detected: 95, seeded: 100, delta: 0.05)
        #expect(judge.bound == ClopperPearson.lower(failures: 95, trials: 100, delta: 0.01))
        #expect(judge.bound > 0.86 && judge.bound < 0.88)
        let certification = try RiskCertification(alpha: 0.05, delta: 0.05, judge: judge)
        #expect(abs(certification.walkDelta - 0.04) < 1e-15)
        #expect(abs(certification.effectiveAlpha - 0.05 * judge.bound) < 1e-15)
        // Just enough labels for a complete view are too few for a partial one.
        let needed = try #require(ClopperPearson.trialsNeeded(alpha: 0.05, delta: 0.05))
        #expect(try RiskCertification(alpha: 0.05, delta: 0.05).certify(cases(0.004, count: needed)).isCertified)
        #expect(!certification.certify(cases(0.004, count: needed)).isCertified)
        #expect(certification.certify(cases(0.004, count: needed + 15)).certificate?.judgeSensitivity == judge.bound.rounded12)
        let blind = try RiskCertification(alpha: 0.05, delta: 0.05, judge: .measured(detected: 0, seeded: 0, delta: 0.05))
        #expect(blind.certify(cases(0.004, count: 10_000)).refusal?.reason == .blindJudge)
    }

    @Test("Classes share delta, and those with too few labels escalate")
    func perClass() throws {
        let drafts =
            cases(0.05, count: 300, bad: 1, .code) + cases(0.05, count: 300, bad: 60, .creative) + cases(0.004, count: 300, .creative)
            + cases(0.004, count: 20, .reasoning)
        let certification = try RiskCertification(alpha: 0.05, delta: 0.06, isPerClass: true)
        let found = certification.certify(drafts)
        #expect(found.parts.map(\.taskClass) == [.reasoning, .code, .creative])
        #expect(found.parts.allSatisfy { abs($0.delta - 0.02) < 1e-15 })
        #expect(found.threshold == nil)
        let certificate = try #require(found.certificate)
        let thresholds = Dictionary(uniqueKeysWithValues: certificate.classes.map { ($0.taskClass, $0.threshold) })
        #expect(thresholds == [.reasoning: 0, .code: 1, .creative: 0.04])
        #expect(certificate.classes.first { $0.taskClass == .reasoning }?.bound == 1)
        #expect(certificate.bound == certificate.classes.filter { $0.threshold > 0 }.map(\.bound).max())
        #expect(certificate.losses == 1 && certificate.labels == 920)
    }

    @Test("A refusal says why, and how many labels more it would take")
    func refusals() throws {
        let certification = try RiskCertification(alpha: 0.05, delta: 0.05)
        func refusal(_ drafts: [CertificationCase]) throws -> CertificationRefusal { try #require(certification.certify(drafts).refusal) }

        let few = try refusal(cases(0.004, count: 58))
        #expect(few.reason == .tooFewLabels && few.missingLabels == 1 && few.labels == 58)
        #expect(try refusal([]).missingLabels == 59)
        #expect(try refusal(cases(0.004, count: 100, isShippable: false)).reason == .nothingShippable)

        // One loss in 80: bound .058. 93 trials hold one, but losses that go on at 1 in 80 become 2 there: 124 are needed.
        let one = try refusal(cases(0.004, count: 80, bad: 1))
        #expect(one.reason == .tooManyLosses && one.level == 0.005 && one.losses == 1 && one.trials == 80)
        #expect(one.missingLabels == 124 - 80)
        #expect(ClopperPearson.upper(failures: 2, trials: 124, delta: 0.05) <= 0.05)
        #expect(ClopperPearson.upper(failures: 2, trials: 123, delta: 0.05) > 0.05)

        let hopeless = try refusal(cases(0.004, count: 1_000, bad: 60))
        #expect(hopeless.reason == .tooManyLosses && hopeless.missingLabels == nil)
        #expect(hopeless.description.contains("60 of 1000") && hopeless.description.contains("more labels will not help"))

        // Strict levels that ship nothing hold any promise; they are not a certificate.
        let late = certification.certify(cases(0.2, count: 100, bad: 30))
        #expect(!late.isCertified && late.certificate == nil && late.refusal?.level == 0.2)
    }

    @Test("Feasibility: what every rule must escalate")
    func feasibility() throws {
        let drafts = cases(0.004, count: 160) + cases(0.5, count: 40, bad: 40)
        let joint = try RiskCertification(alpha: 0.05, delta: 0.05).certify(drafts).feasibility
        #expect(joint.labels == 200 && joint.losses == 40 && joint.labelsForNoLoss == 59 && joint.missingLabels == 0)
        #expect(abs(joint.leastEscalation - 0.15) < 1e-12)
        #expect(joint.lossInterval.contains(0.2) && joint.lossInterval.lowerBound > 0.14 && joint.lossInterval.upperBound < 0.27)
        let selective = try RiskCertification(loss: .selective, alpha: 0.05, delta: 0.05).certify(drafts).feasibility
        #expect(abs(selective.leastEscalation - 0.15 / 0.95) < 1e-12)
        #expect(try RiskCertification(alpha: 0.05, delta: 0.05).certify(Array(drafts[..<30])).feasibility.missingLabels == 29)
    }

    @Test("Impossible parameters are refused by name", arguments: [(0.0, 0.05), (1, 0.05), (0.05, 0), (0.05, 1), (.nan, 0.05)])
    func parameters(alpha: Double, delta: Double) {
        #expect(throws: CalibrationError.self) { try RiskCertification(alpha: alpha, delta: delta) }
        #expect(throws: CalibrationError.self) { try RiskCertification(alpha: 0.05, delta: 0.05, grid: [0.2, 0.1]) }
    }
}

extension Double {
    fileprivate var rounded12: Double { (self * 1e12).rounded() / 1e12 }
}
