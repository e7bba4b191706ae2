import Calibration
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Against the SciPy of this machine, on a grid that is wider than the tables of the other suites.
@Suite struct SciPyComparisonTests {
    private static let script = """
        import scipy.stats as st
        for n in (1, 2, 9, 59, 149, 299, 518, 5000, 1000000):
            for k in sorted({0, 1, 2, n // 100, n // 20, n // 2, n - 1, n}):
                if not 0 <= k <= n: continue
                for d in (.2, .05, .01, .0025):
                    hi = 1.0 if k == n else st.beta.isf(d, k + 1, n - k)
                    lo = 0.0 if k == 0 else st.beta.ppf(d, k, n - k + 1)
                    print('cp', k, n, d, repr(float(hi)), repr(float(lo)))
        for a in (.05, .5, 1, 3.5, 40, 999, 250000.5):
            for b in (.05, .5, 1, 3.5, 40, 999, 250000.5):
                for x in (1e-6, .01, .25, .5, .77, .999):
                    print('I', x, a, b, repr(float(st.beta.cdf(x, a, b))), repr(float(st.beta.sf(x, a, b))))
        for i in range(1, 200):
            print('z', i / 200, 0, 0, repr(float(st.norm.ppf(i / 200))), 0)
            # st.t.ppf of SciPy 1.10 is off by up to 1e-8.
            share = float(st.beta.isf(min(i, 200 - i) / 100, .5, (1 + i / 7) / 2))
            t = ((1 + i / 7) * share / (1 - share)) ** .5
            print('t', i / 200, 1 + i / 7, 0, repr(t if i >= 100 else -t), 0)
        """

    /// The lines that the script prints; `nil` when no Python here has SciPy.
    private static func lines() -> [[Substring]]? {
        let run = "for p in /usr/bin/python3 python3; do $p -c 'import scipy.stats' 2>/dev/null && exec $p -c \"$SCRIPT\"; done; exit 9"
        guard let pipe = popen("SCRIPT='\(script.replacing("'", with: "'\\''"))'; \(run)", "r") else { return nil }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            text += buffer[..<count]
        }
        guard pclose(pipe) == 0 else { return nil }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test func everyNumberIsSciPys() throws {
        guard let lines = Self.lines() else {
            print("skipped: the comparison with SciPy, since no python3 here can import scipy.stats")
            return
        }
        #expect(lines.count > 900)
        for line in lines {
            let numbers = line.dropFirst().compactMap { Double($0) }
            try #require(line.count == 6 && numbers.count == 5, "\(line)")
            let (first, second) = (numbers[3], numbers[4])
            switch line[0] {
            case "cp":
                let (failures, trials) = (Int(numbers[0]), Int(numbers[1]))
                #expect(near(ClopperPearson.upper(failures: failures, trials: trials, delta: numbers[2]), first), "\(line)")
                #expect(near(ClopperPearson.lower(failures: failures, trials: trials, delta: numbers[2]), second), "\(line)")
            case "I":
                #expect(near(IncompleteBeta.regularized(numbers[0], numbers[1], numbers[2]), first), "\(line)")
                #expect(near(IncompleteBeta.regularized(1 - numbers[0], numbers[2], numbers[1]), second, 1e-9), "\(line)")
            case "z": #expect(near(NormalQuantile.quantile(numbers[0]), first), "\(line)")
            default: #expect(near(StudentQuantile.quantile(numbers[0], degrees: numbers[1]), first), "\(line)")
            }
        }
    }

    private func near(_ value: Double, _ expected: Double, _ tolerance: Double = 1e-10) -> Bool {
        abs(value - expected) <= tolerance * abs(expected) + 1e-15
    }
}
