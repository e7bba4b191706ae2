import EntropyRouting
import Foundation
import GatewayTesting
import Testing

@Suite("Speed layer")
struct SpeedLayerTests {
    private typealias Landmark = SpeedLayer.Landmark

    private func layer(seconds: Double = 2) throws -> SpeedLayer {
        try SpeedLayer(
            landmarks: [
                Landmark(token: 8, intercept: 0.5, slope: 2, tokensLeft: 40, secondsLeft: seconds),
                Landmark(token: 12, intercept: -1, slope: 1, tokensLeft: 10, secondsLeft: seconds / 4),
                Landmark(token: 64, intercept: 0, slope: 0, tokensLeft: 5, secondsLeft: seconds / 8),
            ], drafts: 300)
    }

    @Test("r_t is the sigmoid of the margin between the logits of risk and threshold")
    func probability() throws {
        let landmark = Landmark(token: 8, intercept: 0.5, slope: 2, tokensLeft: 0, secondsLeft: 0)
        // logit .5 = 0, logit .2 = -ln 4.
        #expect(isClose(landmark.escalationProbability(risk: 0.5, threshold: 0.2), 1 / (1 + exp(-0.5 - 2 * naturalLogarithm(4)))))
        #expect(isClose(landmark.escalationProbability(risk: 0.2, threshold: 0.2), 1 / (1 + exp(-0.5))))
        #expect(landmark.escalationProbability(risk: 0, threshold: 0) == 1, "nothing is shipped")
        for (risk, threshold) in [(0.0, 1.0), (1, 0.01), (0, 1e-300), (1, 1)] {
            #expect((0...1).contains(landmark.escalationProbability(risk: risk, threshold: threshold)))
        }
        #expect(Landmark.margin(risk: 0, threshold: 1) == -40, "certainty is kept within 20 of the middle")
    }

    @Test("it speaks at its landmarks only, and knows how far the next one is")
    func outlook() throws {
        let layer = try layer()
        for token in [1, 7, 9, 11, 13, 63, 65, 1_000] {
            #expect(layer.outlook(at: token, risk: 0.5, threshold: 0.2) == .betweenLandmarks)
            #expect(layer.landmark(at: token) == nil)
        }
        // 4 of the 40 tokens left; all of the 10 left, since the next landmark is 52 away; the end, after the last.
        for (token, left, gap) in [(8, 2.0, 0.2), (12, 0.5, 0.5), (64, 0.25, 0.25)] {
            guard case .landmark(let landmark) = layer.outlook(at: token, risk: 0.5, threshold: 0.2) else {
                Issue.record("silent at \(token)")
                continue
            }
            #expect(landmark.secondsLeft == left && isClose(landmark.gapSeconds, gap))
            #expect(landmark.escalation == layer.landmark(at: token)?.escalationProbability(risk: 0.5, threshold: 0.2))
        }
    }

    @Test("without recorded times it has nothing to say about seconds")
    func noTimes() throws {
        let layer = try layer(seconds: 0)
        #expect(!layer.hasTimes && layer.outlook(at: 8, risk: 0.9, threshold: 0.2) == .unknown)
        #expect(try SpeedLayer(landmarks: [], drafts: 0).outlook(at: 8, risk: 0.9, threshold: 0.2) == .unknown)
    }

    @Test("what cannot be a layer is refused")
    func refused() {
        let good = Landmark(token: 8, intercept: 0, slope: 0, tokensLeft: 1, secondsLeft: 1)
        var cases: [[Landmark]] = [[good, good]]
        for change: (inout Landmark) -> Void in [
            { $0.token = 0 }, { $0.intercept = .nan }, { $0.slope = .infinity }, { $0.tokensLeft = -1 }, { $0.secondsLeft = -0.1 },
            { $0.secondsLeft = .nan },
        ] {
            var bad = good
            change(&bad)
            cases.append([bad])
        }
        for landmarks in cases {
            #expect(throws: ParameterError.self, "\(landmarks)") { try SpeedLayer(landmarks: landmarks, drafts: 1) }
        }
    }

    // MARK: In the monitor

    private func strategy(speed: SpeedLayer?, tier: SignalTier = .topK, threshold: Double = 0.2) throws -> RoutingStrategy {
        let plain = try RiskModel.fixture(tier: tier)
        return .risk(
            try RiskStrategy(
                model: RiskModel(
                    key: plain.key, provenance: plain.provenance, terms: plain.terms, defaultIntercept: -2, threshold: threshold,
                    speed: speed)))
    }

    @Test("the monitor says r_t at landmarks, with the risk and the threshold of that moment")
    func monitor() throws {
        let layer = try layer()
        var monitor = DraftMonitor(strategy: try strategy(speed: layer))
        for token in 1...12 {
            monitor.observe(entropy: 0.5)
            let assessment = monitor.assessment
            #expect(assessment.outlook == layer.outlook(at: token, risk: try #require(monitor.risk), threshold: 0.2))
            #expect((assessment.escalation != nil) == (token == 8 || token == 12))
        }
        var silent = DraftMonitor(strategy: try strategy(speed: nil))
        for _ in 1...12 {
            silent.observe(entropy: 0.5)
            #expect(silent.assessment.outlook == .unknown)
        }
    }

    @Test("a tightened threshold raises r_t without another layer")
    func tightened() throws {
        guard case .risk(let strategy) = try strategy(speed: layer()) else { return }
        func escalation(_ strategy: RiskStrategy) -> Double? {
            var monitor = DraftMonitor(strategy: .risk(strategy))
            for _ in 0..<8 { monitor.observe(entropy: 0.5) }
            return monitor.assessment.escalation
        }
        let (before, after) = (try #require(escalation(strategy)), try #require(escalation(strategy.capped(at: 0.1))))
        #expect(after > before && before > 0)
        #expect(escalation(strategy.capped(at: 0)) == 1)
    }

    @Test("a draft whose evidence is missing, or of another tier, is worth a pre-fire at a landmark, not a take-over")
    func withoutEvidence() throws {
        var missing = DraftMonitor(strategy: try strategy(speed: layer()))
        missing.observeWithoutEvidence(tokens: 8)
        var other = DraftMonitor(strategy: try strategy(speed: layer(), tier: .surprisal))
        for _ in 0..<8 { other.observe(entropy: 0.5) }
        for monitor in [missing, other] {
            let assessment = monitor.assessment
            #expect(assessment.level == .doubt && assessment.escalation == SpeedLayer.escalationWithoutEvidence)
        }
        missing.observeWithoutEvidence(tokens: 1)
        #expect(missing.assessment.outlook == .betweenLandmarks)
    }
}
