import EntropyRouting
import GatewayTesting
import Testing

@Suite("Sliding window")
struct SlidingWindowTests {
    @Test("Means equal those of a plain array", arguments: [1, 2, 3, 10, 64])
    func naive(capacity: Int) {
        var random = SeededGenerator(seed: 7)
        var window = SlidingWindow(capacity: capacity)
        var all: [Double] = []
        var fullMeans: [Double] = []
        for _ in 0..<2_000 {
            all.append(random.unit() * 17)
            window.append(all[all.count - 1])
            let last = all.suffix(capacity)
            let mean = last.reduce(0, +) / Double(last.count)
            if last.count == capacity { fullMeans.append(mean) }
            #expect(window.count == last.count && window.isFull == (last.count == capacity))
            #expect(isClose(window.mean, mean) && isClose(window.certainMean, last.reduce(0, +) / Double(capacity)))
            #expect(isClose(window.maxMean, fullMeans.max() ?? mean))
        }
    }

    @Test("Huge values that left do not linger in the sum")
    func drift() {
        var window = SlidingWindow(capacity: 10)
        for _ in 0..<1_000 { window.append(1e16) }
        for _ in 0..<20 { window.append(0.1) }
        #expect(window.mean == 0.1 || isClose(window.mean, 0.1, 1e-12))
        for round in 0..<100_000 { window.append(Double(round % 7) * 0.1) }
        let last = (99_990..<100_000).map { Double($0 % 7) * 0.1 }
        #expect(isClose(window.sum, last.reduce(0, +), 1e-12))
    }

    @Test("Empty and nonsensical windows are harmless")
    func edges() {
        #expect(SlidingWindow(capacity: 5).mean == 0 && SlidingWindow(capacity: 5).maxMean == 0)
        var window = SlidingWindow(capacity: -3)
        window.append(2)
        window.append(4)
        #expect(window.capacity == 1 && window.mean == 4 && window.maxMean == 4)
    }
}
