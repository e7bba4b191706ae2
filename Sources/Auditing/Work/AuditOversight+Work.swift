public import Cascade
import EntropyRouting
import Judging

/// Everything asynchronous that the oversight does.
extension AuditOversight {
    /// Reads what was counted before: once, before the first request.
    ///
    /// - Throws: ``StoreError``. Whoever starts the gateway decides what follows: a state that cannot be understood must not be taken for an
    ///   empty one, one that is out of reach is read later by ``run()``.
    public func load() async throws(StoreError) {
        try await keeper.load()
        announce()
    }

    /// Works until ``stop()`` is called or the task is cancelled, once in the life of an oversight. A service of the composition root owns the task.
    ///
    /// In its group run: so many workers, each with one audit at a time; the keeper's clock; and one that waits for the end, which cancels the others. An audit in
    /// flight is given up then, and what was counted is kept once more: after ``stop()`` in a task that can still wait for a store, after
    /// a cancellation only if the store does not have to be waited for.
    public func run() async {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                queue.open()
                for _ in 0..<max(1, settings.workers) {
                    group.addTask { while let job = await self.queue.next() { await self.work(job) } }
                }
                group.addTask { await self.keep() }
                _ = await stopping.next()
                for job in queue.close() { giveUp(job, .shutdown) }
                group.cancelAll()
            }
            await flush()
        } onCancel: {
            stop()
        }
    }

    /// Ends ``run()``. Idempotent, from any thread.
    public func stop() { _ = stopping.close() }

    private func keep() async {
        while (try? await environment.sleep(environment.now() + settings.keepEvery)) != nil { await flush() }
    }

    /// Keeps what was counted, now.
    func flush() async {
        let before = keeper.failure
        let failure = await keeper.flush()
        announce()
        if let failure { observer.stateFailed(failure) } else if before != nil { observer.stateRecovered() }
        if let failure = await log?.flush() { observer.stateFailed(failure) }
    }

    // MARK: One audit

    private struct Finding: Sendable {
        var verdict: JudgeVerdict?
        var skip = AuditSkip.timeout
        var costUSD = 0.0
    }

    private func work(_ job: AuditJob) async {
        // A person was faster: nobody has to be asked.
        if !job.isProbe, finish(job, judged: nil) { return }
        guard let judge, let estimate = job.estimate(judge: judge.model, prices: prices), cap.reserve(estimate) else {
            return giveUp(job, .budget)
        }
        let deadline = environment.now() + settings.timeout
        let finding = await withTaskGroup(of: Finding?.self) { group in
            group.addTask { await self.examine(job, judge, deadline: deadline) }
            group.addTask {
                try? await self.environment.sleep(deadline)
                return nil
            }
            var found = Finding()
            for await finding in group {
                group.cancelAll()
                if let finding { found = finding }
            }
            return found
        }
        cap.release(estimate)
        cap.spend(finding.costUSD)
        job.watch.savings.spend(finding.costUSD)
        if let verdict = finding.verdict, let certificate = job.watch.calibration?.certificate {
            if job.watch.health.succeeded() { observer.auditsRecovered(route: job.watch.route.name) }
            if job.isProbe { return }
            let isExcused = certificate.loss == .recoverable && (verdict.heavyweightScore ?? judge.badBelow) < judge.badBelow
            _ = finish(job, judged: verdict.isBad && !isExcused)
        } else {
            let reason: AuditSkip = Task.isCancelled ? .shutdown : environment.now() >= deadline ? .timeout : finding.skip
            giveUp(job, reason)
            if let failures = job.watch.health.failed(reason) {
                observer.auditsFailing(route: job.watch.route.name, failures: failures, reason: reason)
            }
        }
    }

    /// The heavyweight's answer, then the judge's verdict. What was spent is told whatever comes of it.
    private func examine(_ job: AuditJob, _ judge: any AuditJudge, deadline: ContinuousClock.Instant) async -> Finding {
        var finding = Finding()
        let route = job.watch.route
        let reply: ModelQuestion.Reply
        do throws(ProviderError) {
            reply = try await askHeavyweight(job, deadline: deadline)
        } catch {
            finding.skip = .heavyweight
            return finding
        }
        finding.costUSD += reply.costUSD ?? 0
        observer.spent(
            AuditSpending(route: route.name, leg: .audit, model: route.heavyweight, tokens: reply.tokens, costUSD: reply.costUSD))
        guard !reply.text.isEmpty else {
            finding.skip = .heavyweight
            return finding
        }
        let cost: Double?
        let tokens: TokenCount
        do throws(JudgeFailure) {
            let verdict = try await judge.verdict(
                prompt: LLMJudge.transcript(of: job.chat), draft: job.draft, heavyweight: reply.text, category: job.taskClass)
            finding.verdict = verdict
            (cost, tokens) = (verdict.costUSD, verdict.tokens)
        } catch {
            finding.skip = .judge
            (cost, tokens) = (error.costUSD, error.tokens)
        }
        finding.costUSD += cost ?? 0
        observer.spent(AuditSpending(route: route.name, leg: .judge, model: judge.model, tokens: tokens, costUSD: cost))
        return finding
    }

    /// One retry, for what may pass.
    private func askHeavyweight(_ job: AuditJob, deadline: ContinuousClock.Instant) async throws(ProviderError) -> ModelQuestion.Reply {
        let question = ModelQuestion(provider: job.watch.route.heavyweightProvider, model: job.watch.route.heavyweight)
        do throws(ProviderError) {
            return try await question.ask(job.chat, prices: prices, deadline: deadline)
        } catch {
            guard error.kind.isWorthAnotherAudit else { throw error }
            do throws(any Error) {
                try await environment.sleep(min(environment.now() + settings.retryPause, deadline))
            } catch {
                throw ProviderError(.cancelled, provider: question.provider.name, message: "the audit was cancelled")
            }
            return try await question.ask(job.chat, prices: prices, deadline: deadline)
        }
    }

    // MARK: Its end

    /// Adds a verdict to the evidence: a person's, if there is one by now, else the judge's.
    ///
    /// - Parameter isLast: without a verdict the draft is not audited any more.
    /// - Returns: false when there is no verdict.
    private func finish(_ job: AuditJob, judged: Bool?, isLast: Bool = false) -> Bool {
        guard let calibration = job.watch.calibration else { return true }
        let found = decisions.change(job.id) { entry -> (isBad: Bool, isHuman: Bool)? in
            guard let isBad = entry.feedback.map({ $0 == .bad }) ?? judged else {
                if isLast { entry.audit = .none }
                return nil
            }
            entry.audit = .judged(isBad: isBad)
            calibration.audited(job.observation, isBad: isBad)
            return (isBad, entry.feedback != nil)
        }
        switch found {
        case .some(.some(let verdict)):
            conclude(id: job.id, job.watch, job.observation, isBad: verdict.isBad, verdict.isHuman ? .human : .judge)
            return true
        case .some(.none):
            return false
        case .none:
            // Forgotten meanwhile: nobody can give feedback on it any more.
            guard let judged else { return false }
            calibration.audited(job.observation, isBad: judged)
            conclude(id: job.id, job.watch, job.observation, isBad: judged, .judge)
            return true
        }
    }

    /// No observation, unless a person has said what the audit could not.
    func giveUp(_ job: AuditJob, _ reason: AuditSkip) {
        if job.isProbe || !finish(job, judged: nil, isLast: true) { skip(reason, job.watch) }
    }
}

extension ProviderError.Kind {
    fileprivate var isWorthAnotherAudit: Bool {
        switch self {
        case .refused, .dns, .connectTimeout, .idleTimeout, .reset, .truncated, .rateLimited, .serverError, .inStream: true
        case .tls, .firstByteTimeout, .malformed, .unauthorized, .invalidRequest, .cancelled: false
        }
    }
}
