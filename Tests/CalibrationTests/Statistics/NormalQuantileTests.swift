import Calibration
import Testing

@Suite struct NormalQuantileTests {
    /// `scipy.stats.norm.ppf`.
    @Test(arguments: [
        (1e-300, -37.0470962993612), (1e-100, -21.273453560965322), (1e-16, -8.222082216130435),
        (1e-09, -5.9978070150076865), (0.0001, -3.7190164854556804), (0.01, -2.3263478740408408),
        (0.025, -1.9599639845400545), (0.05, -1.6448536269514729), (0.074, -1.4466320671589785),
        (0.075, -1.4395314709384563), (0.076, -1.4325027208258116), (0.2, -0.8416212335729142),
        (0.4, -0.2533471031357997), (0.5, 0.0), (0.6, 0.2533471031357997),
        (0.9, 1.2815515655446004), (0.95, 1.6448536269514722), (0.975, 1.959963984540054),
        (0.995, 2.5758293035489004), (0.999999, 4.753424308817087),
    ])
    func quantilesAreThoseOfSciPy(probability: Double, z: Double) {
        let found = NormalQuantile.quantile(probability)
        #expect(abs(found - z) <= 1e-13 * abs(z), "\(found)")
    }

    /// `scipy.stats.norm.cdf`.
    @Test(arguments: [
        (-37.0, 5.7255712225239266e-300), (-20.0, 2.7536241186061556e-89), (-8.0, 6.22096057427174e-16),
        (-3.0, 0.0013498980316300933), (-1.96, 0.024997895148220435), (-1.0, 0.15865525393145707),
        (-0.1, 0.460172162722971), (0.0, 0.5), (0.5, 0.6914624612740131),
        (1.0, 0.8413447460685429), (1.96, 0.9750021048517795), (3.0, 0.9986501019683699),
        (6.0, 0.9999999990134123),
    ])
    func probabilitiesAreThoseOfSciPy(z: Double, probability: Double) {
        #expect(abs(NormalQuantile.cdf(z) - probability) <= 1e-12 * probability)
        if probability > 0.5 { return }
        #expect(abs(NormalQuantile.quantile(NormalQuantile.cdf(z)) - z) <= 1e-12 * max(1, abs(z)))
    }

    /// From `scipy.stats.beta`, as t.ppf of SciPy 1.10 is off by up to 1e-8; and for one and two degrees the closed forms tan(π (p - 1/2))
    /// and (2p - 1) √(2 / (4 p (1 - p))).
    @Test(arguments: [
        (0.6, 2.0, 0.28867513459481287), (0.75, 2.0, 0.8164965809277259), (0.975, 2.0, 4.30265272974946),
        (0.9995, 2.0, 31.599054576445592), (0.025, 2.0, -4.302652729749464), (0.6, 2.5, 0.28145951274854764),
        (0.75, 2.5, 0.7850136829923013), (0.975, 2.5, 3.574654842003682), (0.9995, 2.5, 18.277893528131436),
        (0.025, 2.5, -3.574654842003684), (0.6, 5.0, 0.26718086570414495), (0.75, 5.0, 0.7266868438004226),
        (0.975, 5.0, 2.570581835636314), (0.9995, 5.0, 6.868826625881277), (0.025, 5.0, -2.5705818356363155),
        (0.6, 10.0, 0.26018482949208016), (0.75, 10.0, 0.6998120613124317), (0.975, 10.0, 2.228138851986274),
        (0.9995, 10.0, 4.586893858702697), (0.025, 10.0, -2.228138851986275), (0.6, 30.0, 0.2556053649519128),
        (0.75, 30.0, 0.6827556933212927), (0.975, 30.0, 2.0422724563012378), (0.9995, 30.0, 3.6459586350420623),
        (0.025, 30.0, -2.042272456301238), (0.6, 1000.0, 0.25341451583949864), (0.75, 1000.0, 0.6747351646070093),
        (0.975, 1000.0, 1.962339080826408), (0.9995, 1000.0, 3.300282648423944), (0.025, 1000.0, -1.9623390808264085),
        (0.6, 100000.0, 0.2533477771571798), (0.75, 100000.0, 0.674492203553292), (0.975, 100000.0, 1.9599877075346095),
        (0.9995, 100000.0, 3.2906240314119137), (0.025, 100000.0, -1.95998770753461),
        (0.75, 1.0, 1.0), (0.25, 1.0, -1.0), (0.9, 2.0, 0.8 * 5.555555555555556.squareRoot()),
    ])
    func studentsQuantilesAreThoseOfSciPy(probability: Double, degrees: Double, t: Double) {
        let found = StudentQuantile.quantile(probability, degrees: degrees)
        #expect(abs(found - t) <= 1e-10 * abs(t), "\(found)")
    }

    @Test func theEndsAreInfiniteAndBeyondThereIsNothing() {
        #expect(NormalQuantile.quantile(0) == -.infinity)
        #expect(NormalQuantile.quantile(1) == .infinity)
        for wrong in [-0.1, 1.1, .nan] {
            #expect(NormalQuantile.quantile(wrong).isNaN)
            #expect(StudentQuantile.quantile(wrong, degrees: 3).isNaN)
        }
        #expect(StudentQuantile.quantile(0, degrees: 3) == -.infinity)
        #expect(StudentQuantile.quantile(1, degrees: 3) == .infinity)
        #expect(StudentQuantile.quantile(0.5, degrees: 3) == 0)
        #expect(StudentQuantile.quantile(0.9, degrees: 0).isNaN)
        #expect(StudentQuantile.quantile(0.9, degrees: .nan).isNaN)
        #expect(abs(StudentQuantile.quantile(0.975, degrees: 1e9) - 1.9599639869) < 1e-8)
    }
}
