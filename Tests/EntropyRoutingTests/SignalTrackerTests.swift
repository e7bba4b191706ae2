import EntropyRouting
import Testing

@Suite("Signal tier of a stream")
struct SignalTrackerTests {
    private func tier(_ counts: [(SignalTier, Int)], unobserved: Int = 0, invalid: Bool = false) -> SignalTier {
        var tracker = SignalTracker()
        for (signal, count) in counts {
            for _ in 0..<count {
                tracker.note(TokenUncertainty(surprisal: 1, estimate: 1, lower: 1, upper: 1, tailMass: 0, signal: signal))
            }
        }
        if invalid { tracker.note(.unobserved(.invalid)) }
        tracker.noteUnobserved(tokens: unobserved)
        return tracker.tier
    }

    @Test("The richest tier that seven tokens in ten reach")
    func tiers() {
        #expect(tier([]) == .none)
        #expect(tier([(.topK, 1)]) == .topK)
        #expect(tier([(.topK, 7)], unobserved: 3) == .topK)
        #expect(tier([(.topK, 69)], unobserved: 31) == .none)
        #expect(tier([(.topK, 6), (.top1, 4)]) == .top1)
        #expect(tier([(.topK, 5), (.top1, 1), (.surprisal, 4)]) == .surprisal)
        #expect(tier([(.surprisal, 7)], unobserved: 3) == .surprisal)
        #expect(tier([(.surprisal, 6)], unobserved: 4) == .none)
        #expect(tier([], unobserved: 5) == .none)
    }

    @Test("One token that was not logprobs spoils the stream for good")
    func invalid() {
        #expect(tier([(.topK, 1_000)], invalid: true) == .none)
    }
}
