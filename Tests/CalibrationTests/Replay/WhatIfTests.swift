import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("Deciding a recorded draft again")
struct WhatIfTests {
    private static let calm = Array(repeating: 0.1, count: 40)
    /// Rises into doubt (1.2 bits) at its 14th token, .23 s after the request, and over the threshold (1.5) with its 40th, at .49 s.
    private static let rising = Array(repeating: 0.1, count: 4) + Array(repeating: 1.3, count: 29) + Array(repeating: 2, count: 30)

    private func outcome(_ entropies: [Double], _ policy: ReplayPolicy) -> ReplayOutcome {
        WhatIf(policy).outcome(labelledDraft(entropies))
    }

    @Test("a calm draft is shipped when it is complete, and costs the draft alone")
    func ship() throws {
        let outcome = outcome(Self.calm, replayPolicy())
        #expect(outcome.route == .ship && outcome.reason == nil && outcome.prefires == ReplayPrefires() && outcome.draftedTokens == 40)
        #expect(isNear(outcome.decisionSeconds, 0.49) && isNear(outcome.firstTokenSeconds, 0.49) && isNear(outcome.totalSeconds, 0.49))
        let costs = try #require(outcome.costs)
        #expect(isNear(costs.draftUSD, 1_000e-6 + 80e-6, 1e-15) && costs.wastedUSD == 0 && costs.heavyweightUSD == 0)
        #expect(isNear(outcome.heavyweightOnlyUSD, 0.01 + 0.002, 1e-15))
    }

    @Test("the last byte, not the last token, completes a draft")
    func trailingTime() {
        let outcome = WhatIf(replayPolicy()).outcome(labelledDraft(Self.calm, endMs: 600))
        #expect(isNear(outcome.totalSeconds, 0.6) && isNear(outcome.decisionSeconds, 0.6))
    }

    @Test("without a pre-fire the heavyweight's first token comes L after the decision: serial extra = D")
    func serial() throws {
        let outcome = outcome(Self.rising, replayPolicy(prefire: .init(isEnabled: false)))
        #expect(outcome.route == .escalate && outcome.reason == "entropy" && outcome.prefires == ReplayPrefires())
        let decision = try #require(outcome.decisionSeconds)
        #expect(isNear(outcome.firstTokenSeconds, decision + 0.5) && isNear(outcome.totalSeconds, decision + 2))
        #expect(decision > 0.4 && decision < 0.6)
        // Aborted: what was drafted by then is paid for, and lost.
        let costs = try #require(outcome.costs)
        #expect(isNear(costs.wastedDraftUSD, 1_000e-6 + 2e-6 * Double(outcome.draftedTokens), 1e-15) && outcome.draftedTokens < 63)
        #expect(isNear(costs.heavyweightUSD, 0.012, 1e-15) && costs.draftUSD == 0 && costs.wastedPrefireUSD == 0)
        #expect(isNear(costs.totalUSD, costs.wastedDraftUSD + 0.012, 1e-15))
    }

    @Test("a drafter that bills to the end costs its whole draft")
    func billedDraft() throws {
        var policy = replayPolicy()
        policy.stopsDrafterBilling = false
        #expect(isNear(outcome(Self.rising, policy).costs?.wastedDraftUSD, 1_000e-6 + 2e-6 * 63, 1e-15))
    }

    @Test(
        "with a pre-fire the first token comes at max(D, f + L), extra over the heavyweight alone is max(D - L, f)",
        arguments: [0.01, 0.05, 0.2, 0.5, 3])
    func latencyIdentities(first: Double) throws {
        let draft = labelledDraft(Self.rising, first: first, total: first + 1.5)
        let (fast, slow) = (WhatIf(replayPolicy()).outcome(draft), WhatIf(replayPolicy(prefire: .init(isEnabled: false))).outcome(draft))
        #expect(fast.prefires.fired == 1 && fast.prefires.used == 1 && fast.prefires.cancelled == 0)
        let (decision, fired) = (try #require(fast.decisionSeconds), try #require(fast.prefires.usedFiredSeconds))
        #expect(decision == slow.decisionSeconds && fired < decision)
        let arrival = try #require(fast.firstTokenSeconds)
        #expect(isNear(arrival, max(decision, fired + first)))
        #expect(isNear(arrival - first, max(decision - first, fired)))
        #expect(isNear(slow.firstTokenSeconds.map { $0 - first }, decision))
        // The head start is what the pre-fire saved, never more than L.
        #expect(isNear(slow.firstTokenSeconds.map { $0 - arrival }, fast.prefires.headStartSeconds))
        #expect(isNear(fast.prefires.headStartSeconds, min(decision - fired, first)))
        #expect(isNear(fast.totalSeconds, max(decision, fired + first + 1.5)))
        #expect(isNear(fast.costs?.wastedPrefireUSD, 0, 0), "what is used is not wasted")
    }

    @Test("a pre-fire that is taken back costs its prompt and what it had streamed")
    func cancelled() throws {
        let recovers = Array(repeating: 1.3, count: 12) + Array(repeating: 0.0, count: 40)
        // Fired with the tenth token, at .19 s; streams 100 tokens from .05 s to 1.05 s of its own time.
        let draft = labelledDraft(recovers, first: 0.05, total: 1.05)
        let outcome = WhatIf(replayPolicy()).outcome(draft)
        #expect(outcome.route == .ship && outcome.prefires.fired == 1 && outcome.prefires.cancelled == 1 && outcome.prefires.used == 0)
        let wasted = try #require(outcome.costs?.wastedPrefireUSD)
        let streamed = (wasted - 0.01) / 20e-6
        #expect(streamed > 0 && streamed < 20, "\(streamed) tokens")
        #expect(
            isNear(streamed.truncatingRemainder(dividingBy: 1), 0, 1e-3) || isNear(streamed.truncatingRemainder(dividingBy: 1), 1, 1e-3))

        // Before its first token only the prompt is sunk.
        let early = WhatIf(replayPolicy()).outcome(labelledDraft(recovers, first: 0.5))
        #expect(isNear(early.costs?.wastedPrefireUSD, 0.01, 1e-12))

        // Where the bill runs on it is not cancelled, and costs everything when the draft is shipped.
        let billed = WhatIf(replayPolicy(prefire: .init(isCancellingWorthwhile: false))).outcome(draft)
        #expect(billed.route == .ship && billed.prefires.cancelled == 0 && billed.prefires.discarded == 1)
        #expect(isNear(billed.costs?.wastedPrefireUSD, 0.012, 1e-12))
    }

    @Test("a gate escalates at the end whatever the entropy says, and the whole draft is lost")
    func gate() throws {
        let outcome = WhatIf(replayPolicy()).outcome(labelledDraft(Self.calm, gate: "length"))
        #expect(outcome.route == .escalate && outcome.reason == "gate_length" && isNear(outcome.decisionSeconds, 0.49))
        #expect(isNear(outcome.firstTokenSeconds, 0.99) && isNear(outcome.costs?.wastedDraftUSD, 1_080e-6, 1e-15))
    }

    @Test("the first released token is the client's first; what was released is not given up")
    func release() {
        let commit = outcome(Self.calm, replayPolicy(release: .commit))
        #expect(commit.route == .ship && isNear(commit.firstTokenSeconds, 0.13) && isNear(commit.totalSeconds, 0.49))
        let holdback = outcome(Self.calm, replayPolicy(release: .holdback))
        #expect(isNear(holdback.firstTokenSeconds, 0.14))
        let sentences = Array(repeating: " word", count: 9) + [".", " Next"]
        let boundary = WhatIf(replayPolicy(release: .boundary)).outcome(labelledDraft(Self.calm, text: sentences))
        // The sentence ends with the space of the eleventh token, which is seen whole four tokens later.
        #expect(isNear(boundary.firstTokenSeconds, 0.24))
        #expect(WhatIf(replayPolicy(release: .boundary)).outcome(labelledDraft(Self.calm)).firstTokenSeconds == boundary.totalSeconds)

        let late = Array(repeating: 0.1, count: 20) + Array(repeating: 4.0, count: 20)
        let overrun = WhatIf(replayPolicy(release: .holdback)).outcome(labelledDraft(late, isBad: true))
        #expect(overrun.route == .overrun && overrun.reason == "entropy" && isNear(overrun.totalSeconds, 0.49))
        #expect(overrun.draftedTokens == 40 && overrun.route.isDraft && overrun.prefires.fired == 0)
        #expect(outcome(late, replayPolicy()).route == .escalate)
        // A gate's word after the release comes too late, too.
        let gated = WhatIf(replayPolicy(release: .holdback)).outcome(labelledDraft(Self.calm, gate: "refusal"))
        #expect(gated.route == .overrun && gated.reason == "gate_refusal")
    }

    @Test("a stalled drafter fires the standby, and is replaced once that has spoken")
    func stall() throws {
        var policy = replayPolicy()
        policy.stallSeconds = 1
        var draft = labelledDraft(Self.calm, first: 0.5)
        var slow = DraftTrace(id: "s", taskClass: .simpleFactual, promptTokens: 1_000)
        for (index, token) in draft.trace.tokens.enumerated() {
            // Silent for 3 s after the tenth token.
            slow.append(ms: token.ms + (index < 10 ? 0 : 3_000), logprob: -0.01, alternatives: [-0.01, -5], text: "x".utf8)
        }
        draft.trace = slow
        let outcome = WhatIf(policy).outcome(draft)
        #expect(outcome.route == .handOver && outcome.reason == "stall")
        // .19 s + 1 s, and L later.
        #expect(isNear(outcome.prefires.usedFiredSeconds, 1.19) && isNear(outcome.decisionSeconds, 1.69))
        #expect(isNear(outcome.firstTokenSeconds, 1.69) && isNear(outcome.prefires.headStartSeconds, 0.5))
        policy.stallSeconds = nil
        #expect(WhatIf(policy).outcome(draft).route == .ship)
        // Back before the standby spoke: it is not handed over.
        policy.stallSeconds = 2.8
        #expect(WhatIf(policy).outcome(draft).route == .ship)
    }

    @Test("pre-fires are shared by the drafts in their order")
    func allowance() {
        let drafts = (0..<20).map { labelledDraft(Self.rising, id: "\($0)") }
        let outcomes = WhatIf(replayPolicy(allowance: PrefireAllowance(ratio: 0.25, burst: 1))).outcomes(drafts)
        #expect(outcomes.map { $0.prefires.used } == (0..<20).map { $0 == 0 || ($0 + 1) % 4 == 1 ? 1 : 0 })
        #expect(outcomes.allSatisfy { $0.prefires.used + $0.prefires.denied == 1 })
    }

    @Test("by value: fires at landmarks, and takes over when a rejection is all but certain")
    func byValue() throws {
        let strategy = try meanEntropyStrategy()
        let bad = Array(repeating: 2.5, count: 60)
        let outcome = outcome(bad, replayPolicy(strategy, lambda: 0.1))
        // r is near 1 at the eighth token (.17 s); the heavyweight has spoken at .67 s, before the draft's end at .69 s.
        #expect(outcome.route == .escalate && outcome.reason == "expected")
        #expect(isNear(outcome.prefires.usedFiredSeconds, 0.17) && isNear(outcome.decisionSeconds, 0.67))
        #expect(isNear(outcome.firstTokenSeconds, 0.67) && isNear(outcome.prefires.headStartSeconds, 0.5))
        // Nobody's seconds are worth anything: no pre-fire, and the end decides.
        let patient = self.outcome(bad, replayPolicy(strategy, lambda: 0))
        #expect(patient.reason == "risk" && patient.prefires.fired == 0 && isNear(patient.decisionSeconds, 0.69))
        // Without a value: the ratio rule, at its first doubt.
        #expect(isNear(self.outcome(bad, replayPolicy(strategy)).prefires.usedFiredSeconds, 0.1))
    }

    @Test("of a class that ships nothing the drafter is not asked")
    func uncertified() throws {
        let policy = replayPolicy(try meanEntropyStrategy(code: 0))
        let outcome = WhatIf(policy).outcome(labelledDraft(Self.calm, taskClass: .code))
        #expect(outcome.route == .escalate && outcome.reason == "uncertified" && outcome.draftedTokens == 0)
        #expect(outcome.decisionSeconds == 0 && isNear(outcome.firstTokenSeconds, 0.5) && isNear(outcome.totalSeconds, 2))
        #expect(outcome.costs?.wastedUSD == 0 && isNear(outcome.costs?.totalUSD, 0.012, 1e-12))
        #expect(WhatIf(policy).outcome(labelledDraft(Self.calm)).route == .ship)
    }

    @Test("what is not known is not made up")
    func unknown() {
        var policy = replayPolicy()
        policy.drafterPrice = nil
        #expect(outcome(Self.calm, policy).costs == nil)
        policy = replayPolicy()
        policy.heavyweightPrice = nil
        #expect(outcome(Self.calm, policy).costs != nil, "the heavyweight had no part in it")
        #expect(outcome(Self.rising, policy).costs == nil)

        var alone = labelledDraft(Self.rising)
        alone.heavyweight = nil
        let outcome = WhatIf(replayPolicy()).outcome(alone)
        #expect(outcome.route == .escalate && outcome.costs == nil && outcome.firstTokenSeconds == nil && outcome.decisionSeconds != nil)
        policy = replayPolicy()
        policy.assumedHeavyweight = AnswerFacts(outputTokens: 100, firstTokenMs: 500, totalMs: 2_000)
        let assumed = WhatIf(policy).outcome(alone)
        #expect(isNear(assumed.costs?.heavyweightUSD, 0.012, 1e-12) && assumed.firstTokenSeconds != nil)

        let untimed = labelledDraft(Self.rising, isTimed: false)
        let still = WhatIf(replayPolicy()).outcome(untimed)
        #expect(still.route == .escalate && still.decisionSeconds == nil && still.firstTokenSeconds == nil && still.costs != nil)
        policy = replayPolicy()
        policy.assumedTokenSeconds = 0.02
        #expect(isNear(WhatIf(policy).outcome(labelledDraft(Self.calm, isTimed: false)).totalSeconds, 0.8))
        // An answer that came in one piece: its end is known, and its tokens lie evenly before it.
        #expect(
            isNear(
                WhatIf(replayPolicy(release: .commit)).outcome(labelledDraft(Self.calm, isTimed: false, endMs: 400)).firstTokenSeconds, 0.04
            ))
    }

    @Test("a draft without a token is refused, not shipped")
    func empty() {
        let outcome = outcome([], replayPolicy())
        #expect(outcome.route == .escalate && outcome.reason == "no_evidence" && outcome.draftedTokens == 0)
    }

    @Test("the verdicts are the production monitor's, and the same drafts give the same outcomes")
    func faithful() throws {
        var traces = SyntheticTraces(seed: 11)
        let drafts = (0..<200).map { labelledDraft(traces.next().entropies, id: "\($0)") }
        for strategy in [RoutingStrategy.window(.standard), try meanEntropyStrategy()] {
            let policy = replayPolicy(strategy, lambda: 0.001)
            let outcomes = WhatIf(policy).outcomes(drafts)
            #expect(outcomes == WhatIf(policy).outcomes(drafts))
            #expect(outcomes == WhatIf(policy).outcomes(drafts, lambdas: [0.1, 0.001])[1])
            #expect(Set(outcomes.map(\.route)) == [.ship, .escalate])
            for (draft, outcome) in zip(drafts, outcomes) {
                let verdict = draft.trace.monitor(strategy, policy.estimator).finalAssessment(finishReason: .stop)
                #expect((verdict.level == .reject) == (outcome.route == .escalate) || outcome.reason == "expected")
                let costs = try #require(outcome.costs)
                #expect(costs.totalUSD > 0 && costs.wastedPrefireUSD >= 0)
                #expect(outcome.prefires.fired == outcome.prefires.cancelled + outcome.prefires.discarded + outcome.prefires.used)
            }
        }
    }
}
