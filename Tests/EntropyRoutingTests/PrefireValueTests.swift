import EntropyRouting
import GatewayTesting
import Testing

@Suite("Pre-firing by value")
struct PrefireValueTests {
    /// $2 per million prompt tokens, lambda .001, and .8 s left: the b at which 200 tokens give the .33 and 8,000 the .95 that are
    /// documented.
    private static let secondsLeft = 0.8

    private static func prompt(_ tokens: Double, output: Double = 0, first: Double = 0, after: Double = 0) -> PrefireValue {
        PrefireValue(
            promptCostUSD: tokens * 2e-6, outputUSDPerSecond: output, firstTokenSeconds: first, outputUSDAfterDisconnect: after)
    }

    @Test(
        "the fire level follows the request's own prompt",
        arguments: [(200, 1.0 / 3), (8_000, 0.016 / 0.0168), (0, 0)] as [(Double, Double)])
    func fireLevels(tokens: Double, level: Double) {
        let value = Self.prompt(tokens)
        #expect(value.lambda == 0.001)
        #expect(isClose(value.fireLevel(secondsLeft: Self.secondsLeft), level))
    }

    @Test("what may stream in vain raises the fire level, the wait for the first token does not count, a bill that goes on does")
    func outputCosts() {
        // W = .0004 + .0006 * .8 = .00088 against a gain of .0008.
        #expect(isClose(Self.prompt(200, output: 6e-4).fireLevel(secondsLeft: 0.8), 0.00088 / 0.00168))
        #expect(isClose(Self.prompt(200, output: 6e-4, first: 0.5).fireLevel(secondsLeft: 0.8), 0.00058 / 0.00138))
        #expect(isClose(Self.prompt(200, output: 6e-4, first: 2).fireLevel(secondsLeft: 0.8), 1.0 / 3))
        #expect(isClose(Self.prompt(200, after: 0.0012).fireLevel(secondsLeft: 0.8), 0.0016 / 0.0024))
    }

    @Test("seconds that are worth nothing, or none left, are no reason to fire")
    func nothingToGain() {
        #expect(PrefireValue(lambda: 0, promptCostUSD: 0).fireLevel(secondsLeft: 5) == .infinity)
        #expect(Self.prompt(200).fireLevel(secondsLeft: 0) == .infinity)
        #expect(trace([1, 1, 1], value: PrefireValue(lambda: 0, promptCostUSD: 0)) == "---")
    }

    @Test("the cancel level weighs what is still to be paid against the time and the prompt that are lost")
    func cancelLevels() {
        let value = Self.prompt(200, output: 6e-4)
        // dW = .0006, u = 1, b = 2, W(1) = .001.
        #expect(isClose(value.cancelLevel(after: 1, gapSeconds: 1, secondsLeft: 2), 0.0006 / (0.0006 + 0.003 + 0.001)))
        // Nothing streams yet: keeping it is free.
        #expect(Self.prompt(200, output: 6e-4, first: 3).cancelLevel(after: 1, gapSeconds: 1, secondsLeft: 2) == 0)
        #expect(Self.prompt(200).cancelLevel(after: 1, gapSeconds: 1, secondsLeft: 2) == 0)
    }

    @Test("the cancel level is below the fire level whatever the numbers: the prompt is sunk")
    func hysteresisFollows() {
        var generator = SeededGenerator(seed: 3)
        func random(upTo bound: Double) -> Double { generator.unit() * bound }
        for _ in 0..<2_000 {
            let value = PrefireValue(
                lambda: random(upTo: 0.01), promptCostUSD: random(upTo: 0.02), outputUSDPerSecond: random(upTo: 0.002))
            let (u, b) = (random(upTo: 5), random(upTo: 5))
            let a = min(b, random(upTo: 2))
            let (fire, cancel) = (value.fireLevel(secondsLeft: b), value.cancelLevel(after: u, gapSeconds: a, secondsLeft: b))
            #expect((0...1).contains(cancel) && cancel < fire)
            // More at stake, less haste; more time to gain, more.
            var dearer = value
            dearer.promptCostUSD *= 2
            #expect(dearer.fireLevel(secondsLeft: b) >= fire)
            var hastier = value
            hastier.lambda *= 2
            #expect(hastier.fireLevel(secondsLeft: b) <= fire)
        }
    }

    // MARK: The rule

    /// Runs r_t at landmarks 1 s apart, .8 s before the end, `nil` for a token between two; grants every pre-fire. `F` fired, `C`
    /// cancelled, `T` taken over, `-` nothing. The heavyweight speaks after `speaks` inputs.
    private func trace(
        _ escalations: [Double?], value: PrefireValue = prompt(200, output: 6e-4, first: 0.8), level: Assessment.Level = .calm,
        _ settings: PrefireRule.Settings = .init(refractoryTokens: 0), grants: Bool = true, speaks: Int? = nil
    ) -> String {
        var settings = settings
        settings.value = value
        var machine = CascadeStateMachine(prefire: PrefireRule(settings))
        var out = ""
        for (index, escalation) in escalations.enumerated() {
            if index == speaks, case .escalate(.expected, .adopt) = machine.heavyweightSpoke(attempt: 1) { return out + "T" }
            let assessment = Assessment.looking(at: escalation, level: level, secondsLeft: Self.secondsLeft, gapSeconds: 1)
            switch machine.draftTokenObserved(assessment, at: Double(index)) {
            case .requestPrefire(let reason):
                #expect(reason == .value)
                guard grants else {
                    out += "D"
                    machine.prefireDenied()
                    continue
                }
                out += machine.prefireGranted() == .startPrefire(attempt: out.count { $0 == "F" } + 1) ? "F" : "?"
            case .cancelPrefire: out += "C"
            case .escalate(let reason, let source):
                #expect(reason == .expected && source == .adopt(attempt: 1))
                return out + "T"
            default: out += "-"
            }
        }
        return out
    }

    @Test("fires at two landmarks in a row at the level, or at one that is almost certain; tokens between them change nothing")
    func fires() {
        // The level is .0004 / .0012.
        #expect(trace([0.34, 0.33, 0.34, 0.34, 0.34]) == "---F-")
        #expect(trace([0.34, nil, nil, 0.34]) == "---F")
        #expect(trace([0.79, 0.1, 0.8]) == "--F")
        #expect(trace([nil, 0.8, nil]) == "-F-")
    }

    @Test("a dear prompt is not fired for below its level, however certain .8 may be")
    func dearPrompt() {
        #expect(trace([0.9, 0.94, 0.94], value: Self.prompt(8_000)) == "---")
        #expect(trace([0.9, 0.96], value: Self.prompt(8_000)) == "-F")
    }

    @Test("a doubt of the statistic alone does not fire, and still holds back text")
    func doubtAlone() {
        #expect(trace([nil, 0.1, nil, 0.1, nil], level: .doubt) == "-----")
        var machine = CascadeStateMachine(prefire: PrefireRule(.init(value: Self.prompt(200))))
        _ = machine.draftTokenObserved(.looking(at: nil, level: .doubt, secondsLeft: 0.8, gapSeconds: 1))
        #expect(!machine.mayRelease)
        _ = machine.draftTokenObserved(.looking(at: 0.1, level: .calm, secondsLeft: 0.8, gapSeconds: 1))
        #expect(machine.mayRelease)
        // A calm draft whose heavyweight runs is held back, too: it could still win.
        _ = machine.draftTokenObserved(.looking(at: 0.85, level: .calm, secondsLeft: 0.8, gapSeconds: 1))
        #expect(machine.prefireGranted() == .startPrefire(attempt: 1) && !machine.mayRelease)
    }

    @Test("cancels at two landmarks in a row below the level, once; then the standby stays")
    func cancels() {
        // At u = 1 s: W = .00052, dW = .0006, level .0006 / (.0006 + .0018 + .00052) = .205; half the fire level is .167.
        #expect(trace([0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1]) == "F-CF---")
        #expect(trace([0.8, 0.1, nil, nil, 0.05]) == "F---C")
        #expect(trace([0.8, 0.1, 0.3, 0.05, 0.05]) == "F---C")
        #expect(trace([0.8, 0.18, 0.18, 0.18]) == "F---", "below the cancel level, but not below half the fire level")
        // Ten seconds on, .0006 / (.0006 + .0108 + .00592) = .035.
        #expect(trace([0.8] + Array(repeating: nil, count: 9) + [0.1, 0.1]) == "F-----------")
        #expect(trace([0.8] + Array(repeating: nil, count: 9) + [0.03, 0.03]) == "F----------C")
    }

    @Test("never cancels where the bill runs on; not again within the refractory tokens; not more often than allowed; never when off")
    func settings() {
        #expect(trace([0.8, 0, 0, 0], .init(isCancellingWorthwhile: false)) == "F---")
        #expect(trace([0.8, 0, 0, 0.8, 0.8, 0.8], .init(refractoryTokens: 3)) == "F-C--F")
        #expect(trace([0.8, 0, 0, 0.8, 0, 0], .init(refractoryTokens: 0, maxCancels: 2)) == "F-CF-C")
        #expect(trace([0.8, 0.9], .init(isEnabled: false)) == "--")
    }

    @Test("a refused one is not asked for again before r has been below the level once")
    func denied() {
        #expect(trace([0.8, 0.9, 0.5, 0.1, 0.5, 0.5], grants: false) == "D----D")
    }

    @Test("takes over at once when the heavyweight has spoken and r is above .9, whichever comes first")
    func takesOver() {
        #expect(trace([0.85, 0.91, 0.95], speaks: 2) == "F-T")
        #expect(trace([0.85, 0.5, 0.91], speaks: 1) == "F-T")
        #expect(trace([0.85, 0.9, 0.9], speaks: 1) == "F--")
        #expect(trace([0.85, 0.99, 0.99]) == "F--", "it has not spoken")
        #expect(trace([0.95, 0.5, nil], speaks: 2) == "F--", "the latest landmark counts")
        // At once: not with the next token.
        var machine = CascadeStateMachine(prefire: PrefireRule(.init(value: Self.prompt(200))))
        _ = machine.draftTokenObserved(.looking(at: 0.95, level: .calm, secondsLeft: 0.8, gapSeconds: 1))
        _ = machine.prefireGranted()
        #expect(machine.heavyweightSpoke(attempt: 1) == .escalate(.expected, .adopt(attempt: 1)))
        #expect(machine.phase == .escalated)
    }

    @Test("without a speed layer, or without prices, the ratio rule decides as ever")
    func fallback() {
        func actions(_ settings: PrefireRule.Settings, _ outlook: Assessment.Outlook) -> [CascadeAction] {
            var machine = CascadeStateMachine(prefire: PrefireRule(settings))
            return [0.5, 0.8, 0.1, 0.1, 0.9].flatMap { statistic in
                let assessment = Assessment(
                    level: statistic >= 0.8 ? .doubt : .calm, statistic: statistic, threshold: 1, reason: .risk, outlook: outlook)
                let action = machine.draftTokenObserved(assessment, at: 1)
                guard case .requestPrefire = action else { return [action] }
                return [action, machine.prefireGranted()]
            }
        }
        let expected: [CascadeAction] = [
            .none, .requestPrefire(.doubt), .startPrefire(attempt: 1), .none, .cancelPrefire(attempt: 1), .none,
        ]
        let landmark = Assessment.Outlook.landmark(.init(escalation: 0.99, secondsLeft: 9, gapSeconds: 1))
        for outlook in [Assessment.Outlook.unknown, .betweenLandmarks, landmark] { #expect(actions(.init(), outlook) == expected) }
        #expect(actions(.init(value: Self.prompt(200)), .unknown) == expected)
        #expect(actions(.init(value: Self.prompt(200)), .betweenLandmarks) == Array(repeating: .none, count: 5))
    }

    @Test("a stall's pre-fire runs on its own clock")
    func stallClock() {
        // dW / (dW + lambda (u + b) + W(u)) with u = 10 s, not 0: below .1, so that .1 does not cancel.
        for (firedAt, expected) in [(0.0, CascadeAction.none), (9.5, .cancelPrefire(attempt: 1))] {
            var machine = CascadeStateMachine(prefire: PrefireRule(.init(value: Self.prompt(200, output: 6e-4, first: 0.8))))
            #expect(machine.draftStalled() == .requestPrefire(.stall))
            #expect(machine.prefireGranted(at: firedAt) == .startPrefire(attempt: 1))
            let low = Assessment.looking(at: 0.1, level: .calm, secondsLeft: 0.8, gapSeconds: 1)
            #expect(machine.draftTokenObserved(low, at: 10) == .none)
            #expect(machine.draftTokenObserved(low, at: 10.1) == expected)
        }
    }

    @Test("the allowance earns its share per request, saves up to the burst, starts full")
    func allowance() {
        var allowance = PrefireAllowance(ratio: 0.25, burst: 2)
        func three() -> [Bool] { (0..<3).map { _ in allowance.take() } }
        #expect(three() == [true, true, false])
        var granted = 0
        for _ in 0..<100 {
            allowance.earn()
            if allowance.take() { granted += 1 }
        }
        #expect(granted == 25)
        for _ in 0..<100 { allowance.earn() }
        #expect(three() == [true, true, false])
        var none = PrefireAllowance(ratio: 0)
        none.earn()
        let isGranted = none.take()
        #expect(!isGranted)
    }
}

extension Assessment {
    /// An assessment under a speed layer: r_t at a landmark, or `nil` between two.
    static func looking(at escalation: Double?, level: Level, secondsLeft: Double, gapSeconds: Double) -> Assessment {
        let outlook =
            escalation.map { Outlook.landmark(Landmark(escalation: $0, secondsLeft: secondsLeft, gapSeconds: gapSeconds)) }
            ?? .betweenLandmarks
        return Assessment(level: level, statistic: level == .calm ? 0.1 : 0.9, threshold: 1, reason: .risk, outlook: outlook)
    }
}
