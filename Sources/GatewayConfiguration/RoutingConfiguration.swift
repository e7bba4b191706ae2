/// `routing`: which models, and when the draft is not trusted. Each route may override any of it.
public struct RoutingConfiguration: Sendable, Equatable {
    /// How uncertainty turns into a verdict (`routing.md`, sections 1 and 4).
    public enum Strategy: String, Sendable, CaseIterable {
        /// The mean entropy of a sliding window against `thresholdBits`.
        case window
        /// A fitted risk model against `riskThreshold`.
        case risk
    }

    /// What happens to a draft that comes without logprobs. It is never silently accepted.
    public enum DrafterWithoutLogprobs: String, Sendable, CaseIterable {
        /// The heavyweight answers.
        case escalate
        /// Such a drafter is refused when the configuration is loaded; a draft that turns out to have none is escalated.
        case refuse
    }

    /// What happens to a draft whose answer is tool calls that came without logprobs, as OpenAI's do.
    public enum ToolCallsWithoutLogprobs: String, Sendable, CaseIterable {
        /// The heavyweight answers.
        case escalate
        /// A complete call that matches its schema is accepted, and the decision says so (`accepted_by_schema`).
        case acceptValid = "accept_valid"
    }

    /// What a calibrated route does when its calibration is for something else than what runs.
    public enum CalibrationMismatch: String, Sendable, CaseIterable {
        /// The gateway does not start; what shows only while it runs (another temperature, a new fingerprint) is escalated.
        case refuse
        /// The uncalibrated window rule decides.
        case window
        /// The heavyweight answers.
        case escalate
    }

    /// Streams first. Default `openai:gpt-4.1-nano`. Its provider exists.
    public let drafter: ConfiguredModel
    /// Answers when the draft is not trusted. Default `openai:gpt-4.1`. Its provider exists.
    public let heavyweight: ConfiguredModel
    /// Default `window`.
    public let strategy: Strategy
    /// Alternatives to ask for per token, 0...20 and never more than the drafter's provider gives. Default 20.
    public let topLogprobs: Int
    /// Tokens of the sliding window, 1...256. Default 10.
    public let windowTokens: Int
    /// From this token on a window that is not yet full decides by its own mean. 1...`windowTokens`. Default 10, or `windowTokens` if
    /// that is less.
    public let earlyExitTokens: Int
    /// Mean entropy of the window, in bits, from which a draft is not trusted. More than 0, at most 17.6 (lg of o200k's
    /// vocabulary). Default 1.5.
    public let thresholdBits: Double
    /// Share of the threshold at which the heavyweight is pre-fired, more than 0, at most 1. Default 0.8.
    public let prefireRatio: Double
    /// Path of the risk model artefact as written in the file. Not nil with strategy `risk`.
    public let riskModel: String?
    /// Risk from which a draft is not trusted, more than 0, at most 1; nil takes the artefact's own.
    public let riskThreshold: Double?
    /// Default `refuse`.
    public let calibrationMismatch: CalibrationMismatch
    /// Name of the prompt template in front of the drafter, which the calibration's must equal. Default `plain`.
    public let promptMode: String
    /// The temperature at which the drafter samples when a client names none, 0...2. Default 1.
    public let temperature: Double
    /// Default `escalate`.
    public let drafterWithoutLogprobs: DrafterWithoutLogprobs

    /// Default `escalate`.
    public let toolCallsWithoutLogprobs: ToolCallsWithoutLogprobs

    /// `top_logprobs` as written: what a route with another drafter inherits.
    private let wantedTopLogprobs: Int

    /// - Parameter inherited: `routing`, when this is a route's section; nil for `routing` itself.
    init(
        _ section: inout SectionReader,
        inheriting inherited: RoutingConfiguration?,
        providers: [ProviderConfiguration],
        prices: PriceBook
    ) {
        drafter = section.read(
            "drafter", .model, default: inherited?.drafter ?? ConfiguredModel(provider: "openai", model: "gpt-4.1-nano"),
            "the model that streams first; its provider must be in 'providers'")
        heavyweight = section.read(
            "heavyweight", .model, default: inherited?.heavyweight ?? ConfiguredModel(provider: "openai", model: "gpt-4.1"),
            "the model that answers when the draft is not trusted; its provider must be in 'providers'")
        strategy = section.read(
            "strategy", .oneOf(), default: inherited?.strategy ?? .window,
            "how uncertainty becomes a verdict: 'window', the mean entropy of a sliding window, or 'risk', a fitted risk model")
        wantedTopLogprobs = section.read(
            "top_logprobs", .integer(0...20), default: inherited?.wantedTopLogprobs ?? 20,
            "alternatives asked for per token; never more than the provider's 'max_top_logprobs'")
        windowTokens = section.read(
            "window_tokens", .integer(1...256, unit: "tokens"), default: inherited?.windowTokens ?? 10,
            "length of the sliding window")
        let earlyExit = section.read(
            "early_exit_tokens", .integer(1...256, unit: "tokens"), default: inherited?.earlyExitTokens ?? 10,
            "from this token on a part-filled window decides by its own mean; at most 'window_tokens', which it is when that is less"
        )
        thresholdBits = section.read(
            "threshold_bits", .number(0...17.6, openAtStart: true, unit: "bits"), default: inherited?.thresholdBits ?? 1.5,
            "mean entropy of the window from which a draft is not trusted (strategy window)")
        prefireRatio = section.read(
            "prefire_ratio", .number(0...1, openAtStart: true, unit: "share"), default: inherited?.prefireRatio ?? 0.8,
            "share of the threshold at which the heavyweight is started ahead of the verdict")
        riskModel = section.read(
            "risk_model", ConfigurationValue<String>.nonEmptyText("a path", type: "path").optional, default: inherited?.riskModel,
            "the fitted risk model; required with strategy risk")
        riskThreshold = section.read(
            "risk_threshold", ConfigurationValue<Double>.number(0...1, openAtStart: true, unit: "probability").optional,
            default: inherited?.riskThreshold,
            "risk from which a draft is not trusted; default: the one in the risk model")
        calibrationMismatch = section.read(
            "calibration_mismatch", .oneOf(), default: inherited?.calibrationMismatch ?? .refuse,
            "what a calibration for another drafter, temperature or fingerprint leads to: refuse to start (and escalate what shows only "
                + "later), the window rule, or escalate everything")
        promptMode = section.read(
            "prompt_mode", .nonEmptyText("a name", type: "name"), default: inherited?.promptMode ?? "plain",
            "name of the prompt template in front of the drafter; a calibration holds for one")
        temperature = section.read(
            "temperature", .number(0...2), default: inherited?.temperature ?? 1,
            "at which the drafter samples when a client names none; a calibration holds for one")
        drafterWithoutLogprobs = section.read(
            "drafter_without_logprobs", .oneOf(), default: inherited?.drafterWithoutLogprobs ?? .escalate,
            "what a draft without logprobs leads to: escalate it, or refuse such a drafter when the file is loaded")

        toolCallsWithoutLogprobs = section.read(
            "tool_calls_without_logprobs", .oneOf(), default: inherited?.toolCallsWithoutLogprobs ?? .escalate,
            "what tool calls without logprobs lead to: escalate them, or accept_valid: accept those that match their schema")

        earlyExitTokens = section.isSet("early_exit_tokens") ? earlyExit : min(earlyExit, windowTokens)
        let provider = providers.first { [drafter] in $0.name == drafter.provider }
        topLogprobs = min(wantedTopLogprobs, provider?.maxTopLogprobs ?? wantedTopLogprobs)

        checkModels(section, isRoute: inherited != nil, providers: providers, prices: prices)
        checkNumbers(section)
        if let provider { checkLogprobs(section, isRoute: inherited != nil, provider: provider) }
    }

    private func checkModels(_ section: SectionReader, isRoute: Bool, providers: [ProviderConfiguration], prices: PriceBook) {
        for (name, model) in [("drafter", drafter), ("heavyweight", heavyweight)] where section.isSet(name) || !isRoute {
            let names = providers.map(\.name)
            if !names.contains(model.provider) {
                let hint =
                    EditDistance.nearest(to: model.provider, among: names).map { "did you mean '\($0):\(model.model)'?" }
                    ?? "known: \(names.joined(separator: ", "))"
                section.report(at: name, "unknown provider '\(model.provider)' in '\(section.path).\(name)'; \(hint)")
            } else if prices.price(of: model) == nil {
                let message =
                    "'prices' does not have '\(model)', so its cost is reported as unknown; 'input: 0' and 'output: 0' say that it is free"
                section.report(.warning, at: name, message)
                // One entry in 'prices' mends it for every route.
                section.reader.sayOnce(message)
            }
        }
        if drafter == heavyweight && (section.isSet("drafter") || section.isSet("heavyweight")) {
            section.report(
                .warning, at: section.isSet("heavyweight") ? "heavyweight" : "drafter",
                "drafter and heavyweight are both '\(drafter)', so escalating gains nothing")
        }
    }

    private func checkNumbers(_ section: SectionReader) {
        if earlyExitTokens > windowTokens {
            section.report(
                at: "early_exit_tokens",
                "'\(section.path).early_exit_tokens' must be at most 'window_tokens' (\(windowTokens)), not '\(earlyExitTokens)'")
        }
        if strategy == .risk && riskModel == nil {
            section.report(
                at: section.isSet("strategy") ? "strategy" : "risk_model",
                "strategy 'risk' needs '\(section.path).risk_model': the path of a fitted risk model")
        }
    }

    private func checkLogprobs(_ section: SectionReader, isRoute: Bool, provider: ProviderConfiguration) {
        let isOwn = !isRoute || section.isSet("drafter") || section.isSet("drafter_without_logprobs")
        if !provider.logprobs && isOwn {
            let place = section.isSet("drafter") ? "drafter" : "drafter_without_logprobs"
            let why = "'providers.\(provider.name).logprobs' is false"
            switch drafterWithoutLogprobs {
            case .refuse:
                section.report(at: place, "'\(drafter)' cannot be the drafter: \(why) and 'drafter_without_logprobs' is 'refuse'")
            case .escalate:
                section.report(.warning, at: place, "\(why), so every draft of '\(drafter)' is escalated")
            }
        }
        if provider.logprobs && wantedTopLogprobs > provider.maxTopLogprobs && section.isSet("top_logprobs") {
            section.report(
                .warning, at: "top_logprobs",
                "'\(provider.name)' gives at most \(provider.maxTopLogprobs) ('max_top_logprobs'), so that is what is asked for")
        }
    }
}
