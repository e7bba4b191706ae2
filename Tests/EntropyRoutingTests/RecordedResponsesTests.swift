import EntropyRouting
import Foundation
import Testing

/// Real responses with logprobs, when they are present: `QUALM_SHARED` names the folder that holds `data`, else it is
/// `../shared` beside the package.
enum Recordings {
    static let folder: URL = {
        let root =
            ProcessInfo.processInfo.environment["QUALM_SHARED"].map { URL(filePath: $0) }
            ?? packageRoot.deletingLastPathComponent().appending(path: "shared")
        return root.appending(path: "data/openai-recordings")
    }()

    /// Names without their endings; empty, with a printed reason, where there are none.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let names = files.filter { $0.hasSuffix(".json.gz") }.map { String($0.dropLast(8)) }.sorted()
        if names.isEmpty { print("skipped: recorded responses are not at \(folder.path)") }
        return names
    }()

    struct Response: Decodable {
        struct Choice: Decodable {
            struct Logprobs: Decodable { var content: [Token]? }
            var logprobs: Logprobs?
        }
        struct Token: Decodable {
            struct Alternative: Decodable {
                var token: String
                var logprob: Double
            }
            var token: String
            var logprob: Double
            var bytes: [UInt8]?
            var topLogprobs: [Alternative]?
        }
        var choices: [Choice]
    }

    private static func snakeCaseDecoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// The tokens of a response in OpenAI's chat shape; `nil` for other shapes.
    static func tokens(_ name: String) throws -> [Response.Token]? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["zcat", folder.appending(path: "\(name).json.gz").path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try? snakeCaseDecoder().decode(Response.self, from: data).choices.first?.logprobs?.content
    }
}

@Suite("Recorded responses", .enabled(if: !Recordings.names.isEmpty))
struct RecordedResponsesTests {
    private func monitor(_ tokens: [Recordings.Response.Token], _ each: (TokenUncertainty) -> Void = { _ in }) -> DraftMonitor {
        var monitor = DraftMonitor(strategy: .window(.standard))
        for token in tokens {
            let alternatives = token.topLogprobs ?? []
            let uncertainty = monitor.observe(
                token.logprob, in: alternatives.map(\.logprob), listed: alternatives.contains { $0.token == token.token },
                bytes: token.bytes ?? Array(token.token.utf8))
            each(uncertainty)
        }
        return monitor
    }

    @Test("Every real token is read, with ordered bounds and a plausible entropy", arguments: Recordings.names)
    func everyToken(name: String) throws {
        guard let tokens = try Recordings.tokens(name), name != "gpt2_logits_openai" else { return }
        let monitor = monitor(tokens) { token in
            #expect(token.isObserved, "\(name)")
            #expect(0 <= token.lower && token.lower <= token.estimate && token.estimate <= token.upper && token.upper < 17.7, "\(token)")
            #expect(token.surprisal.isFinite && token.surprisal >= 0)
        }
        let statistics = monitor.statistics
        print(
            name, "tokens \(tokens.count) tier \(monitor.tier.rawValue)",
            "window max \(rounded(monitor.windowMaxBits)) mean \(rounded(statistics.mean)) max \(rounded(statistics.max))",
            "censored \(statistics.censoredCount) tail \(rounded(statistics.tailMassMean))",
            monitor.finalAssessment(finishReason: .stop).level.rawValue)
    }

    @Test("Raw logits are not taken for logprobs")
    func rawLogits() throws {
        guard let tokens = try Recordings.tokens("gpt2_logits_openai") else { return }
        let monitor = monitor(tokens)
        #expect(monitor.signals.isInvalid && monitor.tier == .none)
        #expect(monitor.finalAssessment(finishReason: .stop).reason == .noEvidence)
    }

    @Test("The k = 5 estimate of a real token is near its k = 20 estimate")
    func fewerAlternatives() throws {
        guard let tokens = try Recordings.tokens("topk_20") else { return }
        let estimator = EntropyEstimator()
        var squares = (withTail: 0.0, renormalised: 0.0)
        for token in tokens {
            let all = (token.topLogprobs ?? []).map(\.logprob).sorted(by: >)
            let best = estimator.uncertainty(all[0], in: all).estimate
            let five = Array(all.prefix(5))
            let estimate = estimator.uncertainty(five[0], in: five).estimate
            let mass = five.reduce(0) { $0 + exp($1) }
            squares.withTail += (estimate - best) * (estimate - best)
            squares.renormalised += (naiveEntropy(five.map { exp($0) / mass }) - best) * (naiveEntropy(five.map { exp($0) / mass }) - best)
        }
        let (ours, renormalised) = (
            (squares.withTail / Double(tokens.count)).squareRoot(), (squares.renormalised / Double(tokens.count)).squareRoot()
        )
        print("k = 5 against k = 20 over \(tokens.count) tokens: RMSE \(rounded(ours)) bits; renormalised \(rounded(renormalised)) bits")
        #expect(ours < 0.05 && ours < renormalised / 3)
    }

    private func rounded(_ x: Double) -> Double { (x * 10_000).rounded() / 10_000 }
}
