/// `audit`: watching over calibrated routes while they run.
public struct AuditConfiguration: Sendable, Equatable {
    public enum Store: String, Sendable, CaseIterable {
        /// In a file of this gateway.
        case file
        /// In Redis, shared by all gateways.
        case redis
    }

    /// Share of a certified route's requests that are drawn for an audit, 0...1. Default 0.03.
    public let share: Double
    /// nil: nothing is audited. Its provider exists.
    public let judge: ConfiguredModel?
    /// US dollars from midnight to midnight, UTC. Default 1.
    public let usdPerDay: Double
    /// One audit. Default 120 s.
    public let timeout: Duration
    /// 0...0.5. Default 0.
    public let holdoutShare: Double
    /// Default file.
    public let store: Store
    /// Of the store `file`; nil: forgotten with the process. Default `qualm-audit-state.json`.
    public let stateFile: String?
    /// JSON lines, one for each audit; nil: none.
    public let log: String?

    init(_ section: inout SectionReader, providers: [ProviderConfiguration], prices: PriceBook, routes: [RouteConfiguration]) {
        share = section.read(
            "share", .number(0...1, unit: "share"), default: 0.03,
            "share of a certified route's requests that are drawn for an audit; 0 draws none")
        judge = section.read(
            "judge", ConfigurationValue<ConfiguredModel>.model.optional, default: nil,
            "the model that judges audited drafts, of another family than the drafter; without it only feedback counts")
        usdPerDay = section.read(
            "usd_per_day", .number(0...1_000_000, unit: "USD"), default: 1,
            "what audits may cost from midnight to midnight, UTC; the heavyweight and the judge need prices")
        timeout = section.read("timeout_seconds", .seconds(1...3_600), default: .seconds(120), "an audit that takes longer is given up")
        holdoutShare = section.read(
            "holdout_share", .number(0...0.5, unit: "share"), default: 0,
            "share of all routed requests that the heavyweight answers in any case: what the savings are compared with; 0 is off")
        store = section.read(
            "store", .oneOf(), default: .file,
            "where evidence is kept: file, this gateway's own; redis, shared by all gateways on 'redis'")
        stateFile = section.read(
            "state_file", ConfigurationValue<String>.nonEmptyText("a path", type: "path").optional, default: "qualm-audit-state.json",
            "of store file; written once there is something to keep; empty: evidence is forgotten with the process")
        log = section.read(
            "log", ConfigurationValue<String>.nonEmptyText("a path", type: "path").optional, default: nil,
            "gets a JSON line for each audit, which 'qualm drift' reads, and the comments of feedback; renamed to '.1' at 16 MiB")
        check(section, providers: providers, prices: prices, routes: routes)
        section.finish()
    }

    private func check(
        _ section: SectionReader, providers: [ProviderConfiguration], prices: PriceBook, routes: [RouteConfiguration]
    ) {
        guard let judge else { return }
        let names = providers.map(\.name)
        guard names.contains(judge.provider) else {
            let hint =
                EditDistance.nearest(to: judge.provider, among: names).map { "did you mean '\($0):\(judge.model)'?" }
                ?? "known: \(names.joined(separator: ", "))"
            return section.report(at: "judge", "unknown provider '\(judge.provider)' in 'audit.judge'; \(hint)")
        }
        if prices.price(of: judge) == nil {
            section.report(
                .warning, at: "judge",
                "'prices' does not have '\(judge)', so that 'audit.usd_per_day' could not be kept and nothing is audited; 'input: 0' and "
                    + "'output: 0' say that it is free")
        }
        if let route = routes.first(where: { $0.routing.strategy == .risk && $0.routing.drafter == judge }) {
            section.report(
                .warning, at: "judge", "'\(judge)' is also the drafter of '\(route.name)': a model is a lenient judge of its own answers")
        }
    }
}
