internal import Cascade
internal import Synchronization

/// Everything asynchronous that the cache does.
extension SemanticCompletionCache {
    private static let bookkeepingEvery = Duration.seconds(10)
    private static let cleanUpEvery = Duration.seconds(600)
    private static let cleanUpAfterWrites = 1_000

    /// Whether ``run()`` takes work.
    public var isRunning: Bool { writes.isOpen }

    /// Runs until the task is cancelled, once in the life of a cache. A service of the composition root owns the task.
    ///
    /// In its group run: one task per lookup that waits for a store, up to ``CacheSettings/maxConcurrentLookups``; one clock for lookups and one for
    /// those who wait for an equal request; so many writers; and the book-keeper. None of them cancels another. Cancelling the task ends all: what
    /// is pending becomes a miss, what waits to be stored is given up.
    public func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for queue in [lookupDeadlines, followerDeadlines] { queue.open() }
                lookups.open()
                writes.open()
                group.addTask { await self.keepDeadlines() }
                group.addTask { await self.keepFollowers() }
                for _ in 0..<max(1, settings.concurrentWrites) {
                    group.addTask { while let job = await self.writes.next() { await self.perform(job) } }
                }
                group.addTask { await self.keepBooks() }
                while let job = await lookups.next() {
                    group.addTask {
                        await self.work(job)
                        self.releaseLookup()
                    }
                }
            }
        } onCancel: {
            close()
        }
    }

    private func close() {
        _ = lookups.close()
        for job in writes.close() { giveUp(job) }
        for pending in lookupDeadlines.close() + followerDeadlines.close() { giveUp(pending.session) }
    }

    private func giveUp(_ session: LookupSession) {
        session.resolve { finding in
            if finding.exact == nil { finding.exact = .miss } else { finding.vector = .miss }
        }
    }

    private func giveUp(_ job: WriteJob) {
        guard case .offer(let offer) = job else { return }
        if offer.comparison != nil { counts.compared(.unknown) }
        if offer.answer != nil {
            counts.admitted(.failed)
            release(offer.session)
        }
    }

    /// All wait equally long, so that one clock at the head of the queue serves all.
    private func keepDeadlines() async {
        while let next = await lookupDeadlines.next() {
            guard !next.session.isResolved else { continue }
            do {
                try await environment.sleep(next.at)
                next.session.expire()
            } catch {
                giveUp(next.session)
            }
        }
    }

    private func keepFollowers() async {
        while let next = await followerDeadlines.next() {
            if !next.session.isResolved { try? await environment.sleep(next.at) }
            next.session.resolve { $0.exact = .miss }
        }
    }

    /// Adds to the counters that all gateways share, and clears away points whose time is over.
    private func keepBooks() async {
        var told = CacheCounts.Snapshot()
        var cleanedAt = environment.now()
        while (try? await environment.sleep(environment.now() + Self.bookkeepingEvery)) != nil {
            let now = counts.snapshot
            if await share(now, since: told) { told = now }
            if storedSinceCleanUp.load(ordering: .relaxed) >= Self.cleanUpAfterWrites
                || environment.now() - cleanedAt >= Self.cleanUpEvery
            {
                storedSinceCleanUp.store(0, ordering: .relaxed)
                cleanedAt = environment.now()
                await cleanUp()
            }
        }
    }

    /// - Returns: false when it is to be tried again.
    private func share(_ now: CacheCounts.Snapshot, since before: CacheCounts.Snapshot) async -> Bool {
        let amounts = [
            "hits": now.hits - before.hits, "misses": now.ended - now.hits - (before.ended - before.hits),
            "stored": now.admissions[.stored, default: 0] - before.admissions[.stored, default: 0],
        ].filter { $0.value > 0 }
        guard !amounts.isEmpty else { return true }
        guard let attempt = answerGate.attempt() else { return false }
        do throws(StoreError) {
            try await answerGate.ask(attempt) { () async throws(StoreError) in
                try await answers.add(amounts, deadline: environment.now() + settings.writeDeadline)
            }
            return true
        } catch {
            // It may have happened; counted twice would be worse than not counted.
            return true
        }
    }

    private func cleanUp() async {
        guard let vectors, let attempt = vectorGate.attempt() else { return }
        // Points whose time is over are never found: the next time will do as well.
        try? await vectorGate.ask(attempt) { () async throws(StoreError) in
            try await vectors.removeExpired(deadline: environment.now() + Self.bookkeepingEvery)
        }
    }
}
