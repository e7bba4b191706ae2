import Calibration
import Testing

@Suite struct IncompleteBetaTests {
    struct Row: Sendable {
        var a: Double
        var b: Double
        var p: Double
        var x: Double
    }

    /// `scipy.stats.beta.ppf` of SciPy 1.10 (Boost's; `scipy.special.betaincinv` of that version is wrong near 1).
    static let table: [Row] = [
        Row(a: 0.5, b: 0.5, p: 1e-12, x: 2.4674011002723395e-24),
        Row(a: 0.5, b: 0.5, p: 0.0001, x: 2.4674010799787785e-08),
        Row(a: 0.5, b: 0.5, p: 0.05, x: 0.0061558297024311365),
        Row(a: 0.5, b: 0.5, p: 0.5, x: 0.4999999999999999),
        Row(a: 0.5, b: 0.5, p: 0.95, x: 0.9938441702975689),
        Row(a: 0.5, b: 0.5, p: 0.9999990463256836, x: 0.999999999997756),
        Row(a: 2.0, b: 3.0, p: 1e-12, x: 4.082484015750327e-07),
        Row(a: 2.0, b: 3.0, p: 0.0001, x: 0.004093652990366431),
        Row(a: 2.0, b: 3.0, p: 0.05, x: 0.09761146288641434),
        Row(a: 2.0, b: 3.0, p: 0.5, x: 0.3857275681323895),
        Row(a: 2.0, b: 3.0, p: 0.95, x: 0.7513953742698181),
        Row(a: 2.0, b: 3.0, p: 0.9999990463256836, x: 0.9937895572311491),
        Row(a: 1.0, b: 299.0, p: 1e-12, x: 3.3444816053528373e-15),
        Row(a: 1.0, b: 299.0, p: 0.0001, x: 3.344648281246816e-07),
        Row(a: 1.0, b: 299.0, p: 0.05, x: 0.00017153476578644897),
        Row(a: 1.0, b: 299.0, p: 0.5, x: 0.002315533003046954),
        Row(a: 1.0, b: 299.0, p: 0.95, x: 0.009969146792899267),
        Row(a: 1.0, b: 299.0, p: 0.9999990463256836, x: 0.045305953419536846),
        Row(a: 3.0, b: 997.0, p: 1e-12, x: 1.820845279573184e-07),
        Row(a: 3.0, b: 997.0, p: 0.0001, x: 8.63450540948768e-05),
        Row(a: 3.0, b: 997.0, p: 0.05, x: 0.0008189948781065933),
        Row(a: 3.0, b: 997.0, p: 0.5, x: 0.0026758342046318932),
        Row(a: 3.0, b: 997.0, p: 0.95, x: 0.0062885595973786),
        Row(a: 3.0, b: 997.0, p: 0.9999990463256836, x: 0.01903675794508234),
        Row(a: 26.0, b: 475.0, p: 1e-12, x: 0.008717082137121267),
        Row(a: 26.0, b: 475.0, p: 0.0001, x: 0.022597112825791226),
        Row(a: 26.0, b: 475.0, p: 0.05, x: 0.036688823817451886),
        Row(a: 26.0, b: 475.0, p: 0.5, x: 0.05130062593926449),
        Row(a: 26.0, b: 475.0, p: 0.95, x: 0.06913607724453699),
        Row(a: 26.0, b: 475.0, p: 0.9999990463256836, x: 0.11193766762074647),
        Row(a: 259.0, b: 261.0, p: 1e-12, x: 0.34748239333328684),
        Row(a: 259.0, b: 261.0, p: 0.0001, x: 0.41706502792967676),
        Row(a: 259.0, b: 261.0, p: 0.05, x: 0.4620451909564856),
        Row(a: 259.0, b: 261.0, p: 0.5, x: 0.4980744556982256),
        Row(a: 259.0, b: 261.0, p: 0.95, x: 0.5341170738960999),
        Row(a: 259.0, b: 261.0, p: 0.9999990463256836, x: 0.6014843952302658),
        Row(a: 0.001, b: 1000.0, p: 0.95, x: 2.975073474824187e-26),
        Row(a: 0.001, b: 1000.0, p: 0.9999990463256836, x: 0.005149867405514928),
        Row(a: 5.0, b: 1e6, p: 1e-12, x: 1.038932401989504e-08),
        Row(a: 5.0, b: 1e6, p: 0.0001, x: 4.444591912663296e-07),
        Row(a: 5.0, b: 1e6, p: 0.05, x: 1.9701436870352685e-06),
        Row(a: 5.0, b: 1e6, p: 0.5, x: 4.6708886323709325e-06),
        Row(a: 5.0, b: 1e6, p: 0.95, x: 9.15345882649936e-06),
        Row(a: 5.0, b: 1e6, p: 0.9999990463256836, x: 2.34878473366179e-05),
        Row(a: 500001.0, b: 500000.0, p: 1e-12, x: 0.4964833024612898),
        Row(a: 500001.0, b: 500000.0, p: 0.0001, x: 0.49814099864710376),
        Row(a: 500001.0, b: 500000.0, p: 0.05, x: 0.49917807394734),
        Row(a: 500001.0, b: 500000.0, p: 0.5, x: 0.5000004999998151),
        Row(a: 500001.0, b: 500000.0, p: 0.95, x: 0.500822926050523),
        Row(a: 500001.0, b: 500000.0, p: 0.9999990463256836, x: 0.5023819864073181),
        Row(a: 1e6, b: 3.0, p: 1e-12, x: 0.9999659482396365),
        Row(a: 1e6, b: 3.0, p: 0.0001, x: 0.9999860719403064),
        Row(a: 1e6, b: 3.0, p: 0.05, x: 0.9999937042324923),
        Row(a: 1e6, b: 3.0, p: 0.5, x: 0.9999973259459356),
        Row(a: 1e6, b: 3.0, p: 0.95, x: 0.9999991823097049),
        Row(a: 1e6, b: 3.0, p: 0.9999990463256836, x: 0.9999999820333751),
    ]

    @Test(arguments: table)
    func theInverseIsThatOfSciPy(_ row: Row) {
        let x = IncompleteBeta.inverse(row.p, row.a, row.b)
        // In the scale of x, and of 1 - x.
        #expect(abs(x - row.x) <= 1e-10 * row.x, "\(x)")
        #expect(abs(x - row.x) <= 1e-10 * (1 - row.x) + 2e-16, "\(x)")
    }

    /// I(x; a, 1) = x^a, I(x; 1, b) = 1 - (1 - x)^b, I(x; 1/2, 1/2) = 2/π asin √x, and for whole a and b a binomial sum.
    @Test func closedFormsHold() {
        for x in [1e-9, 0.001, 0.1, 0.5, 0.75, 0.999] {
            #expect(near(IncompleteBeta.regularized(x, 3, 1), x * x * x))
            #expect(near(IncompleteBeta.regularized(x, 1, 3), x * (3 - 3 * x + x * x)))
            #expect(near(IncompleteBeta.regularized(x, 2, 2), x * x * (3 - 2 * x)))
            #expect(near(IncompleteBeta.inverse(x * x * x, 3, 1), x))
        }
        #expect(near(IncompleteBeta.regularized(0.5, 0.5, 0.5), 0.5))
        #expect(near(IncompleteBeta.regularized(0.75, 0.5, 0.5), 2.0 / 3))
        #expect(near(IncompleteBeta.regularized(0.25, 0.5, 0.5), 1.0 / 3))
        #expect(near(IncompleteBeta.inverse(1.0 / 3, 0.5, 0.5), 0.25))
    }

    /// Against the binomial sum, term by term: I(p; k + 1, n - k) = P(Binomial(n, p) > k).
    @Test(arguments: 0..<200 as Range<UInt64>)
    func itIsTheTailOfTheBinomialDistribution(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let trials = 1 + random.index(below: 200)
        let failures = random.index(below: trials)
        let p = random.unit()
        var (term, sum) = (1.0, 0.0)
        for _ in 0..<trials { term *= 1 - p }
        for index in 0...failures {
            sum += term
            term *= Double(trials - index) / Double(index + 1) * p / (1 - p)
        }
        #expect(abs(IncompleteBeta.regularized(p, Double(failures) + 1, Double(trials - failures)) - (1 - sum)) < 1e-11)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func theInverseUndoesIt(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func shape() -> Double { [1e-2, 0.3, 1, 7, 42, 900, 2e4, 5e5][random.index(below: 8)] * (0.5 + random.unit()) }
        let (a, b) = (shape(), shape())
        let p = [random.unit(), random.unit() * 1e-6, 1 - random.unit() * 1e-3][random.index(below: 3)]
        let x = IncompleteBeta.inverse(p, a, b)
        #expect((0...1).contains(x))
        // The nearest x there is may be far from p where the function is steep beside 0 or 1.
        let lower = IncompleteBeta.regularized(x.nextDown, a, b)
        let upper = IncompleteBeta.regularized(x.nextUp, a, b)
        #expect(p >= lower * (1 - 1e-10) && p <= upper * (1 + 1e-10), "I(\(x); \(a), \(b)) is not \(p)")
    }

    @Test func itIsTotal() {
        #expect(IncompleteBeta.regularized(-1, 2, 3) == 0)
        #expect(IncompleteBeta.regularized(0, 2, 3) == 0)
        #expect(IncompleteBeta.regularized(1, 2, 3) == 1)
        #expect(IncompleteBeta.regularized(2, 2, 3) == 1)
        #expect(IncompleteBeta.inverse(0, 2, 3) == 0)
        #expect(IncompleteBeta.inverse(1, 2, 3) == 1)
        #expect(IncompleteBeta.inverse(-1, 2, 3) == 0)
        #expect(IncompleteBeta.inverse(7, 2, 3) == 1)
        #expect(IncompleteBeta.inverse(0.5, 1e-3, 1e3) > 0)
        for (a, b) in [(0.0, 1.0), (1, 0), (-1, 1), (.nan, 1), (1, .nan)] {
            #expect(IncompleteBeta.regularized(0.5, a, b).isNaN)
            #expect(IncompleteBeta.inverse(0.5, a, b).isNaN)
        }
        #expect(IncompleteBeta.regularized(.nan, 1, 1).isNaN)
        #expect(IncompleteBeta.inverse(.nan, 1, 1).isNaN)
    }

    private func near(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) <= 1e-12 * abs(expected) }
}
