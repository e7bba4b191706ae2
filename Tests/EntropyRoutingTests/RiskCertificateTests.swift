import EntropyRouting
import GatewayTesting
import Testing

@Suite("Certified thresholds")
struct RiskCertificateTests {
    private static func certificate(_ change: (inout RiskCertificate) -> Void = { _ in }) -> RiskCertificate {
        var certificate = RiskCertificate(
            loss: .joint, alpha: 0.05, delta: 0.05, grid: [0.05, 0.1, 0.2], losses: 3, labels: 400, bound: 0.02, coverage: 0.7)
        change(&certificate)
        return certificate
    }

    private static func part(
        _ taskClass: TaskClass, _ threshold: Double, losses: Int = 1, labels: Int = 90, bound: Double = 0.04, coverage: Double = 0.5
    ) -> RiskCertificate.ClassPart {
        RiskCertificate.ClassPart(
            taskClass: taskClass, threshold: threshold, losses: losses, labels: labels, bound: bound, coverage: coverage)
    }

    private static func model(_ certificate: RiskCertificate?, threshold: Double? = 0.1) throws -> RiskModel {
        let plain = try RiskModel.fixture()
        return try RiskModel(
            key: plain.key, provenance: plain.provenance, terms: plain.terms, defaultIntercept: 0, threshold: threshold,
            certificate: certificate)
    }

    @Test("a certificate that contradicts itself is refused, naming the member")
    func refused() throws {
        let cases: [(String, (inout RiskCertificate) -> Void)] = [
            ("certificate.alpha is 0", { $0.alpha = 0 }),
            ("certificate.alpha is 1", { $0.alpha = 1 }),
            ("certificate.alpha is nan", { $0.alpha = .nan }),
            ("certificate.delta is 0", { $0.delta = 0 }),
            ("certificate.delta is 1", { $0.delta = 1 }),
            ("certificate.judge_sensitivity is 0", { $0.judgeSensitivity = 0 }),
            ("certificate.judge_sensitivity is 1.1", { $0.judgeSensitivity = 1.1 }),
            ("certificate.grid is []", { $0.grid = [] }),
            ("certificate.grid is [0.0, 0.1]", { $0.grid = [0, 0.1] }),
            ("certificate.grid is [0.1, 0.1]", { $0.grid = [0.1, 0.1] }),
            ("certificate.grid is [0.2, 0.1]", { $0.grid = [0.2, 0.1] }),
            ("certificate.grid is [0.1, 1.5]", { $0.grid = [0.1, 1.5] }),
            ("certificate.grid is [0.05, 0.2]; expected a list that holds the threshold 0.1", { $0.grid = [0.05, 0.2] }),
            ("certificate.labels is 0", { $0.labels = 0 }),
            ("certificate.losses is 401", { $0.losses = 401 }),
            ("certificate.losses is -1", { $0.losses = -1 }),
            ("certificate.bound is 1.01", { $0.bound = 1.01 }),
            ("certificate.coverage is -0.1", { $0.coverage = -0.1 }),
            ("certificate.classes.code is there twice", { $0.classes = [Self.part(.code, 0.1), Self.part(.code, 0.2)] }),
            ("certificate.classes.code.threshold is 0.15", { $0.classes = [Self.part(.code, 0.15)] }),
            ("certificate.classes.code.labels is -1", { $0.classes = [Self.part(.code, 0, losses: 0, labels: -1)] }),
            ("certificate.classes.code.losses is 91", { $0.classes = [Self.part(.code, 0, losses: 91)] }),
            ("certificate.classes.code.bound is nan", { $0.classes = [Self.part(.code, 0, bound: .nan)] }),
            ("certificate.classes.code.coverage is 2.0", { $0.classes = [Self.part(.code, 0, coverage: 2)] }),
        ]
        for (message, change) in cases {
            do {
                _ = try Self.model(Self.certificate(change))
                Issue.record("accepted: \(message)")
            } catch {
                #expect("\(error)".hasPrefix(message), "\(error)")
            }
        }
        #expect(throws: Never.self) { try Self.model(Self.certificate()) }
        #expect(throws: Never.self, "a model that was only fitted") { try Self.model(Self.certificate { $0.grid = [0.3] }, threshold: nil) }
    }

    @Test("a certificate by class decides by class; a class it does not know escalates")
    func byClass() throws {
        let model = try Self.model(
            Self.certificate {
                $0.classes = [Self.part(.simpleFactual, 0.2), Self.part(.code, 0.05), Self.part(.creative, 0, losses: 0, labels: 9)]
            })
        let strategy = try RiskStrategy(model: model)
        for (taskClass, level) in [(TaskClass.simpleFactual, 0.2), (.code, 0.05), (.creative, 0), (.reasoning, 0)] {
            #expect(strategy.thresholds[taskClass] == level)
            #expect(strategy.finalLevel(level, taskClass) == (level > 0 ? .doubt : .reject))
            #expect(strategy.finalLevel(0, taskClass) == (level > 0 ? .calm : .reject))
            #expect(strategy.finalLevel(level + 0.01, taskClass) == .reject)
            #expect(strategy.streamingLevel(level, taskClass) == .doubt)
        }
        #expect(RoutingStrategy.risk(strategy).threshold == 0.2)
        #expect(try RiskStrategy(model: model, threshold: 0.3).thresholds[.creative] == 0.3, "a level that is given is everybody's")
        #expect(try Self.model(nil).thresholds?[.creative] == 0.1)
    }

    @Test("a certificate that ships nothing is no threshold")
    func shipsNothing() throws {
        let model = try Self.model(Self.certificate { $0.classes = [Self.part(.code, 0)] })
        #expect(model.thresholds == nil)
        #expect(throws: ParameterError.self) { try RiskStrategy(model: model) }
    }

    @Test("levels are probabilities, and at least one ships something")
    func levels() throws {
        for level in [0, -0.1, 1.1, .nan, .infinity] {
            #expect(throws: ParameterError.self, "\(level)") { try RiskThresholds(overall: level) }
        }
        #expect(throws: ParameterError.self) { try RiskThresholds(overall: 0.1, byClass: [.code: 1.2]) }
        #expect(throws: ParameterError.self) { try RiskThresholds(overall: 0, byClass: [.code: 0]) }
        let thresholds = try RiskThresholds(overall: 0, byClass: [.code: 0.3])
        #expect(thresholds[.code] == 0.3 && thresholds[.creative] == 0 && thresholds.greatest == 0.3)
    }

    @Test("a cap lowers what is above it and nothing else; at 0 nothing is shipped")
    func capped() throws {
        let thresholds = try RiskThresholds(overall: 0.2, byClass: [.code: 0.05, .creative: 0.4])
        let capped = thresholds.capped(at: 0.1)
        #expect(capped[.code] == 0.05 && capped[.creative] == 0.1 && capped[.reasoning] == 0.1 && capped.greatest == 0.1)
        #expect(thresholds.capped(at: 1) == thresholds)
        #expect(thresholds.capped(at: -1).greatest == 0)

        let strategy = try RiskStrategy(model: Self.model(nil), threshold: 0.9)
        var monitor = DraftMonitor(strategy: .risk(strategy.capped(at: 0)))
        monitor.observe(entropy: 0)
        #expect(monitor.assessment.level == .doubt && monitor.finalAssessment(finishReason: .stop).level == .reject)
        monitor = DraftMonitor(strategy: .risk(strategy.capped(at: 0.55)))
        monitor.observe(entropy: 0)
        // sigmoid(0) = .5.
        #expect(monitor.finalAssessment(finishReason: .stop).level != .reject)
        monitor = DraftMonitor(strategy: .risk(strategy.capped(at: 0.45)))
        monitor.observe(entropy: 0)
        #expect(monitor.finalAssessment(finishReason: .stop).level == .reject)
    }
}
