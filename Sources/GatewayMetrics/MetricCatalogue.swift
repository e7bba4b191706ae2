/// Every metric of the gateway, declared once: property for the code that records, and below it, in `init`, name, help and buckets.
///
/// Names, labels and meanings are listed in `docs/metrics.md`; a test compares the two. Recording never blocks and, except where a
/// function says otherwise, never allocates.
public final class GatewayMetrics: Sendable {
    /// What `/metrics` renders; also the place for scrape hooks and the swift-metrics back end.
    public let registry: PrometheusRegistry
    /// The configured providers as label values.
    public let providers: ProviderLabels
    /// The back end to hand to `MetricsSystem.bootstrap(_:)`, so that what libraries emit is shown too.
    public let swiftMetrics: PrometheusMetricsFactory

    // Requests.
    /// Once per client request, when it is over.
    public let requests: Counter<RouteLabel, StatusLabel>
    /// Seconds, last byte of the request to last byte of the answer; once per request that got an answer.
    public let requestDuration: LabelledHistogram<RouteLabel>
    /// Seconds, last byte of the request to the first piece of the answer; not recorded when nothing was delivered.
    public let timeToFirstToken: LabelledHistogram<RouteLabel>
    /// Seconds a request spent in the gateway before its first upstream call.
    public let overhead: LabelledHistogram<>
    /// Up on admission, down on every exit path.
    public let inflightRequests: Gauge<>
    /// The configured concurrency limit; set once at start.
    public let inflightLimit: Gauge<>
    /// 1 while new requests are accepted, else 0.
    public let ready: Gauge<>

    // Decisions.
    /// Once per request that reached the router.
    public let decisions: Counter<DecisionLabel>
    /// Once per escalated draft, with the first reason that decided.
    public let escalations: Counter<EscalationReasonLabel>
    /// Once per drafter that lost its turn without being judged.
    public let handovers: Counter<HandoverReasonLabel>
    /// Once per draft that became doubtful after text had been released.
    public let overruns: Counter<>
    /// Once per draft, with the evidence its stream carried.
    public let draftSignals: Counter<SignalLabel>
    /// Bits, per drafted token; use a batch per socket read.
    public let tokenEntropy: LabelledHistogram<>
    /// Bits, the largest window mean, once per draft.
    public let windowEntropy: LabelledHistogram<>
    /// 0...1, once per draft judged by a risk model.
    public let riskScore: LabelledHistogram<>

    // Pre-fires.
    /// Once per heavyweight started before it was known to be needed.
    public let prefires: Counter<PrefireReasonLabel>
    /// Once per pre-fire that was wanted and did not happen.
    public let prefiresDenied: Counter<PrefireDenialLabel>
    /// Once per pre-fired heavyweight that was cancelled.
    public let prefireCancellations: Counter<CancelPhaseLabel>
    /// Seconds, min(escalation - fire, the heavyweight's time to first token); once per pre-fire that was used.
    public let prefireHeadStart: LabelledHistogram<>
    /// Seconds, decision to cancel to socket closed; once per cancelled leg.
    public let cancelLatency: LabelledHistogram<LegLabel>

    // Upstreams.
    /// Once per upstream call, when it is over.
    public let upstreamRequests: Counter<ProviderLabel, LegLabel, UpstreamOutcomeLabel>
    /// Seconds, start to end of an upstream call, however it ended.
    public let upstreamLatency: LabelledHistogram<ProviderLabel, LegLabel>
    /// Seconds, start of an upstream call to its first event; not recorded when there was none.
    public let upstreamFirstToken: LabelledHistogram<ProviderLabel, LegLabel>
    /// Once per upstream call that failed; a call the gateway cancelled did not.
    public let upstreamErrors: Counter<ProviderLabel, UpstreamErrorLabel>
    /// Up when an upstream call starts, down when it is over.
    public let upstreamInflight: Gauge<LegLabel>
    /// The transport's own count; set it in a scrape hook.
    public let upstreamOpenSockets: Gauge<>

    // Cache.
    /// Once per level that a lookup looked at.
    public let cacheLookups: Counter<CacheLevelLabel, CacheResultLabel>
    /// Seconds, start of a lookup until the request knew its outcome.
    public let cacheLookupDuration: LabelledHistogram<>
    /// Once per request that the cache did not look at.
    public let cacheBypasses: Counter<CacheBypassLabel>
    /// Once per complete answer that was offered to the cache.
    public let cacheAdmissions: Counter<CacheAdmissionLabel>
    /// Once per would-be hit that was compared.
    public let cacheComparisons: Counter<ShadowVerdictLabel>
    /// Once per call that a store or the embedder did not do.
    public let storeErrors: Counter<StoreLabel, StoreErrorLabel>
    /// 1 while a store is not asked because it has failed too often.
    public let storeBreakerOpen: Gauge<StoreLabel>

    // Calibration.
    /// Once per audit that counts.
    public let auditVerdicts: Counter<AuditVerdictLabel, AuditSourceLabel>
    /// Once per draft that was drawn and not audited.
    public let auditsSkipped: Counter<AuditSkipLabel>
    /// Once per verdict of a client.
    public let feedback: Counter<FeedbackLabel>
    /// Once per step that a rule was tightened.
    public let driftAlarms: Counter<>
    /// log10; set when the metrics are read.
    public let driftLogEvidence: Gauge<>
    /// Set when the metrics are read.
    public let calibrationAge: Gauge<>
    /// Set when the metrics are read.
    public let calibrationsTightened: Gauge<>
    /// Set when the metrics are read.
    public let calibrationsStale: Gauge<>
    /// Once per failed attempt to keep what the audits have counted.
    public let auditStateErrors: Counter<StoreErrorLabel>

    // Ledger.
    /// Tokens of a closed ledger entry.
    public let tokens: Counter<LegLabel, DirectionLabel>
    /// Output tokens of a closed ledger entry that were not delivered.
    public let wastedTokens: Counter<LegLabel, WasteReasonLabel>
    /// US dollars of a closed ledger entry whose price is known.
    public let cost: AmountCounter<LegLabel>
    /// US dollars; see ``recordSaving(usd:)``.
    public let saved: AmountCounter<>
    /// US dollars, counted upwards; see ``recordSaving(usd:)``.
    public let overspent: AmountCounter<>
    /// Once per closed ledger entry whose model has no price.
    public let unpricedLegs: Counter<LegLabel>
    /// Once per closed ledger entry whose tokens were counted here.
    public let estimatedLegs: Counter<LegLabel>

    /// - Parameters:
    ///   - version: the gateway's version, shown by `qualm_build_info`.
    ///   - providers: the provider names of the configuration; see ``ProviderLabels`` for the bound.
    public init(version: String, providers names: [String]) {
        let providers = ProviderLabels(names)
        let registry = PrometheusRegistry(providers: providers)
        self.providers = providers
        self.registry = registry

        registry.info("qualm_build_info", "Always 1; the label tells which build is running.", [("version", version)])
        requests = registry.counter("qualm_requests_total", "Client requests that are over, by who answered and how they ended.")
        requestDuration = registry.histogram(
            "qualm_request_duration_seconds", "From the request's last byte read to the answer's last byte written.",
            buckets: Buckets.requestSeconds)
        timeToFirstToken = registry.histogram(
            "qualm_time_to_first_token_seconds", "From the request's last byte read to the first piece of the answer written.",
            buckets: Buckets.firstTokenSeconds)
        overhead = registry.histogram(
            "qualm_overhead_seconds", "Time a request spent in the gateway before its first upstream call was started.",
            buckets: Buckets.overheadSeconds)
        inflightRequests = registry.gauge("qualm_inflight_requests", "Client requests being answered now.")
        inflightLimit = registry.gauge("qualm_inflight_requests_limit", "Client requests admitted at most at one time.")
        ready = registry.gauge("qualm_ready", "1 while new requests are accepted, 0 before start-up is complete and while draining.")

        decisions = registry.counter("qualm_decisions_total", "What became of the requests that reached the router.")
        escalations = registry.counter("qualm_escalations_total", "Drafts not trusted, by the first reason that decided.")
        handovers = registry.counter("qualm_handovers_total", "Drafters that lost their turn without being judged, by reason.")
        overruns = registry.counter(
            "qualm_overruns_total", "Drafts that became doubtful after text had been released, and were finished by the drafter.")
        draftSignals = registry.counter("qualm_draft_signals_total", "Drafts by the evidence their stream carried.")
        tokenEntropy = registry.histogram(
            "qualm_token_entropy", "Estimated entropy of the drafter's next-token distribution, in bits, per token.",
            buckets: Buckets.entropyBits)
        windowEntropy = registry.histogram(
            "qualm_window_entropy", "Largest mean entropy of any window of a draft, in bits, per draft.", buckets: Buckets.entropyBits)
        riskScore = registry.histogram(
            "qualm_risk_score", "Calibrated probability that the draft is unacceptable, per judged draft.", buckets: Buckets.risk)

        prefires = registry.counter("qualm_prefires_total", "Heavyweights started before they were known to be needed, by reason.")
        prefiresDenied = registry.counter("qualm_prefires_denied_total", "Pre-fires that were wanted and did not happen, by reason.")
        prefireCancellations = registry.counter(
            "qualm_prefire_cancellations_total", "Pre-fired heavyweights cancelled because the drafter recovered or was shipped.")
        prefireHeadStart = registry.histogram(
            "qualm_prefire_head_start_seconds",
            "Waiting saved by a pre-fire that was used: the smaller of its age at the escalation and its own time to first token.",
            buckets: Buckets.firstTokenSeconds)
        cancelLatency = registry.histogram(
            "qualm_cancel_latency_seconds", "From the decision to cancel a leg to its socket being closed.",
            buckets: Buckets.cancelSeconds)

        upstreamRequests = registry.counter("qualm_upstream_requests_total", "Upstream calls that are over, by how they ended.")
        upstreamLatency = registry.histogram(
            "qualm_upstream_latency_seconds", "From the start of an upstream call to its end, however it ended.",
            buckets: Buckets.requestSeconds, presence: .onceRecorded)
        upstreamFirstToken = registry.histogram(
            "qualm_upstream_first_token_seconds", "From the start of an upstream call to its first event.",
            buckets: Buckets.firstTokenSeconds, presence: .onceRecorded)
        upstreamErrors = registry.counter("qualm_upstream_errors_total", "Upstream calls that failed, by what was wrong.")
        upstreamInflight = registry.gauge("qualm_upstream_inflight_calls", "Upstream calls open now.")
        upstreamOpenSockets = registry.gauge("qualm_upstream_open_sockets", "Sockets to upstreams open now, idle pooled ones included.")

        cacheLookups = registry.counter("qualm_cache_lookups_total", "Looks at a level of the cache, by how they ended.")
        cacheLookupDuration = registry.histogram(
            "qualm_cache_lookup_duration_seconds", "From the start of a cache lookup until the request knew its outcome.",
            buckets: Buckets.lookupSeconds)
        cacheBypasses = registry.counter("qualm_cache_bypasses_total", "Requests that the cache did not look at, by reason.")
        cacheAdmissions = registry.counter("qualm_cache_admissions_total", "Complete answers offered to the cache, by what became of them.")
        cacheComparisons = registry.counter(
            "qualm_cache_shadow_comparisons_total", "Hits that were not served but compared with the pipeline's answer.")
        storeErrors = registry.counter("qualm_store_errors_total", "Calls that a store or the embedder did not do, by reason.")
        storeBreakerOpen = registry.gauge(
            "qualm_store_breaker_open", "1 while a store is not asked because it has failed too often, else 0.")

        auditVerdicts = registry.counter(
            "qualm_audit_verdicts_total", "Requests drawn for an audit that became an observation, by verdict and by who gave it.")
        auditsSkipped = registry.counter("qualm_audits_skipped_total", "Drafts drawn for an audit that was not made, by reason.")
        feedback = registry.counter("qualm_feedback_total", "Verdicts of clients on answers.")
        driftAlarms = registry.counter("qualm_drift_alarms_total", "Steps by which a certified rule was tightened.")
        driftLogEvidence = registry.gauge(
            "qualm_drift_log_evidence",
            "Decimal logarithm of the evidence that a certified rule breaks its promise; the greatest of all routes.")
        calibrationAge = registry.gauge(
            "qualm_calibration_age_seconds", "Time since the oldest calibration in use was made; 0 without a calibration.")
        calibrationsTightened = registry.gauge(
            "qualm_calibrations_tightened", "Routes whose certified rule was tightened by an alarm.")
        calibrationsStale = registry.gauge(
            "qualm_calibrations_stale", "Routes whose drafter is not the one that was calibrated.")
        auditStateErrors = registry.counter(
            "qualm_audit_state_errors_total", "Failed attempts to keep what the audits have counted, by reason.")

        tokens = registry.counter("qualm_tokens_total", "Tokens used, as the provider counted them, else as estimated.")
        wastedTokens = registry.counter(
            "qualm_wasted_tokens_total", "Input and output tokens of legs whose answer was not used, by reason.")
        cost = registry.amount("qualm_cost_usd_total", "Cost of the legs whose price is known, in US dollars.")
        saved = registry.amount(
            "qualm_saved_usd_total", "US dollars below what the heavyweight alone would have cost, summed over requests that cost less.")
        overspent = registry.amount(
            "qualm_overspent_usd_total",
            "US dollars above what the heavyweight alone would have cost, summed over requests that cost more.")
        unpricedLegs = registry.counter("qualm_unpriced_legs_total", "Legs whose model has no price, and whose cost is in no other metric.")
        estimatedLegs = registry.counter("qualm_estimated_legs_total", "Legs whose tokens were counted here: the provider did not say.")

        let droppedSeries: Counter<> = registry.counter(
            "qualm_dropped_series_total", "Series from swift-metrics that are not shown: too many, or the name has another meaning.")
        swiftMetrics = PrometheusMetricsFactory(registry: registry, dropped: droppedSeries)
        ProcessMetrics.register(in: registry)
    }

    /// Books what one finished request saved against sending it to the heavyweight alone: positive amounts go to `saved`, negative
    /// ones to `overspent`, because a counter cannot fall. The net saving is the difference of the two.
    public func recordSaving(usd: Double) {
        if usd >= 0 {
            saved.increment(by: usd)
        } else {
            overspent.increment(by: -usd)
        }
    }
}

/// Bucket bounds, in base units. Chosen so that the targets a reader asks about are bounds (50 ms to close a cancelled leg, for example).
enum Buckets {
    static let requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300]
    static let firstTokenSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30]
    static let overheadSeconds = [0.00005, 0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.01, 0.05, 0.1, 1]
    static let lookupSeconds = [0.00005, 0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5]
    static let cancelSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
    /// Strong models live between 1e-5 and 1 bit; the largest vocabulary's uniform distribution has 17.6.
    static let entropyBits = [0.00001, 0.0001, 0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 6, 10]
    static let risk = [0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1]
    /// For quantities nobody said anything about: those of libraries.
    static let decades: [Double] = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500,
        1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e9,
    ]
}
