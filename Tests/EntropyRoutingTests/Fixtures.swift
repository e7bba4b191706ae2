import EntropyRouting
import GatewayTesting

// The code under test takes spans; tests have arrays. Only ever the span of a parameter: the span of a temporary array makes the
// compiler (6.3.1, debug) emit a module that fails its own verification.

extension EntropyEstimator {
    func bounds(of probabilities: some Sequence<Double>, unlisted: Double? = nil) -> EntropyBounds {
        bounds(array: probabilities.map(naturalLogarithm), unlisted: unlisted.map(naturalLogarithm))
    }

    private func bounds(array: [Double], unlisted: Double?) -> EntropyBounds { bounds(ranked: array.span, unlisted: unlisted) }

    func uncertainty(_ logprob: Double, in alternatives: [Double], listed: Bool = true) -> TokenUncertainty {
        uncertainty(logprob: logprob, isListed: listed, alternatives: alternatives.span)
    }
}

extension BoundaryTracker {
    mutating func shape(_ bytes: [UInt8]) -> TokenShape { shape(of: bytes.span) }

    mutating func shape(_ text: String) -> TokenShape { shape(Array(text.utf8)) }
}

extension TaskClass {
    static func classify(bytes: [UInt8]) -> TaskClass { classify(bytes.span) }
}

extension DraftMonitor {
    @discardableResult
    mutating func observe(_ logprob: Double, in alternatives: [Double], listed: Bool = true, bytes: [UInt8] = [120]) -> TokenUncertainty {
        observe(logprob: logprob, isListed: listed, alternatives: alternatives.span, text: bytes.span)
    }

    /// Adds a token of which only the surprisal is known: estimate = surprisal, to the last bit or two.
    mutating func observe(surprisal: Double) { observe(-surprisal * naturalLogarithm(2), in: [], listed: false) }

    /// Adds a token whose whole distribution is known and has this entropy, so that estimate = entropy.
    mutating func observe(entropy: Double, text: String = "a") {
        var list = SyntheticTraces.logprobs(entropy: entropy, k: 4_000).filter { $0 > -40 }
        if list.count < 2 { list.append(-60) }
        observe(list[0], in: list, bytes: Array(text.utf8))
    }
}

extension RiskModel {
    static func fixture(
        tier: SignalTier = .topK, labels: Int = 500,
        terms: [RiskTerm]? = nil, intercepts: [TaskClass: Double] = [:], intercept: Double = 0, threshold: Double? = nil
    ) throws -> RiskModel {
        try RiskModel(
            key: Key(drafter: "small", provider: "openai", tier: tier, topLogprobs: 20, temperature: 0.7, promptMode: "plain"),
            provenance: Provenance(date: "2026-01-31", labels: labels, dataHash: "sha256:00"),
            terms: try terms ?? [RiskTerm(.meanBits, mean: 0, deviation: 1, coefficient: 1)],
            intercepts: intercepts, defaultIntercept: intercept, threshold: threshold)
    }
}

func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
