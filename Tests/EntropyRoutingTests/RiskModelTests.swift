import EntropyRouting
import Foundation
import Testing

@Suite("Risk model")
struct RiskModelTests {
    @Test("Risk is the sigmoid of the class intercept and the standardised features")
    func formula() throws {
        let model = try RiskModel.fixture(
            terms: [
                RiskTerm(.meanBits, scale: .log10, mean: -3, deviation: 0.5, coefficient: 0.7),
                RiskTerm(.logPromptTokens, mean: 4, deviation: 2, coefficient: -0.3),
                RiskTerm(.finishLength, mean: 0.1, deviation: 0.3, coefficient: 1.1),
            ],
            intercepts: [.code: -1.5], intercept: -0.5)
        var monitor = DraftMonitor(strategy: .window(.standard))
        for entropy in [0.5, 1.5, 1] { monitor.observe(entropy: entropy) }
        for (taskClass, intercept) in [(TaskClass.code, -1.5), (.creative, -0.5)] {
            let risk = model.risk(monitor.statistics, request: RequestFacts(taskClass: taskClass, promptTokens: 99, finish: .length))
            let logit =
                intercept + 0.7 * (log10(monitor.statistics.mean + 1e-6) + 3) / 0.5 - 0.3 * (log(100) - 4) / 2 + 1.1 * (1 - 0.1) / 0.3
            #expect(isClose(risk, 1 / (1 + exp(-logit))))
        }
    }

    @Test(
        "Extreme logits saturate without overflow",
        arguments: [(-1e6, 0.0), (-800, 0), (-30, 9.357622968839299e-14), (0, 0.5), (800, 1), (1e6, 1)])
    func stable(intercept: Double, expected: Double) throws {
        let risk = try RiskModel.fixture(intercept: intercept).risk(
            DraftStatistics(), request: RequestFacts(taskClass: .code, promptTokens: 1))
        #expect(risk.isFinite && abs(risk - expected) <= 1e-12 * max(expected, 1e-3))
    }

    @Test("A draft whose logit is undefined is not trusted")
    func undefinedLogit() throws {
        let terms = try [
            RiskTerm(.logPromptTokens, mean: -1e300, deviation: 1e-300, coefficient: 1e300),
            RiskTerm(.tokenCount, mean: -1e300, deviation: 1e-300, coefficient: -1e300),
        ]
        let risk = try RiskModel.fixture(terms: terms).risk(DraftStatistics(), request: RequestFacts(taskClass: .code, promptTokens: 1))
        #expect(risk == 1)
    }

    @Test("The documentation lists exactly the features there are, in their order")
    func documented() throws {
        let page = try String(contentsOf: packageRoot.appending(path: "docs/risk-model.md"), encoding: .utf8)
        let table = page.split(separator: "## Features")[1].split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(table.map { String($0.split(separator: "`")[1]) } == RiskFeature.allCases.map(\.rawValue))
    }

    @Test("What cannot be a model is refused, naming the member")
    func refused() throws {
        let term = try RiskTerm(.meanBits, mean: 0, deviation: 1, coefficient: 1)
        let logged = try RiskTerm(.meanBits, scale: .log10, mean: 0, deviation: 1, coefficient: 1)
        let third = try RiskTerm(.maxBits, mean: 0, deviation: 1, coefficient: 1)
        let cases: [(String, () throws -> Any)] = [
            ("features is empty", { try RiskModel.fixture(terms: []) }),
            ("features holds mean_bits twice", { try RiskModel.fixture(terms: [term, third, term]) }),
            ("features holds 3 features fitted on 249 labels", { try RiskModel.fixture(labels: 249, terms: [term, logged, third]) }),
            ("provenance.labels is 0", { try RiskModel.fixture(labels: 0) }),
            ("key.tier is none", { try RiskModel.fixture(tier: .none) }),
            ("intercepts.default is nan", { try RiskModel.fixture(intercept: .nan) }),
            ("intercepts.code is inf", { try RiskModel.fixture(intercepts: [.code: .infinity]) }),
            ("features names \"perplexity\"", { try RiskTerm(named: "perplexity", mean: 0, deviation: 1, coefficient: 1) }),
            ("features.max_bits.deviation is 0", { try RiskTerm(.maxBits, mean: 0, deviation: 0, coefficient: 1) }),
            ("features.max_bits.mean is nan", { try RiskTerm(.maxBits, mean: .nan, deviation: 1, coefficient: 1) }),
            ("features.max_bits.coefficient is inf", { try RiskTerm(.maxBits, mean: 0, deviation: 1, coefficient: .infinity) }),
            (
                "features.mean_log10_bits.scale is log10",
                { try RiskTerm(.meanLog10Bits, scale: .log10, mean: 0, deviation: 1, coefficient: 1) }
            ),
        ]
        for (message, make) in cases {
            do {
                _ = try make()
                Issue.record("accepted: \(message)")
            } catch {
                #expect("\(error)".hasPrefix(message), "\(error)")
            }
        }
        #expect(throws: Never.self) { try RiskModel.fixture(labels: 249, terms: [term, logged]) }
        #expect(throws: Never.self) { try RiskModel.fixture(labels: 250, terms: [term, logged, third]) }
    }
}
