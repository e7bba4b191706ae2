import Calibration
import EntropyRouting
import GatewayTesting

/// A draft with tokens of these entropies (bits), one every 10 ms from 100 ms on, and a heavyweight with its first token after `first` and
/// its last after `total` seconds.
func labelledDraft(
    _ entropies: [Double], id: String = "a", taskClass: TaskClass = .simpleFactual, isBad: Bool? = false, gate: String? = nil,
    text: [String] = [], first: Double = 0.5,
    total: Double = 2, isTimed: Bool = true, endMs: Double? = nil, heavyweightTokens: Int = 100
) -> LabelledDraft {
    var trace = DraftTrace(id: id, taskClass: taskClass, promptTokens: 1_000, gate: gate)
    for (index, entropy) in entropies.enumerated() {
        let list = SyntheticTraces.logprobs(entropy: entropy, k: 20).map { max($0, -60) }
        trace.append(
            ms: isTimed ? Float(100 + 10 * index) : 0, logprob: list[0], alternatives: list,
            text: (index < text.count ? text[index] : " word").utf8)
    }
    return LabelledDraft(
        trace: trace, isBad: isBad,
        draft: AnswerFacts(inputTokens: 1_000, outputTokens: entropies.count, firstTokenMs: isTimed ? 100 : nil, totalMs: endMs),
        heavyweight: AnswerFacts(
            inputTokens: 1_000, outputTokens: heavyweightTokens, firstTokenMs: first * 1_000, totalMs: total * 1_000),
        split: .test)
}

/// $1 and $2 per million at the drafter, $10 and $20 at the heavyweight.
func replayPolicy(
    _ strategy: RoutingStrategy = .window(.standard), release: ReleaseMode = .buffered, prefire: PrefireRule.Settings = .init(),
    lambda: Double? = nil, allowance: PrefireAllowance = PrefireAllowance(ratio: 1, burst: 100)
) -> ReplayPolicy {
    var value: (@Sendable (Int) -> PrefireValue)?
    if let lambda { value = { PrefireValue(lambda: lambda, promptCostUSD: Double($0) * 10e-6, outputUSDPerSecond: 1e-3) } }
    return ReplayPolicy(
        strategy: strategy, release: ReleasePolicy(mode: release, tokens: 4), prefire: prefire, prefireValue: value, allowance: allowance,
        drafterPrice: ReplayPrice(input: 1, output: 2), heavyweightPrice: ReplayPrice(input: 10, output: 20))
}

/// Risk = sigmoid(`slope` * (mean entropy - `middle`)), shipped up to `threshold`, with a speed layer that reads r_t off the margin.
func meanEntropyStrategy(
    threshold: Double = 0.5, code: Double? = nil, slope: Double = 4, middle: Double = 1, landmarks: [Int] = SpeedLayer.standardTokens,
    hasTimes: Bool = true
) throws -> RoutingStrategy {
    let speed = try SpeedLayer(
        landmarks: landmarks.map { token in
            let left = max(0, 60 - Double(token))
            return .init(token: token, intercept: 0, slope: 2, tokensLeft: left, secondsLeft: hasTimes ? left * 0.01 : 0)
        }, drafts: 100)
    // Not a certificate anybody made: it says by which level which class is decided.
    let certificate = code.map { level in
        RiskCertificate(
            loss: .joint, alpha: 0.05, delta: 0.05, grid: [0.1, 0.5, 1], losses: 0, labels: 99, bound: 0.03, coverage: 0.5,
            classes: [(TaskClass.code, level), (.simpleFactual, threshold)].map {
                .init(taskClass: $0.0, threshold: $0.1, losses: 0, labels: 99, bound: 0.03, coverage: 0.5)
            })
    }
    let model = try RiskModel(
        key: .init(drafter: "small", provider: "local", tier: .topK, topLogprobs: 20, temperature: 0, promptMode: "plain"),
        provenance: .init(date: "2026-01-31", labels: 500, dataHash: "sha256:00"),
        terms: [RiskTerm(.meanBits, mean: middle, deviation: 1, coefficient: slope)], defaultIntercept: 0, threshold: threshold,
        certificate: certificate,
        speed: speed)
    return .risk(try RiskStrategy(model: model))
}

func isNear(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-6) -> Bool { a.map { abs($0 - b) <= tolerance } ?? false }

extension WhatIf {
    /// One draft, with the policy's own allowance.
    func outcome(_ draft: LabelledDraft) -> ReplayOutcome {
        var allowance = policy.allowance
        return outcome(draft, &allowance)
    }
}
