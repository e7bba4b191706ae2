import EntropyRouting
import GatewayTesting
import Testing

@Suite("Reading a provider's evidence for one token")
struct TokenHygieneTests {
    let estimator = EntropyEstimator()

    private func read(_ logprob: Double, _ alternatives: [Double], listed: Bool = true) -> TokenUncertainty {
        estimator.uncertainty(logprob, in: alternatives, listed: listed)
    }

    private let list = [0.6, 0.2, 0.1, 0.05, 0.02].map(naturalLogarithm)

    @Test("A clean token has its surprisal, bounds and the estimate of its list length")
    func clean() {
        let token = read(list[1], list)
        #expect(abs(token.surprisal - 2.321928) < 1e-6)
        #expect(abs(token.lower - 1.747047) < 1e-6 && abs(token.upper - 2.247790) < 1e-6)
        #expect(abs(token.estimate - (1.719498 + 3.17 * 0.03)) < 1e-6)
        #expect(abs(token.tailMass - 0.03) < 1e-9)
        #expect(token.signal == .topK && token.flags == [] && token.isObserved)
    }

    @Test("A certain token is exactly 0 bits, not minus 0")
    func certain() {
        let token = read(0, [0])
        #expect(token.surprisal == 0 && token.surprisal.sign == .plus)
        #expect(token.estimate == 0 && token.lower == 0 && token.upper == 0 && token.signal == .top1)
    }

    @Test("-9999 is censored: as surprising as the last listed token or the tail, whichever is rarer")
    func censored() {
        let rareLast = read(-9999, list, listed: false)
        #expect(rareLast.isCensored && rareLast.isObserved && rareLast.signal == .topK)
        #expect(abs(rareLast.surprisal - 5.643856) < 1e-6)  // -lg .02 < .03
        #expect(isClose(rareLast.estimate, read(list[0], list).estimate))

        let rareTail = read(-.infinity, [0.5, 0.4999].map(naturalLogarithm), listed: false)
        #expect(rareTail.isCensored && abs(rareTail.surprisal - 13.287712) < 1e-6)  // -lg .0001
    }

    @Test("A censored token beside a negligible tail stays finite")
    func censoredWithoutTail() {
        let token = read(-9999, [0.5, 0.5].map(naturalLogarithm), listed: false)
        #expect(abs(token.surprisal - 19.931569) < 1e-6)  // -lg 1e-6
    }

    @Test("List values of -100 and less are left to the tail", arguments: [-100, -9999, -Double.infinity])
    func dropped(value: Double) {
        #expect(read(list[0], list + [value]) == read(list[0], list))
    }

    @Test("NaN drops the position, wherever it stands")
    func missing() {
        for token in [read(.nan, list), read(list[0], list + [.nan]), read(list[0], [.nan] + list), read(.nan, [])] {
            #expect(token.isMissing && !token.isObserved && token.signal == .none)
            #expect(token.estimate.isNaN && token.surprisal.isNaN && token.lower.isNaN && token.upper.isNaN && token.tailMass.isNaN)
        }
    }

    @Test("Nothing but a censored token is no evidence", arguments: [[], [-9999]] as [[Double]])
    func onlyCensored(alternatives: [Double]) {
        let token = read(-9999, alternatives, listed: false)
        #expect(token.isMissing && token.isCensored && token.signal == .none)
    }

    @Test("Up to 1e-4 above 0 is rounding")
    func rounding() {
        #expect(read(1e-4, [1e-4]) == read(0, [0]))
        #expect(read(5e-5, [5e-5, -12]) == read(0, [0, -12]))
    }

    @Test("What cannot be logprobs is invalid")
    func invalid() {
        let cases: [(Double, [Double])] = [
            (1.1e-4, [-1, -2]), (-1, [2e-4, -2]), (12.5, [12.5, 11, 10]), (.infinity, [-1]), (-1, [.infinity]), (.nan, [3]),
            (-0.5, [-0.5, -0.9, -2.9]),  // .607 + .407 + .055
        ]
        for (logprob, alternatives) in cases {
            let token = read(logprob, alternatives)
            #expect(token.isInvalid && !token.isMissing && token.signal == .none, "\(logprob) \(alternatives)")
        }
    }

    @Test("A sum of up to 1.001 is rounding, with no tail")
    func massTolerance() {
        let token = read(naturalLogarithm(0.6), [0.6, 0.4009].map(naturalLogarithm))
        #expect(token.isObserved && token.tailMass == 0)
        #expect(read(naturalLogarithm(0.6), [0.6, 0.4011].map(naturalLogarithm)).isInvalid)
    }

    @Test("Order does not matter", arguments: [UInt64(5)])
    func unsorted(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let sorted = randomDistribution(60, &random).prefix(20).map(naturalLogarithm)
            let (a, b) = (read(sorted[3], sorted), read(sorted[3], sorted.shuffled(using: &random)))
            #expect(isClose(a.estimate, b.estimate) && isClose(a.lower, b.lower) && isClose(a.upper, b.upper))
        }
    }

    @Test("A sampled token outside the list counts for mass and entropy; p_k is the list's")
    func unlisted() {
        let token = read(naturalLogarithm(0.01), [0.6, 0.2].map(naturalLogarithm), listed: false)
        let bounds = estimator.bounds(of: [0.6, 0.2], unlisted: 0.01)
        #expect(isClose(token.tailMass, 0.19) && token.lower == bounds.lower && token.upper == bounds.upper)
        // The tail of .19 fits into one token, for it may be as probable as .2: one lump, no more.
        #expect(isClose(bounds.lower, naiveEntropy([0.6, 0.2, 0.01, 0.19])))
        #expect(isClose(token.estimate, max(bounds.lower, bounds.coarse + 2.28 * 0.19)))
        #expect(isClose(token.surprisal, 6.643856, 1e-6) && token.signal == .topK)
    }

    @Test("One ranked token is tier 1; none is the surprisal alone")
    func poorerTiers() {
        let top1 = read(naturalLogarithm(0.9), [naturalLogarithm(0.9)])
        #expect(top1.signal == .top1 && isClose(top1.estimate, 0.468996 + 0.149, 1e-5))
        let alone = read(naturalLogarithm(0.25), [], listed: false)
        #expect(alone.signal == .surprisal && isClose(alone.surprisal, 2) && alone.estimate == alone.surprisal)
        #expect(isClose(alone.lower, 0.811278, 1e-6) && isClose(alone.tailMass, 0.75))
        // "Listed" in a list whose entries were all dropped is alone as well.
        #expect(read(naturalLogarithm(0.25), [-9999], listed: true) == alone)
    }

    @Test("Lists longer than 20 are used whole")
    func longList() {
        let p = Array(repeating: 1 / 64.0, count: 64)
        let token = read(naturalLogarithm(p[0]), p.map(naturalLogarithm))
        #expect(isClose(token.estimate, 6, 1e-6) && isClose(token.upper, 6, 1e-6))
    }

    @Test("Any mixture of values gives either ordered finite numbers or none", arguments: [UInt64(21), 22])
    func anything(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let odd = [0, -0.0, 1e-4, 1e-3, 7, -9999, -100, -99.9, -.infinity, .infinity, .nan, -745, -1e300, .leastNonzeroMagnitude]
        func value() -> Double {
            random.unit() < 0.05 ? odd[Int(random.unit() * Double(odd.count))] : -random.unit() * 15 - 1.2
        }
        var observed = 0
        for round in 0..<5_000 {
            let values = (0..<Int(random.unit() * 25)).map { _ in value() }
            let token = read(value(), values, listed: random.unit() < 0.8)
            guard token.isObserved else {
                #expect(token.isMissing || token.isInvalid, "seed \(seed) round \(round)")
                continue
            }
            observed += 1
            let sane =
                token.surprisal >= 0 && token.surprisal.isFinite && token.lower >= 0 && token.lower <= token.upper && token.upper.isFinite
                && (token.signal == .surprisal || (token.lower <= token.estimate && token.estimate <= token.upper))
                && (0...1).contains(token.tailMass)
            #expect(sane, "seed \(seed) round \(round): \(token)")
        }
        #expect(observed > 500)
    }
}
