import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("Speed fit") struct SpeedFitTests {
    private func certified(_ drafts: [LabelledDraft], threshold: Double? = 0.3, byClass: [TaskClass: Double] = [:]) throws -> RiskModel {
        let fit = try RiskFit(drafts.map { DraftSummary($0.trace) }, isBad: drafts.map { $0.isBad == true }, tier: .surprisal)
        let key = RiskModel.Key(drafter: "d", provider: "p", tier: .surprisal, topLogprobs: 0, temperature: 1, promptMode: "plain")
        let parts = byClass.map {
            RiskCertificate.ClassPart(taskClass: $0, threshold: $1, losses: 0, labels: 100, bound: 0.05, coverage: 0.5)
        }
        let certificate = RiskCertificate(
            loss: .joint, alpha: 0.1, delta: 0.05, grid: RiskGrid.standard, losses: 0, labels: 100, bound: 0.05, coverage: 0.5,
            classes: parts)
        return try fit.model(
            key: key, date: "d", dataHash: "h", windowTokens: 10, threshold: byClass.isEmpty ? threshold : nil,
            certificate: byClass.isEmpty ? nil : certificate)
    }

    @Test("r_t is calibrated on other drafts, and tells more at later landmarks")
    func calibrated() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 40, count: 900)
        let model = try certified(Array(drafts[..<300]))
        let layer = try #require(try SpeedFit.layer(Array(drafts[..<600]), model: model))
        #expect(layer.drafts == 600)
        #expect(layer.landmarks.allSatisfy { $0.slope >= 0 && $0.tokensLeft >= 0 })
        #expect(layer.landmarks.map(\.token).starts(with: [8, 12, 16, 24, 32]))

        let strategy = RoutingStrategy.risk(try RiskStrategy(model: model))
        var areas: [Double] = []
        for token in [8, 32] {
            let landmark = try #require(layer.landmark(at: token))
            var (predicted, escalated): ([Double], [Bool]) = ([], [])
            for draft in drafts[600...] where draft.trace.tokens.count >= token {
                var monitor = DraftMonitor(strategy: strategy, taskClass: draft.trace.taskClass, promptTokens: draft.trace.promptTokens)
                for token in draft.trace.tokens[..<token] { draft.trace.observe(token, in: &monitor) }
                predicted.append(landmark.escalationProbability(risk: try #require(monitor.risk), threshold: 0.3))
                for token in draft.trace.tokens[token...] { draft.trace.observe(token, in: &monitor) }
                escalated.append(monitor.finalAssessment(finishReason: .stop).level == .reject)
            }
            let share = Double(escalated.count { $0 }) / Double(escalated.count)
            #expect(abs(predicted.reduce(0, +) / Double(predicted.count) - share) < 0.08)
            areas.append(try #require(Ranking.auroc(scores: predicted, isBad: escalated)))
        }
        #expect(areas[0] > 0.55 && areas[1] > areas[0])
    }

    @Test("Times and tokens left are the recorded means")
    func times() throws {
        // Every draft has 20 tokens, 20 ms apart, and ends 100 ms after the last one.
        let drafts = (0..<40).map { index in
            var trace = DraftTrace(id: "\(index)", taskClass: .code)
            for token in 0..<20 {
                trace.append(
                    ms: Float(100 + 20 * token), logprob: index % 2 == 0 ? -0.01 : -1.5, alternatives: EmptyCollection<Double>(),
                    text: Array(" a".utf8))
            }
            return LabelledDraft(trace: trace, isBad: index % 2 == 1, draft: AnswerFacts(totalMs: 580))
        }
        let layer = try #require(try SpeedFit.layer(drafts, model: certified(drafts, threshold: 0.5)))
        #expect(layer.landmarks.map(\.token) == [8, 12, 16])
        #expect(layer.landmarks.map(\.tokensLeft) == [12, 8, 4])
        #expect(layer.landmarks.map(\.secondsLeft) == [0.34, 0.26, 0.18])
        for landmark in layer.landmarks {
            #expect(landmark.escalationProbability(risk: 0.95, threshold: 0.5) > 0.8)
            #expect(landmark.escalationProbability(risk: 0.05, threshold: 0.5) < 0.2)
        }
    }

    @Test("Gates count as escalations; drafts need no labels")
    func gatesAndLabels() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 50, count: 300)
        let model = try certified(drafts, threshold: 1)
        func first(_ drafts: [LabelledDraft]) throws -> SpeedLayer.Landmark {
            try #require(try SpeedFit.layer(drafts, model: model)?.landmarks.first)
        }
        let unlabelled = drafts.map { draft in
            var draft = draft
            draft.isBad = nil
            return draft
        }
        #expect(try first(unlabelled) == first(drafts))
        #expect(try first(drafts).escalationProbability(risk: 0.3, threshold: 1) < 0.05)
        let gated = drafts.map { draft in
            var draft = draft
            draft.trace.gate = "refusal"
            return draft
        }
        #expect(try first(gated).escalationProbability(risk: 0.3, threshold: 1) > 0.95)
    }

    @Test("A class that escalates anyway teaches nothing")
    func closedClass() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 51, count: 400)
        let open = try certified(drafts, byClass: [.code: 0.3])
        let onlyCode = drafts.filter { $0.trace.taskClass == .code }
        #expect(try SpeedFit.layer(drafts, model: open)?.landmarks == SpeedFit.layer(onlyCode, model: open)?.landmarks)
    }

    @Test("No threshold, no times or too few drafts: no layer")
    func nothingToLearn() throws {
        let drafts = SyntheticDrafts.surprisal(seed: 52, count: 300)
        let model = try certified(drafts)
        #expect(try SpeedFit.layer(drafts, model: certified(drafts, threshold: nil)) == nil)
        #expect(try SpeedFit.layer(Array(drafts[..<29]), model: model) == nil)
        #expect(try SpeedFit.layer([], model: model) == nil)
        let timeless = drafts.map { draft in
            var trace = DraftTrace(id: draft.trace.id, taskClass: draft.trace.taskClass)
            for token in draft.trace.tokens {
                trace.append(logprob: token.logprob, alternatives: EmptyCollection<Double>(), text: Array(" a".utf8))
            }
            return LabelledDraft(trace: trace, isBad: draft.isBad)
        }
        #expect(try SpeedFit.layer(timeless, model: model) == nil)
    }
}
