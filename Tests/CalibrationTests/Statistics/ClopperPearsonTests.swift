import Calibration
import GatewayTesting
import Testing

@Suite struct ClopperPearsonTests {
    struct Row: Sendable {
        var failures: Int
        var trials: Int
        var delta: Double
        var upper: Double
        var lower: Double
    }

    /// `scipy.stats.beta.ppf` of SciPy 1.16.
    static let table: [Row] = [
        Row(failures: 1, trials: 1, delta: 0.05, upper: 1.0, lower: 0.05),
        Row(failures: 1, trials: 1, delta: 0.01, upper: 1.0, lower: 0.01),
        Row(failures: 1, trials: 1, delta: 0.001, upper: 1.0, lower: 0.001),
        Row(failures: 0, trials: 1, delta: 0.05, upper: 0.95, lower: 0.0),
        Row(failures: 0, trials: 1, delta: 0.01, upper: 0.99, lower: 0.0),
        Row(failures: 0, trials: 1, delta: 0.001, upper: 0.999, lower: 0.0),
        Row(failures: 1, trials: 2, delta: 0.05, upper: 0.9746794344808963, lower: 0.02532056551910361),
        Row(failures: 1, trials: 2, delta: 0.01, upper: 0.99498743710662, lower: 0.005012562893380045),
        Row(failures: 1, trials: 2, delta: 0.001, upper: 0.999499874937461, lower: 0.0005001250625390898),
        Row(failures: 3, trials: 10, delta: 0.05, upper: 0.6066242161054123, lower: 0.08726443391415033),
        Row(failures: 3, trials: 10, delta: 0.01, upper: 0.7028835276794626, lower: 0.047506998951161256),
        Row(failures: 3, trials: 10, delta: 0.001, upper: 0.79536327790071, lower: 0.02103797132098684),
        Row(failures: 0, trials: 59, delta: 0.05, upper: 0.04950760988822693, lower: 0.0),
        Row(failures: 0, trials: 59, delta: 0.01, upper: 0.07508527227826667, lower: 0.0),
        Row(failures: 0, trials: 59, delta: 0.001, upper: 0.1104865026891766, lower: 0.0),
        Row(failures: 1, trials: 59, delta: 0.05, upper: 0.0778979215188183, lower: 0.0008690000715255871),
        Row(failures: 1, trials: 59, delta: 0.01, upper: 0.10728635950355352, lower: 0.0001703301676526315),
        Row(failures: 1, trials: 59, delta: 0.001, upper: 0.14603036060433477, lower: 1.6957488992760363e-05),
        Row(failures: 0, trials: 149, delta: 0.05, upper: 0.019904816220685077, lower: 0.0),
        Row(failures: 0, trials: 149, delta: 0.01, upper: 0.030434438406408047, lower: 0.0),
        Row(failures: 0, trials: 149, delta: 0.001, upper: 0.04530252967124773, lower: 0.0),
        Row(failures: 0, trials: 299, delta: 0.05, upper: 0.009969146792899269, lower: 0.0),
        Row(failures: 0, trials: 299, delta: 0.01, upper: 0.015283904206622598, lower: 0.0),
        Row(failures: 0, trials: 299, delta: 0.001, upper: 0.02283803273038235, lower: 0.0),
        Row(failures: 1, trials: 299, delta: 0.05, upper: 0.015766783127611372, lower: 0.00017153476578644897),
        Row(failures: 1, trials: 299, delta: 0.01, upper: 0.02199366908374662, lower: 3.3612598473589956e-05),
        Row(failures: 1, trials: 299, delta: 0.001, upper: 0.030459358794637306, lower: 3.3461493634475676e-06),
        Row(failures: 5, trials: 299, delta: 0.05, upper: 0.03483729698331091, lower: 0.006611646373010722),
        Row(failures: 5, trials: 299, delta: 0.01, upper: 0.04324970310594787, lower: 0.0042975526908588975),
        Row(failures: 5, trials: 299, delta: 0.001, upper: 0.05398768877012701, lower: 0.002486402579568233),
        Row(failures: 7, trials: 518, delta: 0.05, upper: 0.025231968331159937, lower: 0.006359016958712909),
        Row(failures: 7, trials: 518, delta: 0.01, upper: 0.030620341291456035, lower: 0.004514507422960375),
        Row(failures: 7, trials: 518, delta: 0.001, upper: 0.037428876129014674, lower: 0.002947782467875695),
        Row(failures: 1, trials: 520, delta: 0.05, upper: 0.009090041170334233, lower: 9.863608588666693e-05),
        Row(failures: 1, trials: 520, delta: 0.01, upper: 0.012697070867151938, lower: 1.9327382172783806e-05),
        Row(failures: 1, trials: 520, delta: 0.001, upper: 0.017616667659940445, lower: 1.924037252083209e-06),
        Row(failures: 259, trials: 520, delta: 0.05, upper: 0.5350440022433398, lower: 0.46112614406180713),
        Row(failures: 259, trials: 520, delta: 0.01, upper: 0.5498973992931045, lower: 0.44628623008762536),
        Row(failures: 259, trials: 520, delta: 0.001, upper: 0.5664664023116961, lower: 0.42973766954530074),
        Row(failures: 999, trials: 1000, delta: 0.05, upper: 0.999948708021091, lower: 0.9952650064245002),
        Row(failures: 999, trials: 1000, delta: 0.01, upper: 0.9999899497146509, lower: 0.9933803316043514),
        Row(failures: 999, trials: 1000, delta: 0.001, upper: 0.9999989995001669, lower: 0.9908045023646124),
        Row(failures: 23, trials: 5000, delta: 0.05, upper: 0.00651082732017026, lower: 0.0031458772904537566),
        Row(failures: 23, trials: 5000, delta: 0.01, upper: 0.007358063437936497, lower: 0.0026680395470546968),
        Row(failures: 23, trials: 5000, delta: 0.001, upper: 0.008387733226029833, lower: 0.002195296588222551),
        Row(failures: 1000, trials: 100000, delta: 0.05, upper: 0.010533200900636332, lower: 0.009487997257358383),
        Row(failures: 1000, trials: 100000, delta: 0.01, upper: 0.010756594114118648, lower: 0.009282389075270792),
        Row(failures: 1000, trials: 100000, delta: 0.001, upper: 0.01101065962252524, lower: 0.009055468587080395),
        Row(failures: 3, trials: 1000000, delta: 0.05, upper: 7.75363809884006e-06, lower: 8.176919305463174e-07),
        Row(failures: 3, trials: 1000000, delta: 0.01, upper: 1.0045082130300849e-05, lower: 4.360455060561863e-07),
        Row(failures: 3, trials: 1000000, delta: 0.001, upper: 1.3062175061656551e-05, lower: 1.905335499505188e-07),
        Row(failures: 500000, trials: 1000000, delta: 0.05, upper: 0.5008229260505229, lower: 0.4991770739494771),
        Row(failures: 500000, trials: 1000000, delta: 0.01, upper: 0.501163672070515, lower: 0.49883632792948496),
        Row(failures: 500000, trials: 1000000, delta: 0.001, upper: 0.5015456120746786, lower: 0.4984543879253213),
    ]

    @Test(arguments: table)
    func boundsAreThoseOfTheBetaQuantile(_ row: Row) {
        let upper = ClopperPearson.upper(failures: row.failures, trials: row.trials, delta: row.delta)
        let lower = ClopperPearson.lower(failures: row.failures, trials: row.trials, delta: row.delta)
        #expect(abs(upper - row.upper) < 1e-10, "\(upper)")
        #expect(abs(lower - row.lower) < 1e-10, "\(lower)")
        // Bounds of rare events are small: they must be right in their own scale, too.
        #expect(abs(upper - row.upper) <= 1e-8 * row.upper)
        #expect(abs(lower - row.lower) <= 1e-8 * row.lower)
    }

    /// Against the definition, summed term by term.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func atTheBoundTheTailIsDelta(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let trials = Int.random(in: 1...400, using: &generator)
        let failures = Int.random(in: 0...trials, using: &generator)
        let delta = [0.2, 0.05, 0.01, 1e-4].randomElement(using: &generator) ?? 0.05
        let upper = ClopperPearson.upper(failures: failures, trials: trials, delta: delta)
        let lower = ClopperPearson.lower(failures: failures, trials: trials, delta: delta)
        #expect(0 <= lower && lower <= upper && upper <= 1)
        if failures < trials { #expect(abs(Self.atMost(failures, trials, upper) / delta - 1) < 1e-8) }
        if failures > 0 { #expect(abs(Self.atMost(trials - failures, trials, 1 - lower) / delta - 1) < 1e-8) }
        // Failures and successes are symmetrical.
        #expect(abs(upper - (1 - ClopperPearson.lower(failures: trials - failures, trials: trials, delta: delta))) < 1e-12)
    }

    /// P(Binomial(trials, p) <= failures).
    private static func atMost(_ failures: Int, _ trials: Int, _ p: Double) -> Double {
        // From the largest term of the sum downwards, so that nothing underflows: terms relative to term `failures`, whose logarithm is
        // summed.
        var log = 0.0
        for index in 0..<failures { log += logarithm(Double(trials - index) / Double(failures - index)) }
        log += Double(failures) * logarithm(p) + Double(trials - failures) * logarithm(1 - p)
        var (sum, term) = (0.0, 1.0)
        for index in stride(from: failures, through: 0, by: -1) {
            sum += term
            term *= Double(index) / Double(trials - index + 1) * (1 - p) / p
        }
        return exponential(log) * sum
    }

    @Test func boundsMoveAsTheyMust() {
        for trials in [1, 2, 7, 50, 299, 1_000] {
            var previous = -1.0
            for failures in stride(from: 0, through: trials, by: max(1, trials / 20)) {
                let upper = ClopperPearson.upper(failures: failures, trials: trials, delta: 0.05)
                #expect(upper > previous)
                #expect(upper >= Double(failures) / Double(trials))
                #expect(ClopperPearson.upper(failures: failures, trials: trials * 2, delta: 0.05) < upper || failures == trials)
                #expect(ClopperPearson.upper(failures: failures, trials: trials, delta: 0.01) >= upper)
                previous = upper
            }
        }
    }

    @Test func nothingIsKnownWithoutTrials() {
        #expect(ClopperPearson.upper(failures: 0, trials: 0, delta: 0.05) == 1)
        #expect(ClopperPearson.lower(failures: 0, trials: 0, delta: 0.05) == 0)
        #expect(ClopperPearson.upper(failures: 0, trials: -3, delta: 0.05) == 1)
        #expect(ClopperPearson.upper(failures: 9, trials: 3, delta: 0.05) == 1)
        #expect(ClopperPearson.lower(failures: -9, trials: 3, delta: 0.05) == 0)
        #expect(ClopperPearson.upper(failures: 1, trials: 3, delta: 0) == 1)
        #expect(ClopperPearson.lower(failures: 1, trials: 3, delta: 0) == 0)
        #expect(ClopperPearson.upper(failures: 1, trials: 3, delta: 1) == 0)
        #expect(ClopperPearson.lower(failures: 1, trials: 3, delta: 1) == 1)
    }

    @Test(arguments: [
        (0, 0.01, 299), (0, 0.02, 149), (0, 0.05, 59), (0, 0.1, 29), (0, 0.5, 5), (1, 0.01, 473), (2, 0.01, 628), (5, 0.01, 1_049),
        (3, 0.05, 153),
    ])
    func trialsNeededAreTheFewestThatDo(failures: Int, alpha: Double, expected: Int) throws {
        let needed = try #require(ClopperPearson.trialsNeeded(failures: failures, alpha: alpha, delta: 0.05))
        #expect(needed == expected)
        #expect(ClopperPearson.upper(failures: failures, trials: needed, delta: 0.05) <= alpha)
        #expect(ClopperPearson.upper(failures: failures, trials: needed - 1, delta: 0.05) > alpha)
    }

    @Test func whatCannotBePromisedNeedsNoCount() {
        #expect(ClopperPearson.trialsNeeded(alpha: 0, delta: 0.05) == nil)
        #expect(ClopperPearson.trialsNeeded(alpha: 0.01, delta: 0) == nil)
        #expect(ClopperPearson.trialsNeeded(alpha: 1e-12, delta: 0.05) == nil)
        #expect(ClopperPearson.trialsNeeded(alpha: 1, delta: 0.05) == 1)
    }
}

/// The C library's, without importing it for two functions.
private func logarithm(_ x: Double) -> Double {
    // x = 2^e * m with m in 1..<2; log m by the series of atanh.
    let m = x.significand
    let t = (m - 1) / (m + 1)
    var (sum, term) = (0.0, t)
    for index in stride(from: 1, through: 61, by: 2) {
        sum += term / Double(index)
        term *= t * t
    }
    return 2 * sum + Double(x.exponent) * 0.693_147_180_559_945_309_417
}

private func exponential(_ x: Double) -> Double {
    let halvings = max(0, Int(abs(x)).bitWidth - Int(abs(x)).leadingZeroBitCount + 4)
    let small = x / Double(sign: .plus, exponent: halvings, significand: 1)
    var (sum, term) = (1.0, 1.0)
    for index in 1...20 {
        term *= small / Double(index)
        sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
}
