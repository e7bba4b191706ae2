import GatewayTesting
import Testing

@testable import CalibrationReport

@Suite("Numbers and axes")
struct DrawingTests {
    @Test(
        "numbers have exactly the digits asked for",
        arguments: [
            (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-0.04, 1, "0.0"), (-1.25, 2, "−1.25"), (0.9996, 3, "1.000"), (12_345.6, 0, "12346"),
            (0.07, 1, "0.1"),
            (.nan, 2, "–"), (.infinity, 2, "∞"),
        ])
    func fixed(_ value: Double, _ decimals: Int, _ expected: String) { #expect(NumberText.fixed(value, decimals) == expected) }

    @Test(
        "coordinates are plain decimals",
        arguments: [(0.0, "0"), (-0.001, "0"), (1.5, "1.5"), (-12.345, "-12.35"), (100, "100"), (.nan, "0"), (.infinity, "0")])
    func coordinates(_ value: Double, _ expected: String) { #expect(NumberText.coordinate(value) == expected) }

    @Test(
        "levels keep the digits that tell them apart",
        arguments: [(0.05, "5"), (0.005, "0.5"), (0.0075, "0.75"), (0.015, "1.5"), (1, "100"), (0.02, "2")])
    func levels(_ share: Double, _ expected: String) { #expect(NumberText.percentOfLevel(share) == expected + "\u{202F}%") }

    @Test("counts, significant digits")
    func others() {
        #expect(NumberText.count(1_234_567) == "1\u{202F}234\u{202F}567")
        #expect(NumberText.count(-999) == "−999")
        #expect(NumberText.significant(0.000123) == "0.00012")
        #expect(NumberText.significant(0.1, 1) == "0.1")
        #expect(NumberText.significant(0) == "0")
        #expect("1.50".trimmingZeros == "1.5")
        #expect("100".trimmingZeros == "100")
        #expect("2.00".trimmingZeros == "2")
    }

    @Test("ticks are round, inside, and evenly apart", arguments: [UInt64(1), 2, 3])
    func ticks(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let low = (random.unit() - 0.5) * 200
            let domain = low...(low + random.unit() * 50 + 1e-4)
            let ticks = Ticks.nice(domain, about: 5)
            #expect((2...12).contains(ticks.values.count))
            let slack = 1e-6 * (domain.upperBound - domain.lowerBound)
            #expect(ticks.values.allSatisfy { $0 >= domain.lowerBound - slack && $0 <= domain.upperBound + slack })
            let texts = ticks.values.map { NumberText.fixed($0, ticks.decimals) }
            #expect(Set(texts).count == texts.count)
        }
        #expect(Ticks.nice(0...1, about: 5).values.map { NumberText.fixed($0, 1) } == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Ticks.decades(0.0005...2).map { NumberText.significant($0, 1) } == ["0.001", "0.01", "0.1", "1"])
    }

    @Test("values outside a scale are drawn at its ends")
    func scale() {
        let linear = Scale(0...10, from: 100, to: 0)
        #expect([linear(-5), linear(0), linear(5), linear(10), linear(50)] == [100, 100, 50, 0, 0])
        let logarithmic = Scale(0.01...100, from: 0, to: 4, .logarithmic)
        #expect([logarithmic(0), logarithmic(1), logarithmic(1_000)] == [0, 2, 4])
        #expect(linear(.nan) == 100)
    }
}
