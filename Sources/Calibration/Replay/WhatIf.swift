public import EntropyRouting

/// Decides recorded drafts again under another policy, by running the production ``DraftMonitor``, ``CascadeStateMachine`` and
/// ``ReleaseSchedule`` over their tokens in the order of time. Exact as far as the times are: a drafter's stream does not depend on whether
/// a heavyweight runs beside it, and the heavyweight's answer is taken to be the recorded one, whenever it is started.
///
/// Pure: the same drafts give the same outcomes.
public struct WhatIf: Sendable {
    public let policy: ReplayPolicy

    public init(_ policy: ReplayPolicy) {
        self.policy = policy
    }

    /// All drafts in their order, with one allowance for pre-fires.
    public func outcomes(_ drafts: [LabelledDraft]) -> [ReplayOutcome] {
        var allowance = policy.allowance
        var readings = Readings()
        return drafts.map { draft in
            readings.read(draft, policy)
            return outcome(draft, readings, lambda: nil, &allowance)
        }
    }

    /// All drafts in their order, once for every lambda; the drafts are read only once.
    ///
    /// - Returns: `outcomes[l][d]` for `lambdas[l]` and `drafts[d]`.
    public func outcomes(_ drafts: [LabelledDraft], lambdas: [Double]) -> [[ReplayOutcome]] {
        var allowances = Array(repeating: policy.allowance, count: lambdas.count)
        var outcomes: [[ReplayOutcome]] = Array(repeating: [], count: lambdas.count)
        var readings = Readings()
        for draft in drafts {
            readings.read(draft, policy)
            for (index, lambda) in lambdas.enumerated() {
                outcomes[index].append(outcome(draft, readings, lambda: lambda, &allowances[index]))
            }
        }
        return outcomes
    }

    /// One draft.
    ///
    /// - Parameter allowance: of the pre-fires; this request's share is added first.
    public func outcome(_ draft: LabelledDraft, _ allowance: inout PrefireAllowance) -> ReplayOutcome {
        var readings = Readings()
        readings.read(draft, policy)
        return outcome(draft, readings, lambda: nil, &allowance)
    }

    private func outcome(
        _ draft: LabelledDraft, _ readings: Readings, lambda: Double?, _ allowance: inout PrefireAllowance
    ) -> ReplayOutcome {
        allowance.earn()
        var run = ReplayRun(draft, policy, lambda: lambda, allowance)
        let outcome = run.run(readings)
        allowance = run.allowance
        return outcome
    }
}

/// What the monitor said after every token and at the end. It does not depend on pre-fires or release.
struct Readings {
    struct Reading {
        var assessment: Assessment
        /// Some evidence has come: text may be released on the strength of it.
        var isEvident: Bool
    }

    private(set) var tokens: [Reading] = []
    /// The verdict on the whole draft; `nil` accepts it.
    private(set) var rejection: EscalationReason?

    /// Replaces what was read before, keeping the room.
    mutating func read(_ draft: LabelledDraft, _ policy: ReplayPolicy) {
        let trace = draft.trace
        tokens.removeAll(keepingCapacity: true)
        var monitor = DraftMonitor(
            strategy: policy.strategy, estimator: policy.estimator, taskClass: trace.taskClass, promptTokens: trace.promptTokens)
        for token in trace.tokens {
            trace.observe(token, in: &monitor)
            tokens.append(Reading(assessment: monitor.assessment, isEvident: monitor.tier != .none))
        }
        // Gates first, whatever the entropy says.
        if let gate = trace.gate {
            rejection = .gate(gate)
        } else {
            let verdict = monitor.finalAssessment(finishReason: trace.finish)
            rejection = verdict.level == .reject ? EscalationReason(verdict.reason) : nil
        }
    }
}
