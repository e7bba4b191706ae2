import EntropyRouting
import FastJSON
import Testing

@testable import GatewayConfiguration

@Suite("Risk model artefact")
struct RiskModelArtefactTests {
    static let valid = """
        {
          "format": "qualm-risk-model/1",
          "key": {"drafter": "gpt-4.1-nano", "provider": "openai", "tier": "top_k", "top_logprobs": 20, "temperature": 0.7,
                  "prompt_mode": "plain"},
          "provenance": {"date": "2026-01-31", "labels": 518, "data_hash": "sha256:9f2c", "l2": 1},
          "window_tokens": 12,
          "threshold": 0.06,
          "features": [
            {"name": "mean_bits", "scale": "log10", "mean": -1.5, "deviation": 0.5, "coefficient": 0.8},
            {"name": "log_length", "mean": 4, "deviation": 0.6, "coefficient": 0.4},
            {"name": "cusum_max_bits", "scale": "linear", "mean": 2, "deviation": 1.5, "coefficient": 0.3}
          ],
          "intercepts": {"default": -1.9, "creative": -3.1}
        }
        """

    private func load(_ text: String) throws(RiskModelArtefactError) -> RiskModel {
        try RiskModelArtefact.load(jsonBytes: Array(text.utf8))
    }

    @Test("Every member of the artefact reaches the model")
    func complete() throws {
        let expected = try RiskModel(
            key: .init(drafter: "gpt-4.1-nano", provider: "openai", tier: .topK, topLogprobs: 20, temperature: 0.7, promptMode: "plain"),
            provenance: .init(date: "2026-01-31", labels: 518, dataHash: "sha256:9f2c"),
            terms: [
                RiskTerm(.meanBits, scale: .log10, mean: -1.5, deviation: 0.5, coefficient: 0.8),
                RiskTerm(.logLength, mean: 4, deviation: 0.6, coefficient: 0.4),
                RiskTerm(.cusumMaxBits, mean: 2, deviation: 1.5, coefficient: 0.3),
            ],
            intercepts: [.creative: -3.1], defaultIntercept: -1.9, windowTokens: 12, threshold: 0.06)
        #expect(try load(Self.valid) == expected)
    }

    @Test("What may be left out has its default")
    func defaults() throws {
        var text = Self.valid
        for optional in [#", "l2": 1"#, #""window_tokens": 12,"#, #""threshold": 0.06,"#, #", "creative": -3.1"#] {
            text = text.replacing(optional, with: "")
        }
        let model = try load(text)
        #expect(model.windowTokens == 10 && model.threshold == nil && model.provenance.l2 == 1 && model.intercepts.isEmpty)
    }

    @Test("What is written is read back as it was, certificate, speed layer and all")
    func roundTrip() throws {
        let certificate = RiskCertificate(
            loss: .recoverable, alpha: 0.02, delta: 0.05, judgeSensitivity: 0.9, grid: [0.005, 0.06, 1], losses: 3, labels: 518,
            bound: 0.0149, coverage: 0.71,
            classes: [
                .init(taskClass: .code, threshold: 0, losses: 0, labels: 12, bound: 1, coverage: 0),
                .init(taskClass: .creative, threshold: 0.06, losses: 1, labels: 300, bound: 0.012, coverage: 0.66),
            ])
        let model = try RiskModel(
            key: .init(drafter: "a \"quoted\" name", provider: "p", tier: .top1, topLogprobs: 1, temperature: 0.1, promptMode: "plain"),
            provenance: .init(date: "2026-01-31", labels: 518, dataHash: "sha256:9f2c", l2: 0.5),
            terms: [RiskTerm(.meanBits, scale: .log10, mean: -1.0 / 3, deviation: 0.1 + 0.2, coefficient: 1e-300)],
            intercepts: [.creative: -3.1, .code: .pi], defaultIntercept: -1.9, windowTokens: 12, threshold: 0.06, certificate: certificate,
            speed: SpeedLayer(
                landmarks: [.init(token: 8, intercept: -1.25, slope: 0.5, tokensLeft: 40, secondsLeft: 0.8)], drafts: 200),
            estimation: .init(vocabularySize: 768, tail: [.init(k: 1, bits: 1.5), .init(k: 20, bits: 3)]),
            origin: .init(models: ["m-1", "m-2"], fingerprints: ["fp_1"]))
        let bytes = RiskModelArtefact.encode(model)
        #expect(try RiskModelArtefact.load(jsonBytes: bytes) == model)
        #expect(RiskModelArtefact.encode(try RiskModelArtefact.load(jsonBytes: bytes)) == bytes)
        #expect(model.thresholds?[.code] == 0 && model.thresholds?[.creative] == 0.06 && model.thresholds?[.reasoning] == 0)
    }

    @Test("The first format has no certificate, and says so")
    func firstFormat() throws {
        let text = Self.valid.replacing(#""threshold": 0.06,"#, with: #""threshold": 0.06, "speed": {"drafts": 1, "landmarks": []},"#)
        #expect(throws: RiskModelArtefactError.self) { try load(text) }
        #expect(try load(text.replacing("risk-model/1", with: "risk-model/2")).speed != nil)
    }

    @Test(
        "A certificate that cannot be is refused with the member at fault",
        arguments: [
            (#""alpha":0.02"#, #""alpha":0"#, "certificate.alpha"), (#""bound":0.0149"#, #""bound":1.5"#, "certificate.bound"),
            (#""loss":"recoverable""#, #""loss":"any""#, "certificate.loss"), (#""losses":3"#, #""losses":519"#, "certificate.losses"),
            (#""delta":0.05,"#, "", "certificate.delta"), (#"[0.005,0.06,1]"#, #"[0.06,0.005,1]"#, "certificate.grid"),
            (#"[0.005,0.06,1]"#, #"[0.005,1]"#, "certificate.grid"),
            (#""labels":518,"bound""#, #""labels":0,"bound""#, "certificate.labels"),
        ])
    func faultyCertificate(replace: String, with: String, member: String) throws {
        let certificate =
            #"{"loss":"recoverable","alpha":0.02,"delta":0.05,"judge_sensitivity":1,"grid":[0.005,0.06,1],"losses":3,"labels":518,"bound":0.0149,"coverage":0.7}"#
        func text(_ certificate: String) -> String {
            Self.valid.replacing("risk-model/1", with: "risk-model/2").replacing(
                #""threshold": 0.06,"#, with: #""threshold": 0.06, "certificate": \#(certificate),"#)
        }
        #expect(try load(text(certificate)).certificate?.labels == 518)
        let error = #expect(throws: RiskModelArtefactError.self) { try load(text(certificate.replacing(replace, with: with))) }
        #expect(error?.description.contains(member) == true, "\(error?.description ?? "")")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var replace: String
        var with: String
        var message: String
        var testDescription: String { "\(replace) -> \(with)" }
    }

    static let faults: [Fault] = [
        Fault(
            replace: "qualm-risk-model/1", with: "qualm-risk-model/3",
            message: #"risk model: format is "qualm-risk-model/3"; expected "qualm-risk-model/2""#),
        Fault(replace: #""drafter": "gpt-4.1-nano", "#, with: "", message: "risk model: key.drafter is missing; expected a text"),
        Fault(replace: #""gpt-4.1-nano""#, with: #""""#, message: "risk model: key.drafter is empty; expected a text"),
        Fault(
            replace: #""top_k""#, with: #""none""#,
            message: #"risk model: key.tier is "none"; expected one of "top_k", "top_1", "surprisal""#),
        Fault(
            replace: #""top_logprobs": 20"#, with: #""top_logprobs": 2.5"#,
            message: "risk model: key.top_logprobs is the number 2.5; expected a whole number"),
        Fault(
            replace: #""top_logprobs": 20"#, with: #""top_logprobs": 21"#, message: "risk model: key.top_logprobs is 21; expected 0 to 20"),
        Fault(
            replace: #""labels": 518"#, with: #""labels": "518""#,
            message: #"risk model: provenance.labels is the text "518"; expected a whole number"#),
        Fault(
            replace: #""labels": 518"#, with: #""labels": 249"#,
            message: "risk model: features holds 3 features fitted on 249 labels; expected at most 2"),
        Fault(
            replace: #""coefficient": 0.4"#, with: #""coeficient": 0.4"#,
            message: "risk model: features[1].coefficient is missing; expected a number"),
        Fault(
            replace: #""mean": 4,"#, with: #""mean": 4, "coeficient": 1,"#,
            message: #"risk model: features[1].coeficient is not a member of the format; did you mean "coefficient"?"#),
        Fault(
            replace: #""mean": 4,"#, with: #""mean": 4, "mean": 5,"#,
            message: "risk model: features[1].mean is there twice; expected it once"),
        Fault(replace: #""mean": 4,"#, with: #""mean": null,"#, message: "risk model: features[1].mean is null; expected a number"),
        Fault(replace: "log_length", with: "length", message: #"risk model: features names "length", which is not a feature"#),
        Fault(
            replace: #""linear""#, with: #""square""#,
            message: #"risk model: features[2].scale is "square"; expected one of "linear", "log10""#),
        Fault(
            replace: #""deviation": 0.6"#, with: #""deviation": 0"#,
            message: "risk model: features.log_length.deviation is 0.0; expected above 0"),
        Fault(replace: #""default": -1.9, "#, with: "", message: "risk model: intercepts.default is missing; expected a number"),
        Fault(
            replace: #""creative""#, with: #""poetry""#,
            message: "risk model: intercepts.poetry is not a member of the format; expected default"),
        Fault(replace: #""threshold": 0.06"#, with: #""threshold": 1.5"#, message: "risk model: threshold is 1.5; expected a probability"),
        Fault(
            replace: #""window_tokens": 12"#, with: #""window_tokens": 0"#, message: "risk model: window_tokens is 0; expected 1 to 1024"),
        Fault(replace: #""window_tokens": 12,"#, with: #""window_tokens": 12"#, message: "the risk model is not JSON: line 7"),
        Fault(
            replace: "\"features\": [", with: "\"features\": [7,", message: "risk model: features[0] is the number 7.0; expected"),
    ]

    @Test("A faulty artefact is refused with the member at fault", arguments: faults)
    func faulty(_ fault: Fault) {
        let text = Self.valid.replacing(fault.replace, with: fault.with, maxReplacements: 1)
        #expect(text != Self.valid)
        do {
            _ = try load(text)
            Issue.record("accepted")
        } catch {
            #expect(error.description.hasPrefix(fault.message), "\(error)")
        }
    }

    @Test("Other documents are refused")
    func otherDocuments() {
        for (text, message) in [
            ("[]", "risk model: the document is an array; expected an object"),
            ("", "the risk model is not JSON"),
            ("{}", "risk model: format is missing; expected a text"),
        ] {
            do {
                _ = try load(text)
                Issue.record("accepted \(text)")
            } catch {
                #expect(error.description.hasPrefix(message), "\(error)")
            }
        }
        let large = [UInt8](repeating: UInt8(ascii: " "), count: RiskModelArtefact.maxBytes + 1)
        #expect(throws: RiskModelArtefactError.self) { try RiskModelArtefact.load(jsonBytes: large) }
    }
}
