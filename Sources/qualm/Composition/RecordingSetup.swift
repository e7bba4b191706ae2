import ArgumentParser
import Cascade
import GatewayConfiguration
import Recorder

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Configuration and options -> the models of a recording run, and the transports under them.
struct RecordingSetup {
    let settings: RecordingSettings
    private let assembly: ProviderAssembly

    /// - Parameters:
    ///   - route: whose drafter and heavyweight are meant where `drafter` and `heavyweight` are `nil`.
    ///   - asksHeavyweight: false records drafts only.
    /// - Throws: exit status 78 when there is no such route or provider.
    init(
        _ configuration: GatewayConfiguration, route name: String, drafter: ConfiguredModel?, heavyweight: ConfiguredModel?,
        asksHeavyweight: Bool
    ) throws {
        let route = configuration.route(named: name)
        guard let drafter = drafter ?? route?.routing.drafter,
            let heavyweight = heavyweight ?? route?.routing.heavyweight ?? (asksHeavyweight ? nil : drafter)
        else {
            let known = configuration.routes.map(\.name).joined(separator: ", ")
            throw Self.problem("--route: there is no '\(name)'; the configuration has \(known)")
        }
        let models = [drafter] + (asksHeavyweight ? [heavyweight] : [])
        for model in models where !configuration.providers.contains(where: { $0.name == model.provider }) {
            let known = configuration.providers.map(\.name).joined(separator: ", ")
            throw Self.problem("there is no provider '\(model.provider)' for \(model); the configuration has \(known)")
        }
        let assembly = try ProviderAssembly(configuration) { name in models.contains { $0.provider == name } }
        let legs = models.compactMap { model in
            assembly.providers.first { $0.name == model.provider }.map { RecordingSettings.Leg(model: ModelName(model), provider: $0) }
        }
        guard legs.count == models.count, let first = legs.first else {
            assembly.shutdown()
            throw Self.problem("a provider of \(models.map(\.description).joined(separator: " and ")) is not served")
        }
        var settings = RecordingSettings(drafter: first, heavyweight: asksHeavyweight ? legs.last : nil)
        settings.prices = Cascade.PriceBook(configuration)
        // What is recorded is what a calibration for this route holds for.
        if let routing = (route ?? configuration.route(named: RouteConfiguration.automatic))?.routing {
            settings.temperature = routing.temperature
            settings.topLogprobs = max(1, routing.topLogprobs)
            settings.promptMode = routing.promptMode
        }
        self.settings = settings
        self.assembly = assembly
    }

    func shutdown() { assembly.shutdown() }

    private static func problem(_ message: String) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(78)
    }
}

/// Shows how far a run is on standard error: one line rewritten on a terminal, otherwise a new one every five seconds.
struct RecordingDisplay {
    let progress: RecordingProgress

    /// Until the task is cancelled.
    func run() async {
        let isTerminal = isatty(STDERR_FILENO) == 1
        do {
            while true {
                try await Task.sleep(for: isTerminal ? .milliseconds(200) : .seconds(5))
                show(isTerminal)
            }
        } catch {
            show(isTerminal)
            if isTerminal { StandardError.write("\n") }
        }
    }

    private func show(_ isTerminal: Bool) {
        let counts = progress.counts
        StandardError.write(
            isTerminal ? "\r\u{1B}[K\(ProgressLine.text(counts, width: Self.columns))" : "\(ProgressLine.plain(counts))\n")
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
