import ArgumentParser
import Cascade
import FoundationEssentials
import GatewayConfiguration
import Providers
import SemanticCache

/// `qualm cache`: what concerns the semantic cache.
struct Cache: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The semantic cache.", subcommands: [CacheCertify.self])
}

/// `qualm cache certify`: from labelled pairs to a score threshold with a guarantee.
struct CacheCertify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certify",
        abstract: "Certify the score threshold of the vector level on labelled pairs of prompts.",
        discussion: """
            Each line of the file is a JSON object: "a" and "b", two prompts; "same", whether one answer serves both; and optionally "guard". The \
            prompts are embedded by 'embeddings.model' of the configuration, which costs what that model costs.

            Exit status 0 when a threshold is certified, 1 when none can be, 65 when the file is wrong, 66 when it cannot be read, 69 when the embedder fails, 78 when the \
            configuration is.
            """)

    @OptionGroup var source: ConfigurationSource

    @Option(help: "The labelled pairs: JSON lines.")
    var pairs = "calibration/cache-pairs.jsonl"

    enum Loss: String, ExpressibleByArgument, CaseIterable {
        case joint, different
    }

    @Option(help: "What wrong lookups are counted against: different, the pairs with different answers; joint, all pairs (laxer).")
    var loss = Loss.different

    @Option(help: "Share of wrong lookups that is allowed: more than 0, less than 1.")
    var alpha = 0.01

    @Option(help: "Probability that the certificate is wrong: more than 0, less than 1.")
    var delta = 0.05

    func validate() throws {
        guard alpha > 0, alpha < 1 else { throw ValidationError("--alpha must be more than 0 and less than 1, not \(alpha)") }
        guard delta > 0, delta < 1 else { throw ValidationError("--delta must be more than 0 and less than 1, not \(delta)") }
    }

    func run() async throws {
        let configuration = try source.load()
        let labelled = try read()
        let providers = try ProviderAssembly(configuration) { $0 == configuration.embeddings.model?.provider }
        defer { providers.shutdown() }
        guard let embedder = EmbedderAssembly.embedder(configuration, providers: providers) else {
            StandardError.write(
                "qualm: there is no embedder: 'embeddings.model' is empty, or its provider has no key; set the key, or name another model\n"
            )
            throw ExitCode(78)
        }
        let certification = CacheCertification(
            loss: loss == .joint ? .joint : .different, alpha: alpha, delta: delta,
            similarityThreshold: configuration.cache.similarityThreshold)
        let report: CertificationReport
        do throws(StoreError) {
            report = try await certification.report(on: labelled, embedder: embedder)
        } catch {
            StandardError.write("qualm: the pairs could not be embedded: \(error)\n")
            throw ExitCode(69)
        }
        print("\(labelled.count) pairs of \(pairs), embedded by \(embedder.model.qualified)\n")
        print(report.rendered())
        if report.certifiedScore == nil { throw ExitCode(1) }
    }

    private func read() throws -> [LabelledPair] {
        guard let file = FileManager.default.contents(atPath: pairs) else {
            StandardError.write("qualm: \(pairs): cannot be read; --pairs names a file of labelled pairs\n")
            throw ExitCode(66)
        }
        do throws(PairsFileError) {
            return try LabelledPair.parse(lines: Array(file))
        } catch {
            StandardError.write("qualm: \(pairs): \(error)\n")
            throw ExitCode(65)
        }
    }
}
