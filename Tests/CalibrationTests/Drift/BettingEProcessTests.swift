import Calibration
import Testing

@Suite struct BettingEProcessTests {
    /// M by its definition, products multiplied out.
    private func naive(_ observations: [Double], alpha: Double) -> Double {
        var sum = 0.0
        for fraction in Bets.standardFractions {
            let bet = fraction / alpha
            sum += observations.reduce(1.0) { $0 * (1 + bet * ($1 - alpha)) }
        }
        return sum / 6
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func evidenceIsTheMeanProduct(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alpha = [0.01, 0.05, 0.3][random.index(below: 3)]
        let isGraded = random.unit() < 0.3
        let observations = (0..<random.index(below: 120)).map { _ in
            isGraded && random.unit() < 0.5 ? random.unit() : random.unit() < 2 * alpha ? 1.0 : 0
        }
        var process = BettingEProcess(alpha: alpha, fractions: Bets.standardFractions)
        var maximum = 1.0
        for (index, x) in observations.enumerated() {
            process.observe(x)
            maximum = max(maximum, naive(Array(observations[...index]), alpha: alpha))
        }
        let expected = naive(observations, alpha: alpha)
        #expect(near(exponential(process.logEvidence), expected))
        #expect(near(exponential(process.maximumLogEvidence), maximum))
        #expect(process.state.observations == observations.count)
    }

    @Test func aProcessCanBePutTogetherFromParts() {
        var random = SeededRandom(seed: 6)
        let observations = (0..<500).map { _ in random.unit() < 0.1 ? 1.0 : random.unit() < 0.1 ? random.unit() : 0 }
        var (whole, left, right) = (BettingEProcess(alpha: 0.05), BettingEProcess(alpha: 0.05), BettingEProcess(alpha: 0.05))
        for (index, x) in observations.enumerated() {
            whole.observe(x)
            if index % 3 == 0 { left.observe(x) } else { right.observe(x) }
        }
        left.merge(right.state)
        #expect(near(left.logEvidence, whole.logEvidence))
        #expect(left.state.ones == whole.state.ones && left.state.zeros == whole.state.zeros)
        let restored = BettingEProcess(alpha: 0.05, state: whole.state)
        #expect(restored == whole)
        // What is above its own maximum is one.
        var shared = whole.state
        shared.maximum = 0
        #expect(BettingEProcess(alpha: 0.05, state: shared).maximumLogEvidence == max(0, whole.logEvidence))
    }

    @Test func anOverruledVerdictIsAsIfItHadNeverBeen() {
        var random = SeededRandom(seed: 7)
        var (corrected, right) = (BettingEProcess(alpha: 0.05), BettingEProcess(alpha: 0.05))
        for index in 0..<300 {
            let x = random.unit() < 0.06 ? 1.0 : 0
            right.observe(x)
            let wrong = index % 7 == 0 ? 1 - x : index % 11 == 0 ? 0.4 : x
            corrected.observe(wrong)
            corrected.replace(wrong, by: x)
        }
        #expect(abs(corrected.logEvidence - right.logEvidence) < 1e-9)
        #expect(corrected.state.zeros == right.state.zeros && corrected.state.ones == right.state.ones)
        #expect(corrected.state.gradedLogStakes.isEmpty)
        // An alarm that a wrong verdict has caused stays.
        #expect(corrected.maximumLogEvidence >= right.maximumLogEvidence)
        let before = corrected
        corrected.replace(0, by: 0)
        #expect(corrected == before)
    }

    /// What is pending counts as 0 and is exchanged later: at no time is there more evidence than if all had been known at once.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func pendingVerdictsHideEvidenceAndAddNone(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var (prompt, late) = (BettingEProcess(alpha: 0.05), BettingEProcess(alpha: 0.05))
        var complaints: [Int] = []
        for index in 0..<400 {
            let x = random.unit() < 0.08 ? 1.0 : 0
            prompt.observe(x)
            late.observe(0)
            if x == 1, random.unit() < 0.7 { complaints.append(index + random.index(below: 100)) }
            for _ in 0..<complaints.count(where: { $0 == index }) { late.replace(0, by: 1) }
            #expect(late.logEvidence <= prompt.logEvidence + 1e-12)
        }
        #expect(late.maximumLogEvidence <= prompt.maximumLogEvidence)
    }

    @Test func aMillionObservationsStayFinite() {
        var process = BettingEProcess(alpha: 0.02)
        for index in 0..<1_000_000 { process.observe(index % 40 == 0 ? 1 : 0) }
        #expect(process.state.ones == 25_000)
        #expect(process.logEvidence.isFinite)
        // A fraction of .005 earns .975 ln .995 + .025 ln 1.245 = 5.9e-4 at each.
        #expect(process.logEvidence > 500)
        #expect(process.isAlarmed(delta: 1e-9))
        var quiet = BettingEProcess(alpha: 0.02)
        for _ in 0..<1_000_000 { quiet.observe(0) }
        #expect(quiet.logEvidence.isFinite)
        #expect(quiet.logEvidence < -5_000)
        #expect(quiet.maximumLogEvidence == 0)
        #expect(!quiet.isAlarmed(delta: 0.999))
    }

    @Test func itIsTotal() {
        var odd = BettingEProcess(alpha: -1, fractions: [0, 1, .nan, 7])
        #expect(odd.bets.fractions == Bets.fractions(alpha: 1e-9))
        #expect(odd.bets.alpha == 1e-9)
        odd.observe(-3)
        odd.observe(.nan)
        odd.observe(9)
        #expect(odd.state.zeros == 1 && odd.state.ones == 2)
        #expect(odd.logEvidence.isFinite)
        #expect(odd.isAlarmed(delta: 0.05))
        #expect(!odd.isAlarmed(delta: 0))
        #expect(BettingEProcess(alpha: .nan).bets.alpha == 1e-9)
        // Nothing is above a promise of 1.
        var lax = BettingEProcess(alpha: 3)
        for _ in 0..<100 { lax.observe(1) }
        #expect(lax.logEvidence == 0)
    }

    /// Ville's inequality at the boundary of the promise, where it is tightest: 400 streams of 10,000 audits at a true rate of alpha.
    @Test(arguments: [(0.03, 0.05), (0.02, 0.05), (0.03, 0.1)])
    func falseAlarmsAreNoMoreThanDelta(alpha: Double, delta: Double) {
        var random = SeededRandom(seed: UInt64(alpha * 1_000 + delta * 1e6))
        let streams = 400
        var alarms = 0
        for _ in 0..<streams {
            var process = BettingEProcess(alpha: alpha)
            observe(10_000, rate: alpha, &random, &process) { _ in false }
            if process.isAlarmed(delta: delta) { alarms += 1 }
        }
        let slack = 3 * (delta * (1 - delta) / Double(streams)).squareRoot()
        print("e-process: \(alarms) false alarms in \(streams) streams of 10,000 audits at alpha \(alpha), delta \(delta)")
        #expect(Double(alarms) / Double(streams) <= delta + slack, "\(alarms)")
        // A test that never alarms would pass, too; the e-process comes close to its limit.
        #expect(alarms > 0)
    }

    /// "A true risk of twice alpha = 3 % is caught in a median of 285 audits" (design memo) is an alpha of 3 %, a true risk of 6 %, a delta
    /// of 5 % and the six large fractions; twice an alpha of 1.5 % takes about 650. The smaller fractions of small alphas cost a few
    /// audits.
    @Test(arguments: [
        (0.03, 0.06, true, 240...330), (0.03, 0.06, false, 240...350), (0.015, 0.03, true, 520...760), (0.015, 0.03, false, 500...760),
        (0.03, 0.12, false, 30...70), (0.005, 0.01, false, 1_600...2_600),
    ])
    func aBrokenPromiseIsCaughtInTime(alpha: Double, rate: Double, isMemos: Bool, medians: ClosedRange<Int>) throws {
        var random = SeededRandom(seed: 11)
        let fractions = isMemos ? Bets.standardFractions : Bets.fractions(alpha: alpha)
        let delays = (0..<300).map { _ in
            var process = BettingEProcess(alpha: alpha, fractions: fractions)
            return observe(20_000, rate: rate, &random, &process) { $0.isAlarmed(delta: 0.05) } ?? 20_000
        }.sorted()
        print("e-process: alpha \(alpha), true rate \(rate), \(fractions.count) bets: caught after \(delays[150]) audits in the median")
        #expect(medians.contains(delays[150]), "\(delays[150])")
        #expect(delays[285] < 20_000)
    }

    /// With the six large fractions alone, twice an alpha of .5 % would never be found.
    @Test func fractionsReachDownToAQuarterOfAlpha() {
        #expect(Bets.fractions(alpha: 0.1) == Bets.standardFractions)
        #expect(Bets.fractions(alpha: 0.02) == [0.005, 0.01] + Bets.standardFractions)
        #expect(Bets.fractions(alpha: 0.005).first == 0.00125)
        for alpha in [0.001, 0.005, 0.02, 0.05, 0.2] {
            var process = BettingEProcess(alpha: alpha)
            let ones = 100_000 * 1.15 * alpha
            process.merge(.init(zeros: Int(100_000 - ones), ones: Int(ones)))
            // Whichever bet is best earns something.
            #expect(process.logEvidence > -5, "\(alpha)")
        }
    }

    /// Bernoulli observations, drawn by their gaps. Returns the place at which `isEnough` first held after a 1.
    @discardableResult
    private func observe(
        _ count: Int, rate: Double, _ random: inout SeededRandom, _ process: inout BettingEProcess,
        until isEnough: (BettingEProcess) -> Bool
    ) -> Int? {
        for place in 1...count {
            guard random.unit() < rate else {
                process.observe(0)
                continue
            }
            process.observe(1)
            if isEnough(process) { return place }
        }
        return nil
    }
}

private func near(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) <= 1e-9 * max(abs(expected), 1e-300) }

/// e^x for the sizes of these tests, by squaring.
private func exponential(_ x: Double) -> Double {
    let small = x / 4_096
    var (sum, term) = (1.0, 1.0)
    for index in 1...20 {
        term *= small / Double(index)
        sum += term
    }
    for _ in 0..<12 { sum *= sum }
    return sum
}
