import Calibration
import EntropyRouting
import Testing

@testable import CalibrationReport

/// Drafts, calibrated once for all tests of the suite.
private enum Calibrated {
    static let sample = SampleDrafts(seed: 11, count: 420)
    static let drafts = sample.drafts()
    static let outcome: Result<CalibrationOutcome, any Error> = Result { try CalibrationRun.run(drafts, sample.options(alpha: 0.15)) }
    static let options = ReportOptions(heavyweights: ["acme:large-1"], resamples: 40, rounds: 60)
}

@Suite("Report")
struct ReportBuilderTests {
    @Test("the page shows what the certificate and the production rule say")
    func agreesWithTheRule() throws {
        let outcome = try Calibrated.outcome.get()
        let model = try #require(outcome.model)
        let report = try ReportBuilder.build(Calibrated.drafts, model: model, options: Calibrated.options)

        guard case .certified(let certificate, let threshold) = report.verdict else {
            Issue.record("not certified")
            return
        }
        #expect(certificate == model.certificate)
        #expect(threshold == model.threshold)

        // A naive count with the production monitor.
        let strategy = RoutingStrategy.risk(try RiskStrategy(model: model))
        let estimator = model.estimator(vocabularySize: 200_019)
        let test = Calibrated.drafts.filter { $0.split == .test && $0.isBad != nil }
        let shipped = test.filter { draft in
            let verdict = draft.trace.monitor(strategy, estimator).finalAssessment(finishReason: draft.trace.finish)
            return draft.trace.gate == nil && verdict.level != .reject
        }
        let outcomeOfRule = try #require(report.outcome)
        #expect(outcomeOfRule.drafts == test.count)
        #expect(outcomeOfRule.shipped == shipped.count)
        #expect(outcomeOfRule.shippedBad == shipped.count { $0.isBad == true })
        #expect(outcomeOfRule.losses == outcomeOfRule.shippedBad)
        #expect(outcomeOfRule.trials == test.count)
        #expect(
            outcomeOfRule.lossBound
                == ClopperPearson.upper(failures: outcomeOfRule.losses, trials: test.count, delta: certificate.delta))

        // What `qualm calibrate` prints.
        let ranking = try #require(outcome.ranking)
        let risk = try #require(report.scores.first { $0.rule == .risk })
        #expect(risk.auroc?.value == ranking.risk)
        #expect(report.scores.first { $0.rule == .rawWindow }?.auroc?.value == ranking.windowBits)
        let interval = try #require(risk.auroc?.interval)
        #expect(interval.contains(ranking.risk))

        // The walk that is drawn is the walk that was made.
        let walk = try #require(report.walks.first)
        #expect(walk.certified.map { walk.steps[$0].level } == model.threshold)
        #expect(walk.certified.map { walk.steps[$0].losses } == certificate.losses)
        #expect(report.remarks.allSatisfy { !$0.contains("not exactly those") && !$0.contains("could not be found again") })
        #expect(report.violations?.resamplings == 60)
        #expect(report.violations?.certified.losses.count { $0 > 0.15 } == report.violations?.certified.violations)
    }

    @Test("curves begin with the drafter, end with the heavyweight, and pass through the threshold in force")
    func curves() throws {
        let model = try #require(try Calibrated.outcome.get().model)
        let report = try ReportBuilder.build(Calibrated.drafts, model: model, options: Calibrated.options)
        let deferral = try #require(report.deferral)
        let test = Calibrated.drafts.filter { $0.split == .test }
        #expect(abs(deferral.draftAccuracy - Double(test.count { $0.isBad == false }) / Double(test.count)) < 1e-12)
        #expect(abs(deferral.heavyweightAccuracy - Double(test.count { $0.isHeavyweightGood == true }) / Double(test.count)) < 1e-12)
        for rule in ScoreRule.allCases where rule != .random {
            let curve = try #require(deferral.curves[rule])
            #expect(abs((curve.first?.y ?? -1) - deferral.draftAccuracy) < 1e-12)
            #expect(abs((curve.last?.y ?? -1) - deferral.heavyweightAccuracy) < 1e-12)
        }
        let operating = try #require(deferral.operating)
        let nearest = try #require(deferral.curves[.risk]?.min { abs($0.x - operating.x) < abs($1.x - operating.x) })
        #expect(abs(nearest.y - operating.y) < 0.03)
        #expect(deferral.band.allSatisfy { $0.low <= $0.high })
        #expect(report.examples.contains { $0.kind == .shippedGood })
        #expect(report.examples.contains { $0.kind == .escalatedBad })
        #expect(report.distributions.reduce(0) { $0 + $1.good.count + $1.bad.count } == Calibrated.drafts.count)
    }

    @Test("without a certificate the page says why, and what it would take")
    func refused() throws {
        let outcome = try CalibrationRun.run(Calibrated.drafts, Calibrated.sample.options(alpha: 0.004))
        #expect(outcome.model == nil)
        let model = try ReportBuilder.uncertifiedModel(of: outcome, dataHash: DataDigest.digest(Calibrated.drafts))
        var options = Calibrated.options
        options.alpha = 0.004
        let report = try ReportBuilder.build(Calibrated.drafts, model: model, options: options)
        guard case .refused(let reason) = report.verdict else {
            Issue.record("certified")
            return
        }
        #expect(reason.contains("labels"))
        #expect(report.outcome == nil)
        #expect(report.deferral?.operating == nil)
        let page = ReportPage.render(report)
        #expect(page.contains("Nothing is certified."))
        #expect(!page.contains("Certified: "))
    }

    @Test("the same drafts give the same bytes; other drafts than the calibrated ones are told")
    func deterministic() throws {
        let model = try #require(try Calibrated.outcome.get().model)
        let page = ReportPage.render(try ReportBuilder.build(Calibrated.drafts, model: model, options: Calibrated.options))
        #expect(ReportPage.render(try ReportBuilder.build(Calibrated.drafts, model: model, options: Calibrated.options)) == page)
        let fewer = try ReportBuilder.build(Array(Calibrated.drafts.dropLast(40)), model: model, options: Calibrated.options)
        #expect(fewer.remarks.contains { $0.contains("not exactly those") })
    }

    @Test(
        "nothing to show is said, not drawn",
        arguments: [0, 1, 7])
    func fewDrafts(_ count: Int) throws {
        let model = try #require(try Calibrated.outcome.get().model)
        var drafts = Array(Calibrated.drafts.prefix(count))
        for index in drafts.indices where index.isMultiple(of: 2) { drafts[index].isBad = nil }
        let page = ReportPage.render(try ReportBuilder.build(drafts, model: model, options: Calibrated.options))
        #expect(page.hasSuffix("</html>\n"))
        #expect(!page.contains("NaN"))
        #expect(!page.contains(">nan") && !page.contains("\"nan"))
    }
}
