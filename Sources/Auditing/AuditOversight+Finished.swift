public import Cascade
public import ChatAPI
import EntropyRouting

extension AuditOversight {
    /// Routes whose certified rule knows what its drafter was called: asking the drafter before the first request shows whether it still is.
    public var identified: [AuditedRoute] {
        watches.filter { watch in
            guard let origin = watch.calibration?.model.origin else { return false }
            return !origin.models.isEmpty || !origin.fingerprints.isEmpty
        }.map(\.route)
    }

    /// What a route's drafter calls itself, learnt otherwise than from a request.
    ///
    /// - Returns: why the calibration does not hold for it; `nil` when it does, or when this was known.
    public func learnt(_ identity: StreamIdentity, route: String) -> String? {
        byRoute[route].flatMap { note(identity, on: $0) }
    }

    @discardableResult
    private func note(_ identity: StreamIdentity?, on watch: RouteWatch) -> String? {
        guard let reason = watch.noteIdentity(identity) else { return nil }
        observer.becameStale(route: watch.route.name, reason: reason)
        return reason
    }

    public func covers(_ identity: StreamIdentity, _ query: OversightQuery) -> Bool {
        guard let watch = byRoute[query.route] else { return true }
        note(identity, on: watch)
        // Who wants the draft whatever it is worth, or another rule, is not asking the calibration.
        guard query.control == .auto, case .risk = query.strategy, watch.route.fallback == nil else { return true }
        return watch.difference(identity) == nil
    }

    public func finished(_ outcome: OversightOutcome) {
        guard let watch = byRoute[outcome.query.route] else { return }
        var hasPlace = outcome.plan.isAudited
        defer { if hasPlace { queue.release() } }
        count(outcome, in: watch)
        note(outcome.record.draftIdentity, on: watch)
        let observation = observation(of: outcome, watch)
        var entry = DecisionTable.Entry(id: outcome.record.id, watch: watch, observation: observation)
        guard let observation, let calibration = watch.calibration else { return decisions.insert(entry) }
        calibration.routed(observation)
        guard outcome.plan.isAudited, isAuditable(outcome.request) else { return decisions.insert(entry) }
        guard observation.isShipped else {
            // While audits fail, nobody would see the losses that go with it.
            guard !watch.health.isFailing else { return decisions.insert(entry) }
            entry.audit = .judged(isBad: false)
            decisions.insert(entry)
            calibration.audited(observation, isBad: false)
            conclude(id: outcome.record.id, watch, observation, isBad: false, .rule)
            return
        }
        guard let text = outcome.draftText, !text.isEmpty else {
            decisions.insert(entry)
            return skip(.incomplete, watch)
        }
        guard text.utf8.count <= settings.maxAuditedBytes else {
            decisions.insert(entry)
            return skip(.size, watch)
        }
        // Before the job is offered: a worker may take it at once.
        let isProbe = watch.health.isFailing
        if !isProbe { entry.audit = .pending }
        decisions.insert(entry)
        let job = AuditJob(
            watch: watch, observation: observation, record: outcome.record, request: outcome.request, draft: text, isProbe: isProbe)
        hasPlace = false
        if !queue.offer(job) { giveUp(job, .queue) }
    }

    /// What the request says about the certified rule; `nil` when that did not judge it: another rule, a client's own wish, a held-out request, a
    /// stored answer, a drafter that failed or is another one, a client that left.
    private func observation(of outcome: OversightOutcome, _ watch: RouteWatch) -> CalibrationWatch.Observation? {
        guard watch.calibration != nil, case .risk(let rule) = outcome.plan.strategy, rule.thresholds.greatest > 0,
            outcome.query.control == .auto, !outcome.plan.isHoldout, watch.difference(outcome.record.draftIdentity) == nil,
            outcome.record.status != .clientClosed
        else { return nil }
        let record = outcome.record
        switch record.decision {
        case .escalate:
            return CalibrationWatch.Observation(risk: record.risk ?? 1, isShipped: false)
        case .ship:
            // Shipped because the heavyweight failed, or by another rule than the risk: the promise is not about such drafts.
            guard !record.isDoubtedDraftShipped, let risk = record.risk else { return nil }
            // The rule would not have shipped an overrun, but its route did, at this level.
            return CalibrationWatch.Observation(risk: record.isOverrun ? min(risk, rule.thresholds.greatest) : risk, isShipped: true)
        case .cacheHit, .direct, .handover, .failed:
            return nil
        }
    }

    /// Told by the request alone, so that what is left out does not depend on what became of it.
    private func isAuditable(_ request: CascadeRequest) -> Bool {
        guard request.chat.body.count <= settings.maxAuditedBytes else { return false }
        return (try? request.chat.routingView())?.hasNonTextParts == false
    }

    /// The savings' comparison: all requests that could have been held out.
    private func count(_ outcome: OversightOutcome, in watch: RouteWatch) {
        guard outcome.query.control == .auto, outcome.request.cacheQuery?.directive != .onlyIfCached else { return }
        watch.savings.add(outcome.record.costUSD, to: outcome.plan.isHoldout ? .holdout : .routed)
    }

    /// An audit that counts has been added to the evidence.
    func conclude(
        id: String, _ watch: RouteWatch, _ observation: CalibrationWatch.Observation, isBad: Bool,
        _ source: AuditObservation.Source
    ) {
        observer.audited(AuditObservation(route: watch.route.name, isShipped: observation.isShipped, isBad: isBad, source: source))
        announce()
        guard let log, let calibration = watch.calibration else { return }
        log.write(
            AuditLog.Line(
                at: environment.wallTime(), id: id, route: watch.route.name, risk: observation.risk, isShipped: observation.isShipped,
                isBad: isBad, source: source, level: calibration.levelInForce, log10Evidence: calibration.log10Evidence))
    }
}
