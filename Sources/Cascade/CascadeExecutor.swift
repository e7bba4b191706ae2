/// Runs routed requests. Long-lived and shared; everything that belongs to one request lives in a ``CascadeRun``.
public struct CascadeExecutor: Sendable {
    let prices: PriceBook
    let limits: CascadeLimits
    let budget: PrefireBudget
    let active: ActiveRequests
    let observer: any CascadeObserver
    /// What answers without a model; `nil` when it is off.
    public let cache: (any CompletionCache)?
    /// Watches over calibrated routes; `nil` when nobody does.
    public let oversight: (any CalibrationOversight)?

    /// - Parameters:
    ///   - cache: asked beside the drafter; `nil` for none.
    ///   - oversight: may tighten a rule, hold requests out and draw them for audits; `nil` for none.
    public init(
        prices: PriceBook, limits: CascadeLimits, budget: PrefireBudget, active: ActiveRequests, observer: any CascadeObserver,
        cache: (any CompletionCache)? = nil, oversight: (any CalibrationOversight)? = nil
    ) {
        self.prices = prices
        self.limits = limits
        self.budget = budget
        self.active = active
        self.observer = observer
        self.cache = cache
        self.oversight = oversight
    }

    /// Ends every request in flight with ``CascadeFailure/shuttingDown``: the end of a drain that took too long.
    public func cancelAll() { active.cancelAll() }

    /// Answers one request by the cascade: look up, draft, observe, decide, act, deliver, record.
    ///
    /// Everything happens in the caller's task; no other task is made. Cancelling the task, or calling `cancel` on the handle that
    /// `onStart` receives, closes every upstream connection of the request and the ledger, and ends with ``CascadeFailure/clientGone``;
    /// ``cancelAll()`` does the same with ``CascadeFailure/shuttingDown``, which the client is told.
    ///
    /// - Parameters:
    ///   - encoder: the client's wire format.
    ///   - sink: the client.
    ///   - onStart: gets a handle that cancels the run from any thread: for the server's disconnect signal.
    /// - Returns: the finished record, after the observer has heard it.
    /// - Throws: ``CascadeFailure``, after the observer has heard it. When `sink` has begun, the client has been told inside the stream.
    public func run(
        _ request: CascadeRequest, on route: CascadeRoute, encoder: any AnswerEncoder, sink: any AnswerSink,
        onStart: (RunHandle) -> Void = { _ in }
    ) async throws(CascadeFailure) -> DecisionRecord {
        budget.earn()
        let mailbox = CascadeMailbox()
        let ticket = active.add(mailbox)
        defer { active.remove(ticket) }
        onStart(RunHandle(mailbox: mailbox))
        let run = CascadeRun(request: request, route: route, executor: self, mailbox: mailbox, encoder: encoder, sink: sink)
        let failure = await withTaskCancellationHandler {
            await run.run()
        } onCancel: {
            mailbox.cancel()
        }
        observer.observed(run.record)
        run.tellOversight()
        if let failure { throw failure }
        return run.record
    }
}

/// Cancels one run, from any thread, at any time.
public struct RunHandle: Sendable {
    let mailbox: CascadeMailbox

    /// The client has gone. Idempotent.
    public func cancel() { mailbox.cancel() }
}
