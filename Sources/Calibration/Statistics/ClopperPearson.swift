#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Exact confidence bounds for a probability of which `failures` were seen in `trials` independent trials (Clopper and Pearson, Biometrika
/// 26, 1934). One-sided: each bound is wrong with probability `delta` at most, whatever the probability is; the pair of both with
/// probability `2 * delta`.
///
/// Accurate to about 1e-10 for up to a million trials. Total: without trials nothing is known (0...1), failures are taken to be 0...trials,
/// and a `delta` of 0 or less, which nothing can promise, gives 0...1, too.
public enum ClopperPearson {
    /// The largest probability under which at most `failures` in `trials` would still be seen with probability `delta`:
    /// `BetaInv(1 - delta; failures + 1, trials - failures)`, 0...1.
    ///
    /// Without failures `1 - delta^(1/trials)`; 1 when all failed.
    public static func upper(failures: Int, trials: Int, delta: Double) -> Double {
        guard trials > 0, delta > 0 else { return 1 }
        let failures = min(max(failures, 0), trials)
        if failures == trials { return 1 }
        if delta >= 1 { return 0 }
        if failures == 0 { return -expm1(log(delta) / Double(trials)) }
        return IncompleteBeta.inverse(lower: 1 - delta, upper: delta, Double(failures) + 1, Double(trials - failures))
    }

    /// The smallest probability under which at least `failures` in `trials` would still be seen with probability `delta`:
    /// `BetaInv(delta; failures, trials - failures + 1)`, 0...1.
    ///
    /// 0 without failures; `delta^(1/trials)` when all failed.
    public static func lower(failures: Int, trials: Int, delta: Double) -> Double {
        guard trials > 0, delta > 0 else { return 0 }
        let failures = min(max(failures, 0), trials)
        if failures == 0 { return 0 }
        if delta >= 1 { return 1 }
        if failures == trials { return pow(delta, 1 / Double(trials)) }
        return IncompleteBeta.inverse(lower: delta, upper: 1 - delta, Double(failures), Double(trials - failures) + 1)
    }

    /// The fewest trials with which ``upper(failures:trials:delta:)`` is at most `alpha`: without failures 299 for 1 %, 149 for 2 % and 59
    /// for 5 % at a `delta` of 0.05.
    ///
    /// - Returns: `nil` when no number of trials will do (`alpha` or `delta` not above 0) or more than a billion would be needed.
    public static func trialsNeeded(failures: Int = 0, alpha: Double, delta: Double) -> Int? {
        guard alpha > 0, delta > 0 else { return nil }
        let failures = max(failures, 0)
        func suffices(_ trials: Int) -> Bool { upper(failures: failures, trials: trials, delta: delta) <= alpha }
        var enough = failures + 1
        while !suffices(enough) {
            guard enough < 1_000_000_000 else { return nil }
            enough *= 2
        }
        var tooFew = enough / 2
        if tooFew <= failures { tooFew = failures }
        while enough - tooFew > 1 {
            let middle = tooFew + (enough - tooFew) / 2
            if suffices(middle) { enough = middle } else { tooFew = middle }
        }
        return enough
    }
}
