import EntropyRouting
import GatewayTesting
import Testing

@Suite("Draft monitor")
struct DraftMonitorTests {
    @Test("Nothing seen is no confidence")
    func zeroTokens() {
        let monitor = DraftMonitor(strategy: .window(.standard))
        #expect(monitor.assessment.level == .calm && monitor.tier == .none && monitor.tokenCount == 0)
        let final = monitor.finalAssessment(finishReason: .stop)
        #expect(final.level == .reject && final.reason == .noEvidence && final.statistic == 0 && final.threshold == 1.5)
    }

    @Test("A stream without logprobs is doubted from the eighth token on and never shipped")
    func withoutLogprobs() {
        var monitor = DraftMonitor(strategy: .window(.standard))
        for token in 1...20 {
            monitor.observeWithoutEvidence(tokens: 1)
            #expect(monitor.assessment.level == (token < 8 ? .calm : .doubt))
        }
        #expect(monitor.assessment.reason == .noEvidence && monitor.tokenCount == 20)
        #expect(monitor.finalAssessment(finishReason: .stop).reason == .noEvidence)
        #expect(monitor.finalAssessment(finishReason: .stop).level == .reject)
    }

    @Test("Certain tokens do not outweigh more than 30 % unobserved ones")
    func unobservedShare() {
        func monitor(observed: Int, unobserved: Int) -> DraftMonitor {
            var monitor = DraftMonitor(strategy: .window(.standard))
            for _ in 0..<observed { monitor.observe(entropy: 0.01) }
            monitor.observeWithoutEvidence(tokens: unobserved)
            return monitor
        }
        #expect(monitor(observed: 70, unobserved: 30).finalAssessment(finishReason: .stop).level == .calm)
        #expect(monitor(observed: 69, unobserved: 31).finalAssessment(finishReason: .stop).reason == .noEvidence)
        #expect(monitor(observed: 69, unobserved: 31).assessment.level == .doubt)
    }

    @Test("Numbers that are not logprobs reject the draft at once")
    func invalid() {
        var monitor = DraftMonitor(strategy: .window(.standard))
        monitor.observe(entropy: 0.01)
        let token = monitor.observe(17.2, in: [17.2, 15, 3])
        #expect(token.isInvalid && monitor.signals.isInvalid)
        monitor.observe(entropy: 0.01)
        #expect(monitor.assessment.level == .reject && monitor.assessment.reason == .noEvidence)
        #expect(monitor.tier == .none && monitor.finalAssessment(finishReason: .stop).level == .reject)
    }

    @Test("A position without evidence leaves the window as it was")
    func missingPosition() {
        var monitor = DraftMonitor(strategy: .window(.standard))
        for _ in 0..<9 { monitor.observe(entropy: 2) }
        let before = monitor.statistics.window
        let token = monitor.observe(.nan, in: [], listed: false)
        #expect(token.isMissing && monitor.statistics.window == before && monitor.statistics.missingCount == 1)
        #expect(monitor.tokenCount == 10 && monitor.assessment.level == .reject)
    }

    @Test("Without lists the surprisal drives the window")
    func surprisal() {
        var monitor = DraftMonitor(strategy: .window(.standard))
        for _ in 0..<10 { monitor.observe(-2, in: [], listed: false) }
        #expect(monitor.tier == .surprisal && isClose(monitor.windowMaxBits, 2.885390, 1e-6))
        #expect(monitor.assessment.level == .reject)
    }

    @Test("The text of a token reaches the statistics of names and numbers")
    func shapes() {
        var monitor = DraftMonitor(strategy: .window(.standard))
        for (text, entropy) in [("In", 0.1), (" 19", 0.7), ("69", 0.2), (" Ada", 1.2), (" left", 3), (".", 0.1), (" She", 0.4)] {
            monitor.observe(entropy: entropy, text: text)
        }
        let statistics = monitor.statistics
        #expect(isClose(statistics.digitMax, 0.7, 1e-4) && isClose(statistics.capitalMax, 1.2, 1e-4))
        #expect(isClose(statistics.unitStartMax, 0.4, 1e-4) && isClose(statistics.unitStartMean, 0.25, 1e-4))
        #expect(statistics.lastSpan.count == 6 && isClose(statistics.lastSpan.max, 3, 1e-4))
    }

    @Test("Copies are independent")
    func valueSemantics() {
        var a = DraftMonitor(strategy: .window(.standard))
        a.observe(entropy: 1)
        let b = a
        a.observe(entropy: 5)
        #expect(b.tokenCount == 1 && isClose(b.windowMaxBits, 1, 1e-4) && isClose(a.windowMaxBits, 3, 1e-4))
    }
}
