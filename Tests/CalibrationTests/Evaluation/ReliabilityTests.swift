import Calibration
import Testing

@Suite struct ReliabilityTests {
    @Test func aWorkedExample() throws {
        let reliability = Reliability(
            predicted: [0.1, 0.3, 0.6, 0.8], isBad: [false, true, true, true], bins: 2, binning: .equalWidth)
        #expect(reliability.bins.map(\.count) == [2, 2])
        #expect(reliability.bins.map(\.bad) == [1, 2])
        #expect(reliability.bins.map(\.observed) == [0.5, 1])
        #expect(reliability.bins.map { ($0.meanPredicted * 1e9).rounded() } == [2e8, 7e8])
        let (ece, brier) = (try #require(reliability.ece), try #require(reliability.brier))
        #expect(abs(ece - 0.3) < 1e-12)
        #expect(abs(brier - (0.01 + 0.49 + 0.16 + 0.04) / 4) < 1e-12)
        #expect(reliability.bins[0].range == 0.1...0.3)
        // One of two: both sides of a 95 % interval.
        #expect(abs(reliability.bins[0].interval.lowerBound - 0.012579117) < 1e-8)
        #expect(abs(reliability.bins[0].interval.upperBound - 0.987420883) < 1e-8)
        #expect(reliability.bins[1].interval.upperBound == 1)
    }

    @Test(arguments: 0..<100 as Range<UInt64>, [Reliability.Binning.equalMass, .equalWidth])
    func binsHoldEveryDraftOnceAndEqualOnesTogether(seed: UInt64, binning: Reliability.Binning) {
        var random = SeededRandom(seed: seed)
        let count = 1 + random.index(below: 300)
        let steps = [5, 40, 100_000][random.index(below: 3)]
        let predicted = (0..<count).map { _ in Double(random.index(below: steps + 1)) / Double(steps) }
        let isBad = predicted.map { random.unit() < $0 }
        let reliability = Reliability(predicted: predicted, isBad: isBad, bins: 10, binning: binning)
        #expect(reliability.bins.count <= 10)
        #expect(reliability.bins.reduce(0) { $0 + $1.count } == count)
        #expect(reliability.bins.reduce(0) { $0 + $1.bad } == isBad.count { $0 })
        for (bin, next) in zip(reliability.bins, reliability.bins.dropFirst()) {
            #expect(bin.range.upperBound < next.range.lowerBound)
        }
        for bin in reliability.bins {
            let members = predicted.indices.filter { bin.range.contains(predicted[$0]) }
            #expect(members.count == bin.count)
            #expect(members.count { isBad[$0] } == bin.bad)
            #expect(bin.interval.contains(bin.observed))
            if binning == .equalWidth { #expect(bin.range.upperBound - bin.range.lowerBound <= 0.1 + 1e-9) }
            if binning == .equalMass, steps > 1_000, count >= 50 { #expect(abs(bin.count - count / 10) <= 1 + count / 100) }
        }
        let brier = zip(predicted, isBad).reduce(0.0) { $0 + ($1.0 - ($1.1 ? 1 : 0)) * ($1.0 - ($1.1 ? 1 : 0)) } / Double(count)
        #expect(reliability.brier.map { abs($0 - brier) < 1e-12 } == true)
    }

    @Test func predictionsThatAreTrueHaveLittleError() throws {
        var random = SeededRandom(seed: 9)
        let predicted = (0..<20_000).map { _ in random.unit() }
        let honest = Reliability(predicted: predicted, isBad: predicted.map { random.unit() < $0 })
        let boastful = Reliability(predicted: predicted.map { $0 * $0 }, isBad: predicted.map { random.unit() < $0 })
        #expect(try #require(honest.ece) < 0.02)
        #expect(try #require(boastful.ece) > 0.1)
        // E (p - y)^2 = E p (1 - p) = 1/6.
        #expect(abs(try #require(honest.brier) - 1.0 / 6) < 0.01)
        #expect(honest.bins.count { $0.interval.contains($0.meanPredicted) } >= 8)
    }

    @Test func itIsTotal() {
        let empty = Reliability(predicted: [], isBad: [])
        #expect(empty.bins.isEmpty)
        #expect(empty.ece == nil)
        #expect(empty.brier == nil)
        let odd = Reliability(predicted: [.nan, -3, 8], isBad: [true, false, true], bins: 0)
        #expect(odd.bins.count == 1)
        #expect(odd.brier == 0)
        #expect(odd.bins[0].range == 0...1)
    }
}
