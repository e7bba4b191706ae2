import EntropyRouting
import GatewayTesting
import Testing

@Suite("Strategies")
struct StrategyTests {
    /// A monitor that has seen tokens of these entropies.
    private func monitor(_ strategy: RoutingStrategy, _ entropies: [Double]) -> DraftMonitor {
        var monitor = DraftMonitor(strategy: strategy)
        for entropy in entropies { monitor.observe(entropy: entropy) }
        return monitor
    }

    private func window(
        _ w: Int = 4, _ bits: Double = 1, ratio: Double = 0.8, early: Int = 4
    ) throws -> RoutingStrategy {
        .window(try WindowStrategy(windowTokens: w, thresholdBits: bits, prefireRatio: ratio, earlyExitTokens: early))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var entropies: [Double]
        var early = 4
        /// Levels after each token, and at the end.
        var levels: String
        var final: String
        var testDescription: String { "\(entropies) early \(early)" }
    }

    static let rows: [Row] = [
        Row(entropies: [0, 0, 0, 0], levels: "cccc", final: "c"),
        // The fourth token fills the window; 3.6 / 4 = .9 is in doubt, not over.
        Row(entropies: [0.9, 0.9, 0.9, 0.9], levels: "cccd", final: "d"),
        // 3.3 after three tokens: the first window will be at least .825.
        Row(entropies: [1.1, 1.1, 1.1], levels: "ccd", final: "r"),
        Row(entropies: [1.1, 1.1, 1.1, 0], levels: "ccdd", final: "d"),
        // 4 bits in one token settle the first window, whatever follows.
        Row(entropies: [4], levels: "r", final: "r"),
        Row(entropies: [4, 0, 0, 0, 0, 0], levels: "rrrrrr", final: "r"),
        // Doubt passes when the window moves on, rejection does not.
        Row(entropies: [0, 3.5, 0, 0, 0, 0, 0], levels: "cddddcc", final: "d"),
        Row(entropies: [0, 0, 0, 0, 4, 0, 0, 0, 0], levels: "ccccrrrrr", final: "r"),
        // A short answer is judged by its own mean.
        Row(entropies: [1.2], levels: "c", final: "r"),
        Row(entropies: [0.1, 0.1], levels: "cc", final: "c"),
        Row(entropies: [0.9], levels: "c", final: "d"),
        // Early exit: from the second token on a partial window decides by its own mean.
        Row(entropies: [0.9, 1.2], early: 2, levels: "cr", final: "r"),
        Row(entropies: [1.2, 0.1, 0.1], early: 2, levels: "ccc", final: "c"),
        Row(entropies: [1.2], early: 2, levels: "c", final: "r"),
        Row(entropies: [1.2], early: 1, levels: "r", final: "r"),
        // Later than W: no effect.
        Row(entropies: [0.9, 1.2, 1.2, 1.2], early: 9, levels: "ccdr", final: "r"),
    ]

    private static func letter(_ assessment: Assessment) -> Character {
        switch assessment.level {
        case .calm: "c"
        case .doubt: "d"
        case .reject: "r"
        }
    }

    @Test("The window rule, token by token (W = 4, 1 bit, .8)", arguments: rows)
    func windowRule(row: Row) throws {
        var monitor = DraftMonitor(strategy: try window(early: row.early))
        var levels = ""
        for entropy in row.entropies {
            monitor.observe(entropy: entropy)
            levels.append(Self.letter(monitor.assessment))
        }
        #expect(levels == row.levels)
        let final = monitor.finalAssessment(finishReason: .stop)
        #expect(String(Self.letter(final)) == row.final)
        #expect(final.reason == .windowEntropy && final.threshold == 1)
    }

    @Test(
        "A rejection while streaming is always one at the end, and the other way round once a window was full", arguments: [UInt64(3), 4])
    func earlyRejectionsAreCertain(seed: UInt64) throws {
        var traces = SyntheticTraces(seed: seed)
        for early in [1, 5, 10, 40] {
            let strategy = try WindowStrategy(windowTokens: 10, thresholdBits: 0.5, earlyExitTokens: early)
            for _ in 0..<150 {
                let trace = traces.next()
                var monitor = DraftMonitor(strategy: .window(strategy))
                var firstRejection: Int?
                for (index, entropy) in trace.entropies.enumerated() {
                    monitor.observe(surprisal: entropy)
                    if monitor.assessment.level == .reject, firstRejection == nil { firstRejection = index }
                    if firstRejection != nil { #expect(monitor.assessment.level == .reject) }
                }
                let rejected = monitor.finalAssessment(finishReason: .stop).level == .reject
                #expect(rejected == (firstRejection != nil) || trace.entropies.count < min(10, early))
                // Against the plain rule: some window of ten reaches the threshold.
                if early >= 10, trace.entropies.count >= 10 {
                    let windows = (0...(trace.entropies.count - 10)).map { mean(trace.entropies[$0..<($0 + 10)]) }
                    #expect(rejected == ((windows.max() ?? 0) >= 0.5))
                }
            }
        }
    }

    @Test("The largest window is reported, or the mean of what there was")
    func windowMax() throws {
        #expect(isClose(monitor(try window(), [0, 0, 0, 2, 2, 0, 0, 0, 0]).windowMaxBits, 1, 1e-4))
        #expect(isClose(monitor(try window(), [1, 2]).windowMaxBits, 1.5, 1e-4))
        #expect(monitor(try window(), []).windowMaxBits == 0)
    }

    @Test("Parameters out of range are refused by name")
    func refused() {
        let cases: [(String, () throws -> WindowStrategy)] = [
            ("window_tokens is 0", { try WindowStrategy(windowTokens: 0) }),
            ("window_tokens is 1025", { try WindowStrategy(windowTokens: 1_025) }),
            ("threshold_bits is 0", { try WindowStrategy(thresholdBits: 0) }),
            ("threshold_bits is nan", { try WindowStrategy(thresholdBits: .nan) }),
            ("prefire_ratio is 0", { try WindowStrategy(prefireRatio: 0) }),
            ("prefire_ratio is 1.1", { try WindowStrategy(prefireRatio: 1.1) }),
            ("early_exit_tokens is 0", { try WindowStrategy(earlyExitTokens: 0) }),
        ]
        for (message, make) in cases {
            do {
                _ = try make()
                Issue.record("accepted: \(message)")
            } catch {
                #expect("\(error)".hasPrefix(message), "\(error)")
            }
        }
        #expect((try? WindowStrategy()) == .standard)
    }

    @Test("The risk rule doubts while streaming and rejects only at the end, above the threshold")
    func riskRule() throws {
        // logit = -2 + 2 x max bits.
        let model = try RiskModel.fixture(terms: [RiskTerm(.maxBits, mean: 0, deviation: 1, coefficient: 2)], intercept: -2)
        let strategy = try RiskStrategy(model: model, threshold: 0.5)
        let calm = monitor(.risk(strategy), [0.2, 0.1])
        #expect(calm.assessment.level == .calm && calm.finalAssessment(finishReason: .stop).level == .calm)
        let doubt = monitor(.risk(strategy), [0.9])  // sigmoid(-.2) = .45
        #expect(doubt.assessment.level == .doubt && isClose(doubt.assessment.statistic, 0.450166, 1e-4))
        #expect(doubt.finalAssessment(finishReason: .stop).level == .doubt)
        let reject = monitor(.risk(strategy), [3])
        #expect(reject.assessment.level == .doubt && reject.finalAssessment(finishReason: .stop).level == .reject)
        #expect(reject.assessment.reason == .risk && reject.risk == reject.assessment.statistic)
        // Ship if risk <= threshold: the certified rule includes equality.
        #expect(strategy.finalLevel(0.5, .code) == .doubt && strategy.finalLevel(0.5.nextUp, .code) == .reject)
    }

    @Test("A risk model is not applied to evidence of another tier")
    func tierMismatch() throws {
        let model = try RiskModel.fixture(terms: [RiskTerm(.maxBits, mean: 0, deviation: 1, coefficient: 1)], intercept: -5)
        var monitor = DraftMonitor(strategy: .risk(try RiskStrategy(model: model, threshold: 0.5)))
        for _ in 0..<7 { monitor.observe(-0.001, in: [], listed: false) }
        #expect(monitor.tier == .surprisal && monitor.assessment.level == .calm)
        monitor.observe(-0.001, in: [], listed: false)
        #expect(monitor.assessment.level == .doubt && monitor.assessment.reason == .tierMismatch)
        let final = monitor.finalAssessment(finishReason: .stop)
        #expect(final.level == .reject && final.reason == .tierMismatch)
    }

    @Test("Risk thresholds out of range are refused")
    func refusedRisk() throws {
        let model = try RiskModel.fixture()
        for threshold in [0, -1, 1.01, .nan] {
            #expect(throws: ParameterError.self) { try RiskStrategy(model: model, threshold: threshold) }
        }
        #expect(throws: ParameterError.self) { try RiskStrategy(model: model, threshold: 0.1, prefireRatio: 0) }
        #expect(throws: ParameterError.self) { try RiskStrategy(model: model) }
    }

    @Test("The model's certified threshold holds unless another is given")
    func certifiedThreshold() throws {
        let model = try RiskModel.fixture(threshold: 0.06)
        #expect(try RiskStrategy(model: model).thresholds.overall == 0.06)
        #expect(try RiskStrategy(model: model, threshold: 0.02).thresholds.overall == 0.02)
    }
}
