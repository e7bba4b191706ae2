/// Tells the oversight, which may draw the draft for an audit.
extension CascadeRun {
    /// The request is a member of the savings' comparison group.
    var isHoldout: Bool { oversight?.plan.isHoldout ?? false }

    /// Once, when the record is complete.
    func tellOversight() {
        guard let oversight, let watcher = executor.oversight else { return }
        let isWhole = record.decision == .ship && record.status == .ok && !record.isDoubtedDraftShipped
        watcher.finished(
            OversightOutcome(
                query: oversight.query, plan: oversight.plan, record: record, request: request,
                draftText: oversight.plan.isAudited && isWhole ? String(decoding: facts.answer, as: UTF8.self) : nil))
    }
}
