/// `prefire`: starting the heavyweight before it is known to be needed, and cancelling it again.
public struct PrefireConfiguration: Sendable, Equatable {
    /// Who decides when the heavyweight is started ahead of the verdict.
    public enum Policy: String, Sendable, CaseIterable {
        /// Money against seconds, where the risk model has a speed layer and the heavyweight a price; else the ratio.
        case auto
        /// `prefire_ratio` of the threshold.
        case ratio
    }

    /// Default true. False never starts the heavyweight before the verdict.
    public let isEnabled: Bool
    /// Who decides when to start it. Default `auto`.
    public let policy: Policy
    /// What a second is worth, in US dollars: the price of the latency that a pre-fire saves. 0...1. Default 0.001.
    public let usdPerSecond: Double
    /// Tokens a second that the heavyweight streams, for what a pre-fire may waste. Default 60.
    public let heavyweightTokensPerSecond: Double
    /// Pre-fires per request, in the long run: the rate of a token bucket. 0...1. Default 0.15.
    public let budgetRatio: Double
    /// Pre-fires that may be saved up: the size of the bucket. 1...10000. Default 10.
    public let burst: Int
    /// Share of the threshold under which a running pre-fire counts as recovered; at most any route's `prefireRatio`. Default 0.4.
    public let cancelRatio: Double
    /// Tokens in a row under `cancelRatio` before the pre-fire is cancelled. 1...256. Default 2.
    public let cancelAfterTokens: Int
    /// Tokens after a cancel in which no new pre-fire starts. 0...1024. Default 8.
    public let refractoryTokens: Int
    /// Cancels per request; after the last one a pre-fire runs on until the verdict. 0...100. Default 1.
    public let maxCancels: Int
    /// Bytes of the heavyweight kept while the verdict is open; at the bound its socket is paused. Default 1 MiB.
    public let bufferBytes: Int
    /// A drafter silent for this long fires the heavyweight as a hot standby; nil (`stall_ms: 0`) is off. Default 3 s.
    public let stall: Duration?

    /// - Parameter routes: for the bound of `cancel_ratio`.
    init(_ section: inout SectionReader, routes: [RouteConfiguration]) {
        isEnabled = section.read("enabled", .truth, default: true, "start the heavyweight before it is known to be needed")
        policy = section.read(
            "policy", .oneOf(), default: .auto,
            "when to start it: auto weighs money against seconds where the risk model has a speed layer and prices are known, else, and with "
                + "ratio, 'prefire_ratio' decides")
        usdPerSecond = section.read(
            "usd_per_second", .number(0...1, unit: "USD per second"), default: 0.001, "what a second of a client's time is worth (auto)")
        heavyweightTokensPerSecond = section.read(
            "heavyweight_tokens_per_second", .number(1...10_000, unit: "tokens per second"), default: 60,
            "how fast the heavyweight streams, for what a pre-fire may waste (auto)")
        budgetRatio = section.read(
            "budget_ratio", .number(0...1, unit: "pre-fires per request"), default: 0.15,
            "pre-fires allowed per request in the long run")
        burst = section.read("burst", .integer(1...10_000, unit: "pre-fires"), default: 10, "pre-fires that may be saved up")
        let ratio = section.read(
            "cancel_ratio", .number(0...1, unit: "share"), default: 0.4,
            "share of the threshold under which a pre-fired draft has recovered; at most 'prefire_ratio', which it is when that is less"
        )
        cancelAfterTokens = section.read(
            "cancel_after_tokens", .integer(1...256, unit: "tokens"), default: 2,
            "tokens in a row under that level before the pre-fire is cancelled")
        refractoryTokens = section.read(
            "refractory_tokens", .integer(0...1024, unit: "tokens"), default: 8,
            "tokens after a cancel in which no new pre-fire starts")
        maxCancels = section.read(
            "max_cancels", .integer(0...100, unit: "cancels"), default: 1,
            "cancels per request; after the last one a pre-fire runs until the verdict")
        bufferBytes = section.read(
            "buffer_bytes", .integer(4096...104_857_600, unit: "bytes"), default: 1_048_576,
            "bytes of the heavyweight kept while the verdict is open; at the bound its socket is paused")
        let silence = section.read(
            "stall_ms", .milliseconds(0...600_000), default: .milliseconds(3000),
            "a drafter silent for this long fires the heavyweight as a hot standby; 0 is off")
        stall = silence == .zero ? nil : silence

        let lowest = routes.min { $0.routing.prefireRatio < $1.routing.prefireRatio }
        let bound = lowest?.routing.prefireRatio ?? 1
        cancelRatio = section.isSet("cancel_ratio") ? ratio : min(ratio, bound)
        if cancelRatio > bound {
            let whose = lowest.map { $0.name == RouteConfiguration.automatic ? "routing" : "routes.\($0.name)" } ?? "routing"
            section.report(
                at: "cancel_ratio",
                "'prefire.cancel_ratio' must be at most '\(whose).prefire_ratio' (\(bound.shortText)), not '\(cancelRatio.shortText)'")
        }
        section.finish()
    }
}
