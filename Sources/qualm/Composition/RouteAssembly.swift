import ArgumentParser
import Cascade
import EntropyRouting
import FoundationEssentials
import GatewayConfiguration

/// Configuration -> routes: the only place where configured values become the domain's.
enum RouteAssembly {
    static func routes(
        _ configuration: GatewayConfiguration, providers: [String: any CompletionProvider]
    ) throws -> [CascadeRoute] {
        let models = try checkArtefacts(configuration)
        return try configuration.routes.map { route in
            try assemble(route, configuration, providers: providers, model: route.routing.riskModel.flatMap { models[$0] })
        }
    }

    /// Loads every risk model that is named, by path, and reads every provider's `ca_file`; a file that is missing or wrong ends the
    /// process with status 78.
    static func checkArtefacts(_ configuration: GatewayConfiguration) throws -> [String: RiskModel] {
        try checkAuthorities(configuration)
        if configuration.cache.mode != .off, configuration.cache.store == .redisQdrant { _ = try SharedStores(configuration) }
        var models: [String: RiskModel] = [:]
        for path in Set(configuration.routes.compactMap(\.routing.riskModel)).sorted() {
            guard let file = FileManager.default.contents(atPath: path) else {
                StandardError.write("qualm: routing.risk_model: \(path) cannot be read\n")
                throw ExitCode(78)
            }
            do {
                models[path] = try RiskModelArtefact.load(jsonBytes: Array(file))
            } catch {
                StandardError.write("qualm: \(path): \(error)\n")
                throw ExitCode(78)
            }
        }
        try CalibrationCheck.report(configuration, models)
        return models
    }

    /// Found now, not as a failed TLS handshake of every request.
    private static func checkAuthorities(_ configuration: GatewayConfiguration) throws {
        var isUsable = true
        for provider in configuration.providers {
            guard let path = provider.caFile, FileManager.default.contents(atPath: path) == nil else { continue }
            StandardError.write("qualm: providers.\(provider.name).ca_file: \(path) cannot be read\n")
            isUsable = false
        }
        guard isUsable else { throw ExitCode(78) }
    }

    private static func assemble(
        _ route: RouteConfiguration, _ configuration: GatewayConfiguration, providers: [String: any CompletionProvider], model: RiskModel?
    ) throws -> CascadeRoute {
        let routing = route.routing
        guard let drafterProvider = providers[routing.drafter.provider], let heavyweightProvider = providers[routing.heavyweight.provider]
        else {
            StandardError.write("qualm: route '\(route.name)' names a provider that is not configured\n")
            throw ExitCode(78)
        }
        let window = RoutingStrategy.window(
            try WindowStrategy(
                windowTokens: routing.windowTokens, thresholdBits: routing.thresholdBits, prefireRatio: routing.prefireRatio,
                earlyExitTokens: routing.earlyExitTokens))
        var alternatives = ["window": window]
        if let model, routing.riskThreshold != nil || model.thresholds != nil {
            alternatives["risk"] = .risk(try riskStrategy(routing, model))
        } else if routing.strategy == .risk {
            StandardError.write(
                "qualm: route '\(route.name)' uses the strategy risk, but neither routing.risk_threshold nor its risk model gives a threshold\n"
            )
            throw ExitCode(78)
        }
        if let model { CalibrationCheck.settle(route, model, drafterProvider.capabilities, window: window, in: &alternatives) }
        let prefire = configuration.prefire
        return CascadeRoute(
            name: route.name, drafter: ModelName(routing.drafter), heavyweight: ModelName(routing.heavyweight),
            drafterProvider: drafterProvider, heavyweightProvider: heavyweightProvider,
            strategy: alternatives[routing.strategy.rawValue] ?? window, alternatives: alternatives, topLogprobs: routing.topLogprobs,
            release: ReleasePolicy(mode: releaseMode(route, model: model), tokens: route.release.tokens),
            prefire: PrefireRule.Settings(
                isEnabled: prefire.isEnabled, cancelRatio: prefire.cancelRatio, cancelAfterTokens: prefire.cancelAfterTokens,
                refractoryTokens: prefire.refractoryTokens, maxCancels: prefire.maxCancels),
            gates: QualityGates(enabled: enabledGates(configuration.gates)),
            estimator: model?.estimator(vocabularySize: drafterProvider.capabilities.vocabularySize)
                ?? EntropyEstimator(vocabularySize: drafterProvider.capabilities.vocabularySize),
            acceptsValidToolCalls: routing.toolCallsWithoutLogprobs == .acceptValid,
            policy: policy(routing, gates: configuration.gates, model: model),
            prefireEconomics: prefire.policy == .ratio
                ? nil
                : PrefireEconomics(
                    usdPerSecond: prefire.usdPerSecond, heavyweightTokensPerSecond: prefire.heavyweightTokensPerSecond))
    }

    /// A stricter level than the certified one keeps the promise, class by class; a looser one has none.
    private static func riskStrategy(_ routing: RoutingConfiguration, _ model: RiskModel) throws -> RiskStrategy {
        guard isPromised(routing, model), let level = routing.riskThreshold else {
            return try RiskStrategy(model: model, threshold: routing.riskThreshold, prefireRatio: routing.prefireRatio)
        }
        return try RiskStrategy(model: model, prefireRatio: routing.prefireRatio).capped(at: level)
    }

    /// The certificate covers the level in use.
    static func isPromised(_ routing: RoutingConfiguration, _ model: RiskModel) -> Bool {
        guard let certificate = model.certificate, let certified = model.thresholds?.greatest else { return false }
        guard let level = routing.riskThreshold else { return true }
        // Of the shipped ones, a stricter level may have more bad ones: that loss does not fall with the level.
        return level == certified || level < certified && certificate.loss != .selective
    }

    /// A certificate holds for whole drafts: what is released before the verdict cannot be taken back.
    private static func releaseMode(_ route: RouteConfiguration, model: RiskModel?) -> ReleaseMode {
        let isCertified = route.routing.strategy == .risk && (model.map { isPromised(route.routing, $0) } ?? false)
        let chosen = ReleaseMode(rawValue: route.release.mode.rawValue) ?? (isCertified ? .buffered : .boundary)
        if isCertified, chosen != .buffered {
            StandardError.write(
                "qualm: warning: route '\(route.name)': with 'release.mode: \(chosen.rawValue)' parts of a draft leave before its verdict; "
                    + "the certificate of '\(route.routing.riskModel ?? "")' holds with 'buffered' (or 'auto')\n")
        }
        return chosen
    }

    /// Names everything that decides which answer is shipped: a stored answer made under another policy is not used. The window's and the
    /// risk model's numbers both, because a client may choose between them.
    private static func policy(_ routing: RoutingConfiguration, gates: GatesConfiguration, model: RiskModel?) -> String {
        let parts: [String] = [
            routing.drafter.description, routing.heavyweight.description, "\(routing.windowTokens)", "\(routing.thresholdBits)",
            "\(routing.earlyExitTokens)", routing.toolCallsWithoutLogprobs.rawValue,
            enabledGates(gates).map(\.rawValue).sorted().joined(separator: ","),
            model.map { "\(StableHash.of("\($0)")) \(routing.riskThreshold ?? $0.threshold ?? 1)" } ?? "",
        ]
        return parts.joined(separator: " ")
    }

    static func enabledGates(_ gates: GatesConfiguration) -> Set<GateName> {
        let switches: [(GateName, Bool)] = [
            (.emptyAnswer, gates.emptyAnswer), (.length, gates.length), (.structuredOutput, gates.structuredOutput),
            (.toolCall, gates.toolCalls), (.refusal, gates.refusal), (.contentFilter, gates.contentFilter),
        ]
        return Set(switches.filter(\.1).map(\.0))
    }
}

extension ModelName {
    init(_ model: ConfiguredModel) { self.init(provider: model.provider, model: model.model) }
}
