import ArgumentParser
import CalibrationData
import Cascade
import GatewayConfiguration
import Judging
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The judge of the configuration, and the transport under it.
struct JudgeSetup {
    let judge: LLMJudge
    private let providers: ProviderAssembly

    /// - Throws: exit status 78 when the provider is not configured, or has no known price where a cap needs one.
    init(_ name: ConfiguredModel, configuration: GatewayConfiguration, options: LLMJudge.Options, needsPrice: Bool) throws {
        let model = ModelName(name)
        let configured = configuration.providers.map(\.name)
        guard configured.contains(model.provider) else {
            throw Self.problem("--judge: '\(model.provider)' is not one of the configured providers: \(configured.joined(separator: ", "))")
        }
        let prices = Cascade.PriceBook(configuration)
        if needsPrice && prices[model] == nil {
            throw Self.problem(
                "--max-usd needs the price of \(model.qualified): set it under 'prices', or pass --allow-unknown-prices and no cap holds")
        }
        providers = try ProviderAssembly(configuration) { $0 == model.provider }
        guard let provider = providers.providers.first else { throw Self.problem("--judge: '\(model.provider)' is not served") }
        judge = LLMJudge(provider: provider, model: model, prices: prices, options: options)
    }

    func shutdown() { providers.shutdown() }

    private static func problem(_ message: String) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(78)
    }
}

/// One line on standard error that says how far the judging is: rewritten on a terminal, otherwise a new one every five seconds.
struct JudgingProgressLine {
    private let started = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shownAt: ContinuousClock.Instant?

    mutating func show(_ progress: JudgingRun.Progress) {
        let now = ContinuousClock.now
        let isLast = progress.done == progress.total
        if !isLast, let shownAt, now - shownAt < (isTerminal ? .milliseconds(100) : .seconds(5)) { return }
        shownAt = now
        let seconds = max(1e-3, Double((now - started).components.seconds) + Double((now - started).components.attoseconds) / 1e18)
        let rate = Double(progress.done) / seconds
        let left = rate > 0 ? Int(Double(progress.total - progress.done) / rate) : 0
        let full = progress.total > 0 ? 20 * progress.done / progress.total : 20
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
        let text =
            "judge  \(bar)  \(progress.done)/\(progress.total)  \((rate * 10).rounded() / 10)/s  "
            + "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left  $\(Dollars.text(progress.spentUSD))"
        StandardError.write(isTerminal ? "\r\u{1B}[K\(text)\(isLast ? "\n" : "")" : "\(text)\n")
    }
}

/// Runs `body` while the first SIGINT or SIGTERM asks `stop` to end what is under way, and the second ends the process: whatever is in the file
/// by then is whole.
func withStopOnSignal<Result>(_ stop: StopRequest, _ body: () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                if stop.isRequested { _exit(signal == .sigint ? 130 : 143) }
                stop.request()
                StandardError.write("\nqualm: finishing what is under way; once more to end at once\n")
            }
        }
        defer { group.cancelAll() }
        return try await body()
    }
}
