import EntropyRouting
import Testing

@Suite("When to pre-fire and when to take it back")
struct PrefireRuleTests {
    /// Runs statistics against a threshold of 1 with doubt from .8, grants every pre-fire, and writes down what happened:
    /// `F` fired, `C` cancelled, `-` nothing, `E` escalated.
    private func trace(_ statistics: [Double], _ settings: PrefireRule.Settings = .init(), grants: Bool = true) -> String {
        var machine = CascadeStateMachine(prefire: PrefireRule(settings))
        return statistics.reduce(into: "") { out, statistic in
            let level: Assessment.Level = statistic >= 1 ? .reject : statistic >= 0.8 ? .doubt : .calm
            switch machine.take(.token(level, statistic: statistic)) {
            case .requestPrefire:
                guard grants else {
                    out += "D"
                    machine.prefireDenied()
                    return
                }
                #expect(machine.prefireGranted() != .none)
                out += "F"
            case .cancelPrefire: out += "C"
            case .escalate: out += "E"
            default: out += "-"
            }
        }
    }

    @Test("fires at the doubt level, cancels after two calm tokens below half of it, and not between the two levels")
    func hysteresis() {
        #expect(trace([0.79, 0.8, 0.5, 0.41, 0.79, 0.9]) == "-F----")
        #expect(trace([0.8, 0.39, 0.39]) == "F-C")
        #expect(trace([0.8, 0.39, 0.4, 0.39, 0.39]) == "F---C")
        #expect(trace([0.8, 0.39, 1]) == "F-E")
    }

    @Test("the levels are settings", arguments: [(1, "FC-"), (2, "F-C"), (3, "F--")])
    func cancelAfter(tokens: Int, expected: String) {
        #expect(trace([0.8, 0.1, 0.1], PrefireRule.Settings(cancelAfterTokens: tokens)) == expected)
        #expect(trace([0.8, 0.3, 0.3], PrefireRule.Settings(cancelRatio: 0.2, cancelAfterTokens: tokens)) == "F--")
    }

    @Test("after a cancel it does not fire again for the refractory tokens, then it does")
    func refractory() {
        #expect(trace([0.8, 0, 0] + Array(repeating: 0.9, count: 9)) == "F-C-------F-")
        #expect(trace([0.8, 0, 0, 0.9], PrefireRule.Settings(refractoryTokens: 0)) == "F-CF")
        #expect(trace([0.8, 0, 0, 0.9, 0.9], PrefireRule.Settings(refractoryTokens: 2)) == "F-C-F")
    }

    @Test("a draft that wavers once too often keeps its standby")
    func maxCancels() {
        let wavering = [0.8, 0, 0, 0.8, 0, 0, 0.8, 0, 0]
        #expect(trace(wavering, PrefireRule.Settings(refractoryTokens: 0)) == "F-CF-----")
        #expect(trace(wavering, PrefireRule.Settings(refractoryTokens: 0, maxCancels: 2)) == "F-CF-CF--")
        #expect(trace(wavering, PrefireRule.Settings(maxCancels: 0)) == "F--------")
    }

    @Test("never cancels where the bill runs to the end, never fires when it is off")
    func switches() {
        #expect(trace([0.8, 0, 0, 0], PrefireRule.Settings(isCancellingWorthwhile: false)) == "F---")
        #expect(trace([0.8, 0.9, 1], PrefireRule.Settings(isEnabled: false)) == "--E")
    }

    @Test("a refused one is not asked for again before the doubt has passed once")
    func denied() {
        #expect(trace([0.8, 0.9, 0.9, 0.1, 0.9], grants: false) == "D---D")
    }

    @Test("one that failed counts as refused")
    func failed() {
        var machine = CascadeStateMachine([.doubt, .granted, .heavyweightFailed(attempt: 1, hasReleased: false)])
        #expect(machine.take(.doubt) == .none)
        #expect(machine.take(.calm) == .none)
        #expect(machine.take(.doubt) == .requestPrefire(.doubt))
        #expect(machine.prefireGranted() == .startPrefire(attempt: 2))
    }

    @Test("a stall fires too, unless one runs, the budget has just refused, or it is off")
    func stall() {
        var machine = CascadeStateMachine([])
        #expect(machine.take(.stalled) == .requestPrefire(.stall))
        machine.prefireDenied()
        #expect(machine.take(.stalled) == .none)
        machine = CascadeStateMachine([.doubt, .granted])
        #expect(machine.take(.stalled) == .none)
        machine = CascadeStateMachine([], settings: PrefireRule.Settings(isEnabled: false))
        #expect(machine.take(.stalled) == .none)
    }

    @Test("missing evidence is a doubt, however low its statistic: no recovery")
    func missingEvidence() {
        var machine = CascadeStateMachine([.doubt, .granted])
        for _ in 0..<4 { #expect(machine.take(.token(.doubt, statistic: 0)) == .none) }
        #expect(machine.phase == .prefired)
    }
}
