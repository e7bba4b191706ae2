import Cascade
import EntropyRouting
import GatewayMetrics

/// A finished request in the catalogue's terms.
extension GatewayMetrics {
    func observe(_ record: DecisionRecord, savedUSD: Double?) {
        let route = RouteLabel(record.route)
        requests.increment(route, StatusLabel(record.status))
        requestDuration.record(route, value: record.totalMs / 1_000)
        if let first = record.firstTokenMs { timeToFirstToken.record(route, value: first / 1_000) }
        overhead.record(value: record.overheadMs / 1_000)
        decisions.increment(DecisionLabel(record.decision))
        for leg in record.legs { observe(leg) }
        guard record.route != .direct else { return }
        observeDoubt(record)
        for prefire in record.prefires { observe(prefire) }
        if let savedUSD { recordSaving(usd: savedUSD) }
    }

    private func observeDoubt(_ record: DecisionRecord) {
        if record.decision == .escalate { escalations.increment(EscalationReasonLabel(record.reason)) }
        if record.decision == .handover { handovers.increment(HandoverReasonLabel(record.reason)) }
        if record.isOverrun { overruns.increment() }
        if let tier = record.signalTier.flatMap(SignalTier.init(rawValue:)) { draftSignals.increment(SignalLabel(tier)) }
        if !record.trace.points.isEmpty {
            var batch = tokenEntropy.makeBatch()
            for point in record.trace.points { batch.record(Double(point.entropy)) }
            tokenEntropy.record(batch: &batch)
        }
        if let window = record.windowMaxBits { windowEntropy.record(value: window) }
        if let risk = record.risk { riskScore.record(value: risk) }
        let denials = record.marks.count { $0.kind == .prefireDenied }
        if denials > 0 { prefiresDenied.increment(.budget, by: denials) }
    }

    private func observe(_ prefire: PrefireRecord) {
        prefires.increment(PrefireReasonLabel(prefire.reason))
        if prefire.outcome == .cancelled { prefireCancellations.increment(prefire.hadFirstByte ? .streaming : .beforeFirstByte) }
        if let headStart = prefire.headStartMs { prefireHeadStart.record(value: headStart / 1_000) }
    }

    private func observe(_ leg: LegRecord) {
        let provider = providers[leg.model.provider]
        let label = LegLabel(leg.leg)
        upstreamRequests.increment(provider, label, UpstreamOutcomeLabel(leg.end))
        upstreamLatency.record(provider, label, value: (leg.endedMs - leg.startedMs) / 1_000)
        if let first = leg.firstByteMs { upstreamFirstToken.record(provider, label, value: (first - leg.startedMs) / 1_000) }
        if case .failed(let kind) = leg.end { upstreamErrors.increment(provider, UpstreamErrorLabel(kind)) }
        tokens.increment(label, .input, by: leg.tokens.input)
        tokens.increment(label, .output, by: leg.tokens.output)
        if leg.isWasted { wastedTokens.increment(label, WasteReasonLabel(leg.end), by: leg.tokens.input + leg.tokens.output) }
        if let cost = leg.costUSD { self.cost.increment(label, by: cost) } else { unpricedLegs.increment(label) }
        if leg.tokens.source == .estimated { estimatedLegs.increment(label) }
    }
}

extension RouteLabel {
    init(_ route: AnswerRoute) {
        self =
            switch route {
            case .draft: .draft
            case .heavyweight: .heavyweight
            case .cache: .cache
            case .direct: .direct
            case .pending: .none
            }
    }
}

extension StatusLabel {
    init(_ status: DecisionRecord.Status) {
        self =
            switch status {
            case .ok: .ok
            case .clientError: .clientError
            case .upstreamError: .upstreamError
            case .upstreamTimeout: .upstreamTimeout
            case .rejected: .rejected
            case .clientClosed: .clientClosed
            }
    }
}

extension DecisionLabel {
    init(_ decision: DecisionRecord.Decision) {
        self =
            switch decision {
            case .ship: .ship
            case .escalate: .escalate
            case .cacheHit: .cacheHit
            case .direct: .direct
            case .handover: .handover
            case .failed: .failed
            }
    }
}

extension LegLabel {
    init(_ leg: LegRecord.Leg) {
        self =
            switch leg {
            case .draft: .draft
            case .heavyweight: .heavyweight
            case .direct: .direct
            case .embedding: .embedding
            }
    }
}

extension UpstreamOutcomeLabel {
    init(_ end: LegRecord.End) {
        self =
            switch end {
            case .completed: .ok
            case .cancelled: .cancelled
            case .failed(let kind) where kind.isTimeout: .timeout
            case .failed(.rateLimited): .rateLimited
            case .failed: .error
            }
    }
}

extension WasteReasonLabel {
    init(_ end: LegRecord.End) {
        self =
            switch end {
            // A complete draft that was judged and not taken.
            case .completed, .cancelled(.escalated), .cancelled(.handedOver): .escalated
            case .cancelled(.recovered), .cancelled(.shipped): .prefireCancelled
            case .cancelled(.cached): .cached
            case .cancelled(.clientGone): .clientClosed
            case .cancelled(.failed), .failed: .failed
            }
    }
}

extension UpstreamErrorLabel {
    init(_ kind: ProviderError.Kind) {
        self =
            switch kind {
            case .refused: .refused
            case .dns: .dns
            case .tls: .tls
            case .connectTimeout: .connectTimeout
            case .firstByteTimeout: .firstByteTimeout
            case .idleTimeout: .idleTimeout
            case .reset: .reset
            case .truncated: .truncated
            case .malformed: .malformed
            case .rateLimited: .rateLimited
            case .unauthorized: .unauthorized
            case .invalidRequest: .clientError
            case .serverError, .inStream: .serverError
            case .cancelled: .other
            }
    }
}

extension SignalLabel {
    init(_ tier: SignalTier) {
        self =
            switch tier {
            case .topK: .alternatives
            case .top1: .top1
            case .surprisal: .sampled
            case .none: .none
            }
    }
}

extension EscalationReasonLabel {
    /// From the reason's short name, which is a closed set too.
    init(_ reason: String) {
        self =
            switch reason {
            case "entropy": .window
            case "risk": .risk
            case "gate_empty_answer": .emptyAnswer
            case "gate_length", "hold_limit": .length
            case "gate_structured_output": .structuredOutput
            case "gate_tool_call": .toolCalls
            case "gate_refusal": .refusal
            case "gate_content_filter": .contentFilter
            case "no_evidence": .noSignal
            case "holdout": .holdout
            case "uncertified": .uncertified
            case "expected": .expected
            default: .requested
            }
    }
}

extension PrefireReasonLabel {
    init(_ reason: PrefireReason) {
        self =
            switch reason {
            case .doubt: .doubt
            case .value: .value
            case .stall: .stall
            }
    }
}

extension HandoverReasonLabel {
    init(_ reason: String) {
        self =
            switch reason {
            case "rate_limit": .rateLimit
            case "stall": .stall
            default: .error
            }
    }
}
