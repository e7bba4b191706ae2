import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("Risk fit") struct RiskFitTests {
    private let key = RiskModel.Key(drafter: "d", provider: "p", tier: .surprisal, topLogprobs: 0, temperature: 1, promptMode: "plain")

    private func fit(_ drafts: [LabelledDraft], candidates: [FeatureChoice.Candidate]? = nil) throws -> RiskFit {
        let labelled = drafts.filter { $0.isBad != nil }
        return try RiskFit(
            labelled.map { DraftSummary($0.trace) }, isBad: labelled.map { $0.isBad == true }, tier: .surprisal, candidates: candidates)
    }

    private func model(_ fit: RiskFit) throws -> RiskModel {
        try fit.model(key: key, date: "2026-01-31", dataHash: "x", windowTokens: 10)
    }

    /// Measured over six seeds of 5,000 held-out drafts, fitted on 518: risk .852 to .865; mean entropy .729 to .747, window .719 to .735,
    /// least probable token .659 to .684. The classes differ by two decades of entropy, which only the risk can allow for.
    @Test("The risk sorts better than mean entropy, raw window, least probable token and length", arguments: [1, 2, 3] as [UInt64])
    func beatsTheBaselines(seed: UInt64) throws {
        let drafts = SyntheticDrafts.surprisal(seed: seed, count: 1_718)
        let model = try model(fit(Array(drafts[..<518])))
        let held = drafts[518...].map { DraftSummary($0.trace) }
        let isBad = drafts[518...].map { $0.isBad == true }
        func auroc(_ score: (DraftSummary) -> Double) throws -> Double {
            try #require(Ranking.auroc(scores: held.map(score), isBad: isBad))
        }
        let risk = try auroc { model.risk($0.statistics, request: $0.request) }
        #expect(risk > 0.82)
        #expect(risk - (try auroc(\.scores.meanBits)) > 0.06)
        #expect(risk - (try auroc(\.scores.windowBits)) > 0.06)
        #expect(risk - (try auroc(\.scores.worstTokenNats)) > 0.1)
        #expect(risk - (try auroc { Double($0.scores.length) }) > 0.1)
    }

    @Test("From 250 labels on many features, below two")
    func featureCount() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 4, count: 250)
        #expect(try fit(drafts).terms.count > 8)
        let small = try fit(Array(drafts[..<249]))
        #expect(small.terms.map(\.feature) == [.meanBits, .logLength])
        #expect(try model(small).provenance.labels == 249)
    }

    @Test("What never varies is left out")
    func constants() throws {
        let names = try fit(SyntheticDrafts.surprisal(seed: 4, count: 300)).terms.map(\.feature)
        #expect(!names.contains(.logPromptTokens) && !names.contains(.censoredCount))
        #expect(throws: CalibrationError.noFeatures) {
            try fit(SyntheticDrafts.surprisal(seed: 4, count: 300), candidates: [.init(.logPromptTokens), .init(.missingCount)])
        }
    }

    @Test("A class with few labels stays near the common intercept; one without has none")
    func smallClasses() throws {
        let many = SyntheticDrafts.surprisal(seed: 8, count: 300, badShare: 0.3, taskClass: .reasoning)
        // Three of code, all bad: a free intercept would be infinite.
        let few = SyntheticDrafts.surprisal(seed: 9, count: 3, badShare: 1, taskClass: .code)
        let fit = try fit(many + few)
        #expect(Set(fit.intercepts.keys) == [.reasoning, .code])
        let (code, reasoning) = (try #require(fit.intercepts[.code]), try #require(fit.intercepts[.reasoning]))
        #expect(code > reasoning && code < reasoning + 3)
        #expect(try model(fit).intercepts[.creative] == nil)
    }

    @Test("Labels that all agree give a finite model that says so", arguments: [0.0, 1.0])
    func oneSided(badShare: Double) throws {
        let drafts = SyntheticDrafts.surprisal(seed: 3, count: 300, badShare: badShare)
        let fit = try fit(drafts)
        #expect(fit.isConverged && fit.bad == Int(badShare * 300))
        let model = try model(fit)
        for draft in drafts[..<20] {
            let summary = DraftSummary(draft.trace)
            let risk = model.risk(summary.statistics, request: summary.request)
            #expect(badShare == 0 ? risk < 0.02 : risk > 0.98)
            #expect(risk > 0 && risk < 1)
        }
    }

    @Test("The same drafts give the same numbers, of twelve digits")
    func deterministic() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 21, count: 260)
        #expect(try fit(drafts).terms == fit(drafts).terms)
        for term in try fit(drafts).terms {
            for number in [term.mean, term.deviation, term.coefficient] {
                let digits = "\(abs(number))".prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
                #expect(digits.count <= 12, "\(number)")
            }
        }
    }

    @Test("Drafts that the risk does not decide about are not fitted")
    func leavesOut() throws {
        var drafts = SyntheticDrafts.surprisal(seed: 30, count: 260)
        let plain = try fit(drafts)
        var gated = drafts[0]
        gated.trace.gate = "refusal"
        var blind = LabelledDraft(trace: DraftTrace(id: "nan", taskClass: .code), isBad: true)
        for _ in 0..<20 { blind.trace.append(logprob: .nan, alternatives: EmptyCollection<Double>(), text: Array("x".utf8)) }
        let empty = LabelledDraft(trace: DraftTrace(id: "empty", taskClass: .code), isBad: true)
        drafts += [gated, blind, empty]
        #expect(try fit(drafts).terms == plain.terms)
        #expect(throws: CalibrationError.noTrainingDrafts(drafts: 3, tier: .surprisal)) { try fit([gated, blind, empty]) }
    }
}
