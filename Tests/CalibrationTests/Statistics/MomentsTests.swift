import Calibration
import Testing

@Suite struct MomentsTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func partsMergeIntoTheWhole(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let shift = [0, 1e-3, 1e6][random.index(below: 3)]
        let values = (0..<random.index(below: 60)).map { _ in shift + random.unit() }
        let cut = random.index(below: values.count + 1)
        var merged = Moments(values[..<cut])
        merged.merge(Moments(values[cut...]))
        let all = Moments(values)
        #expect(merged.count == values.count && all.count == values.count)
        guard values.count > 1 else { return }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        for moments in [merged, all] {
            #expect(abs(moments.mean - mean) <= 1e-12 * max(1, abs(mean)))
            #expect(abs(moments.variance - variance) <= 1e-9 * variance)
        }
    }

    @Test func fewNumbersHaveNoSpread() {
        #expect(Moments().mean == 0)
        #expect(Moments().variance == 0)
        #expect(Moments([7]).variance == 0)
        #expect(Moments([7]).mean == 7)
        #expect(Moments([1, 2, 3, 4]).variance == 5.0 / 3)
        var empty = Moments()
        empty.merge(Moments())
        empty.merge(Moments([3, 5]))
        #expect(empty == Moments([3, 5]))
        #expect(empty.deviation == 2.0.squareRoot())
    }
}

@Suite struct SeededRandomTests {
    @Test func aSeedGivesTheSameNumbersForEver() {
        var random = SeededRandom(seed: 42)
        // The reference implementation of xoshiro256**, its state the first four numbers of SplitMix64 from 42.
        let expected: [UInt64] = [
            0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1, 0xecb8ad4703b360a1,
        ]
        #expect((0..<4).map { _ in random.next() } == expected)
        var other = SeededRandom(seed: 43)
        #expect(other.next() != expected[0])
    }

    @Test func numbersAreSpreadEvenly() {
        var random = SeededRandom(seed: 3)
        var counts = Array(repeating: 0, count: 10)
        for _ in 0..<20_000 { counts[random.index(below: 10)] += 1 }
        // Chi-square with 9 degrees of freedom: above 27.9 once in a thousand.
        #expect(counts.reduce(0.0) { $0 + Double(($1 - 2_000) * ($1 - 2_000)) / 2_000 } < 27.9)
        let normal = Moments((0..<20_000).map { _ in random.normal(mean: 3, deviation: 2) })
        #expect(abs(normal.mean - 3) < 4 * 2 / 20_000.0.squareRoot())
        #expect(abs(normal.deviation - 2) < 4 * 2 / 40_000.0.squareRoot())
        #expect(random.index(below: 0) == 0)
        #expect(random.index(below: -5) == 0)
        #expect(random.index(below: 1) == 0)
    }

    @Test func everyOrderIsAsLikely() {
        var random = SeededRandom(seed: 5)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<6_000 {
            var order = [1, 2, 3]
            random.shuffle(&order)
            counts[order, default: 0] += 1
        }
        #expect(counts.count == 6)
        // 5 degrees of freedom: above 20.5 once in a thousand.
        #expect(counts.values.reduce(0.0) { $0 + Double(($1 - 1_000) * ($1 - 1_000)) / 1_000 } < 20.5)
    }
}
