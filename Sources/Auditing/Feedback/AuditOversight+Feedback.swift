public import Cascade

extension AuditOversight {
    public func receive(_ feedback: DecisionFeedback) -> FeedbackReceipt? {
        let change = decisions.change(feedback.decisionID) { entry in
            let receipt = Self.apply(feedback.verdict, to: &entry)
            return (receipt: receipt, watch: entry.watch, observation: entry.observation)
        }
        guard let change else { return nil }
        observer.received(feedback, effect: change.receipt.effect)
        announce()
        guard change.receipt.effect != .unchanged else { return change.receipt }
        log?.write(feedback, at: environment.wallTime())
        if change.receipt.effect == .auditOverridden, let observation = change.observation {
            conclude(id: feedback.decisionID, change.watch, observation, isBad: feedback.verdict == .bad, .human)
        }
        return change.receipt
    }

    /// The last verdict counts: what the one before did is exchanged. Runs under the table's lock.
    private static func apply(_ verdict: DecisionFeedback.Verdict, to entry: inout DecisionTable.Entry) -> FeedbackReceipt {
        let before = entry.feedback
        let isAudited = entry.audit != .none
        func receipt(_ effect: FeedbackReceipt.Effect) -> FeedbackReceipt {
            FeedbackReceipt(decisionID: entry.id, verdict: verdict, isAudited: isAudited, effect: effect)
        }
        guard verdict != before else { return receipt(.unchanged) }
        entry.feedback = verdict
        if let before { entry.watch.savings.count(before, by: -1) }
        entry.watch.savings.count(verdict, by: 1)
        guard let calibration = entry.watch.calibration, let observation = entry.observation, observation.isShipped else {
            return receipt(.counted)
        }
        let isBad = verdict == .bad
        switch entry.audit {
        case .none:
            calibration.complained(observation, isBad: isBad, wasBad: before == .bad)
            return receipt(.evidence)
        case .pending:
            return receipt(.auditPreempted)
        case .judged(let wasBad):
            entry.audit = .judged(isBad: isBad)
            if isBad != wasBad { calibration.overruled(observation, wasBad: wasBad) }
            return receipt(.auditOverridden)
        }
    }
}
