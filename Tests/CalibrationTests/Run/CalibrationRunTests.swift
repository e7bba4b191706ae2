import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("Calibration run") struct CalibrationRunTests {
    private func options(
        alpha: Double = 0.1, loss: RiskCertificate.Loss = .joint, isPerClass: Bool = false, judge: JudgeSensitivity = .complete
    ) -> CalibrationOptions {
        CalibrationOptions(
            drafter: "tiny", provider: "local", topLogprobs: 0, temperature: 0, alpha: alpha, delta: 0.05, loss: loss,
            isPerClass: isPerClass, judge: judge, date: "2026-01-31", origin: RiskModel.Origin(models: ["tiny-1"]))
    }

    @Test("From drafts to a certified model that the engine runs as it was certified")
    func certifies() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 60, count: 700, badShare: 0.2)
        let outcome = try CalibrationRun.run(drafts, options())
        let model = try #require(outcome.model)
        let threshold = try #require(model.threshold)
        #expect(model.certificate?.loss == .joint && model.certificate?.alpha == 0.1 && model.certificate?.grid == RiskGrid.standard)
        #expect(model.speed != nil && model.origin.models == ["tiny-1"])
        #expect(model.estimation.vocabularySize == 200_019 && model.estimation.tail.isEmpty)
        #expect(model.key.tier == .surprisal && model.provenance.labels == outcome.fit.labels)
        #expect(outcome.counts.labels == 700 && outcome.counts.unlabelled == 0)
        #expect(outcome.counts.labelled[.cal] == model.certificate?.labels)

        // The production monitor ships exactly the drafts that were counted as shipped.
        let strategy = RoutingStrategy.risk(try RiskStrategy(model: model))
        let estimator = model.estimator(vocabularySize: 1_000)
        var (shipped, lost) = (0, 0)
        for (draft, scored) in zip(drafts, outcome.scored) {
            let verdict = draft.trace.monitor(strategy, estimator).finalAssessment(finishReason: draft.trace.finish)
            #expect((verdict.level != .reject) == scored.ships(at: threshold))
            if draft.split == .cal, verdict.level != .reject {
                shipped += 1
                if draft.isBad == true { lost += 1 }
            }
        }
        let certificate = try #require(model.certificate)
        #expect(lost == certificate.losses)
        #expect(Int((certificate.coverage * Double(certificate.labels)).rounded()) == shipped)

        let (test, ranking) = (try #require(outcome.test), try #require(outcome.ranking))
        #expect(test.labels == outcome.counts.labelled[.test] && test.shipped > 0 && test.lossRate <= 0.1)
        #expect(ranking.risk > ranking.meanBits && ranking.risk > ranking.windowBits)
        // The window rule, certified for the same promise, ships fewer.
        #expect((outcome.windowCertification.parts[0].certified?.shipped ?? 0) < (outcome.certification.parts[0].certified?.shipped ?? 0))
        #expect(outcome.windowCertification.certificate == nil)
    }

    @Test("The same drafts give the same model, in any order but for the last digits never looked at")
    func deterministic() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 61, count: 160, badShare: 0.2)
        #expect(try CalibrationRun.run(drafts, options()).model == CalibrationRun.run(drafts, options()).model)
        #expect(DataDigest.digest(drafts) == DataDigest.digest(drafts.reversed()))
        var other = drafts
        other[7].isBad?.toggle()
        #expect(DataDigest.digest(drafts) != DataDigest.digest(other))
    }

    @Test("Labels of the calibration split decide the threshold and nothing else; those of the test split nothing")
    func splitsAreKept() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 62, count: 320, badShare: 0.2)
        let plain = try #require(try CalibrationRun.run(drafts, options()).model)
        func relabelled(_ split: DraftSplit) throws -> RiskModel? {
            let drafts = drafts.enumerated().map { index, draft in
                var draft = draft
                if draft.split == split, index % 3 == 0 { draft.isBad = true }
                return draft
            }
            return try CalibrationRun.run(drafts, options(alpha: 0.3)).model
        }
        #expect(try relabelled(.test)?.terms == plain.terms)
        let cal = try #require(try relabelled(.cal))
        #expect(cal.terms == plain.terms && cal.intercepts == plain.intercepts)
        #expect(try relabelled(.train)?.terms != plain.terms)
    }

    @Test("Promises that the labels do not support are refused, with the number that is missing")
    func refuses() throws {
        let few = try CalibrationRun.run(SyntheticDrafts.surprisal(seed: 63, count: 100, badShare: 0.2), options(alpha: 0.02))
        #expect(few.model == nil && few.test == nil)
        #expect(few.fit.terms.count == 2)
        let refusal = try #require(few.certification.refusal)
        #expect(refusal.reason == .tooFewLabels)
        #expect(try #require(few.missingLabels) > (refusal.missingLabels ?? 0))
        let bad = try CalibrationRun.run(SyntheticDrafts.surprisal(seed: 64, count: 200, badShare: 1), options(alpha: 0.02))
        #expect(bad.model == nil && bad.certification.refusal?.missingLabels == nil && bad.ranking == nil)
        #expect(bad.certification.feasibility.leastEscalation > 0.97)
    }

    @Test("Drafts that are all good are certified at the loosest level")
    func allGood() throws {
        let outcome = try CalibrationRun.run(SyntheticDrafts.surprisal(seed: 65, count: 300, badShare: 0), options(alpha: 0.05))
        #expect(outcome.model?.threshold == 1 && outcome.test?.coverage == 1 && outcome.ranking == nil)
    }

    @Test("Empty drafts, drafts without evidence and unjudged ones are counted and never shipped")
    func oddDrafts() throws {
        var drafts = SyntheticDrafts.surprisal(seed: 66, count: 400, badShare: 0.1)
        let plain = try CalibrationRun.run(drafts, options())
        for index in 0..<10 {
            var blind = DraftTrace(id: "blind\(index)", taskClass: .code)
            for _ in 0..<12 { blind.append(ms: 5, logprob: .nan, alternatives: [Double.nan], text: Array("a".utf8)) }
            drafts.append(LabelledDraft(trace: blind, isBad: false))
            drafts.append(LabelledDraft(trace: DraftTrace(id: "empty\(index)", taskClass: .code, gate: "empty_answer"), isBad: true))
            drafts.append(LabelledDraft(trace: DraftTrace(id: "unjudged\(index)", taskClass: .code), isBad: nil))
        }
        let outcome = try CalibrationRun.run(drafts, options())
        #expect(outcome.counts.otherTier == 10 && outcome.counts.gated == 10 && outcome.counts.unlabelled == 10)
        #expect(outcome.scored[400...].allSatisfy { !$0.ships(at: 1) && !$0.ships(belowBits: 100) })
        #expect(outcome.fit.terms == plain.fit.terms)
        #expect(outcome.scored[400].scores.meanBits == .infinity)
        #expect(outcome.scored.allSatisfy { $0.risk.isFinite })
    }

    @Test("A shipped draft that nobody judged counts as lost, unless the promise is asked for judged ones only")
    func unjudgedCountAsLost() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 71, count: 900, badShare: 0.2)
        // Whoever judges only what looks good: half of the bad drafts have no verdict.
        let partly = drafts.enumerated().map { index, draft in
            var draft = draft
            if draft.isBad == true, index % 2 == 0 { draft.isBad = nil }
            return draft
        }
        let unjudged = partly.count { $0.split == .cal && $0.isBad == nil }
        #expect(unjudged > 20)
        for loss in [RiskCertificate.Loss.joint, .selective, .recoverable] {
            let whole = try CalibrationRun.run(drafts, options(alpha: 0.12, loss: loss))
            let counted = try CalibrationRun.run(partly, options(alpha: 0.12, loss: loss))
            var asked = options(alpha: 0.12, loss: loss)
            asked.isJudgedOnly = true
            let judgedOnly = try CalibrationRun.run(partly, asked)
            #expect(counted.certification.feasibility.losses == whole.certification.feasibility.losses)
            #expect(counted.certification.feasibility.labels == whole.certification.feasibility.labels)
            #expect(counted.windowCertification.feasibility.losses == whole.windowCertification.feasibility.losses)
            #expect(judgedOnly.certification.feasibility.labels == whole.certification.feasibility.labels - unjudged)
            #expect(judgedOnly.certification.feasibility.losses == whole.certification.feasibility.losses - unjudged)
            #expect(counted.counts.unjudged[.cal] == unjudged && whole.unjudgedWarning == nil)
            #expect(counted.rendered().contains("\(unjudged) drafts of the certification split have no verdict and count as lost"))
            #expect(judgedOnly.rendered().contains("are left out: the promise is about judged ones only"))
            #expect(counted.rendered().contains("of its drafts have no verdict and are left out of these figures"))
        }
    }

    @Test(
        "A share is printed with the digits that it has",
        arguments: [(1e-9, "0.0000001 %"), (0.000_012_34, "0.00123 %"), (0.05, "5 %"), (0.0526, "5.26 %"), (0.000_099_999_9, "0.01 %")])
    func shares(alpha: Double, text: String) throws {
        let outcome = try CalibrationRun.run(SyntheticDrafts.surprisal(seed: 72, count: 40, badShare: 0.3), options(alpha: alpha))
        #expect(outcome.rendered().contains("at most \(text) of all requests get a bad draft"))
    }

    @Test("Per class, each class has its own threshold")
    func perClass() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 67, count: 900, badShare: 0.1)
        let model = try #require(try CalibrationRun.run(drafts, options(alpha: 0.1, isPerClass: true)).model)
        #expect(model.threshold == nil && model.certificate?.classes.count == 4)
        #expect(try RiskStrategy(model: model).thresholds.byClass.count == 4)
        let one = SyntheticDrafts.surprisal(seed: 68, count: 300, badShare: 0.1, taskClass: .reasoning)
        let single = try #require(try CalibrationRun.run(one, options(alpha: 0.1, isPerClass: true)).model)
        #expect(single.certificate?.classes.map(\.taskClass) == [.reasoning])
        // A class that was never calibrated has no promise.
        #expect(single.thresholds?[.code] == 0)
    }

    @Test("Selective and recoverable promises are certified by the same run", arguments: [RiskCertificate.Loss.selective, .recoverable])
    func otherLosses(loss: RiskCertificate.Loss) throws {
        let drafts = SyntheticDrafts.surprisal(seed: 69, count: 900, badShare: 0.2).enumerated().map { index, draft in
            var draft = draft
            draft.isHeavyweightGood = index % 4 != 0
            return draft
        }
        let outcome = try CalibrationRun.run(drafts, options(alpha: 0.12, loss: loss))
        #expect(outcome.model?.certificate?.loss == loss)
        #expect((outcome.certification.parts[0].start > 0) == (loss == .selective))
    }

    @Test("Lists of 20 refit the tail, and the model carries it")
    func tail() throws {
        let drafts = SyntheticDrafts.ranked(seed: 70, count: 120, k: 20, badShare: 0.1)
        var options = options(alpha: 0.2)
        options.topLogprobs = 20
        let outcome = try CalibrationRun.run(drafts, options)
        #expect(outcome.tail != nil && outcome.tier == .topK)
        #expect(try #require(outcome.model).estimation.tail == outcome.tail?.points)
    }

    @Test("Duplicates, drafts without evidence and impossible options are errors")
    func errors() throws {
        var drafts = SyntheticDrafts.surprisal(seed: 71, count: 50)
        drafts.append(drafts[3])
        #expect(throws: CalibrationError.duplicate(id: "s71-3")) { try CalibrationRun.run(drafts, options()) }
        let empty = (0..<5).map { LabelledDraft(trace: DraftTrace(id: "\($0)", taskClass: .code), isBad: false) }
        #expect(throws: CalibrationError.noEvidence(drafts: 5)) { try CalibrationRun.run(empty, options()) }
        #expect(throws: CalibrationError.noEvidence(drafts: 0)) { try CalibrationRun.run([], options()) }
        let unlabelled = SyntheticDrafts.surprisal(seed: 72, count: 50).map { draft in
            var draft = draft
            draft.isBad = nil
            return draft
        }
        #expect(throws: CalibrationError.noTrainingDrafts(drafts: 0, tier: .surprisal)) { try CalibrationRun.run(unlabelled, options()) }
        for change in [
            { $0.alpha = 0 }, { $0.delta = 1 }, { $0.windowTokens = 0 }, { $0.vocabularySize = 1 }, { $0.topLogprobs = 99 }, { $0.l2 = 0 },
        ]
            as [(inout CalibrationOptions) -> Void]
        {
            var wrong = options()
            change(&wrong)
            #expect(throws: CalibrationError.self) { try CalibrationRun.run(Array(drafts[..<50]), wrong) }
        }
    }
}
