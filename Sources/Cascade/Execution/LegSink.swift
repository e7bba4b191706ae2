import Synchronization

/// One call's way into the mailbox. Stamped with its attempt: what an old attempt says late is dropped there.
final class LegSink: CompletionSink {
    private let mailbox: CascadeMailbox
    private let slot: CascadeMailbox.Slot
    private let attempt: Int
    private let leg: LegRecord.Leg
    private let observer: any CascadeObserver
    private let cancelledAt = Mutex<ContinuousClock.Instant?>(nil)

    init(mailbox: CascadeMailbox, slot: CascadeMailbox.Slot, attempt: Int, leg: LegRecord.Leg, observer: any CascadeObserver) {
        self.mailbox = mailbox
        self.slot = slot
        self.attempt = attempt
        self.leg = leg
        self.observer = observer
        observer.legStarted(leg)
    }

    /// Starts the clock of `qualm_cancel_latency_seconds`.
    func willCancel() {
        cancelledAt.withLock { if $0 == nil { $0 = .now } }
    }

    func opened(_ head: UpstreamHead) {
        mailbox.opened(slot, attempt: attempt, head: head)
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        mailbox.received(slot, attempt: attempt, bytes: bytes)
    }

    func closed(_ error: ProviderError?) {
        if let cancelledAt = cancelledAt.withLock({ $0 }) {
            observer.cancelled(leg: leg, latency: .now - cancelledAt)
        }
        observer.legEnded(leg)
        mailbox.closed(slot, attempt: attempt, error: error)
    }
}
