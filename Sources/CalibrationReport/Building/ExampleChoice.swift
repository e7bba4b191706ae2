import Calibration
import EntropyRouting

/// Which drafts are shown: of each kind the first ones by a hash of their ids, so that nobody chose them. Drafts of a few tokens show
/// little
/// and come last.
struct ExampleChoice {
    private static let fewTokens = 12

    private let rule: RuleInForce
    private let options: ReportOptions
    private let estimator: EntropyEstimator

    init(_ rule: RuleInForce, _ options: ReportOptions, estimator: EntropyEstimator) {
        self.rule = rule
        self.options = options
        self.estimator = estimator
    }

    /// Without a threshold in force nothing is shipped, and all examples are escalated.
    ///
    /// - Parameter scored: one for each draft, in the same order.
    func examples(_ drafts: [LabelledDraft], _ scored: [ScoredDraft]) -> [ExampleTrace] {
        let test = drafts.indices.filter { drafts[$0].split == .test && drafts[$0].isBad != nil && !drafts[$0].trace.tokens.isEmpty }
        return ExampleTrace.Kind.allCases.flatMap { kind in
            let members = test.filter { self.kind(scored[$0]) == kind }.map { index in
                (
                    index: index, isShort: drafts[index].trace.tokens.count < Self.fewTokens,
                    hash: Self.hash(drafts[index].trace.id, seed: options.seed)
                )
            }
            let ordered = members.sorted { ($0.isShort ? 1 : 0, $0.hash, $0.index) < ($1.isShort ? 1 : 0, $1.hash, $1.index) }
            return ordered.prefix(options.examples).map { example(drafts[$0.index].trace, scored[$0.index], kind) }
        }
    }

    private func kind(_ draft: ScoredDraft) -> ExampleTrace.Kind {
        switch (rule.ships(draft), draft.isBad == true) {
        case (true, false): .shippedGood
        case (true, true): .shippedBad
        case (false, true): .escalatedBad
        case (false, false): .escalatedGood
        }
    }

    private func example(_ trace: DraftTrace, _ scored: ScoredDraft, _ kind: ExampleTrace.Kind) -> ExampleTrace {
        let tokens = trace.tokens.prefix(options.exampleTokens).map { token in
            let range = Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)
            let uncertainty = estimator.uncertainty(
                logprob: token.logprob, isListed: token.isListed, alternatives: trace.alternatives.span.extracting(range))
            return ExampleTrace.Token(
                bytes: Array(trace.text[Int(token.text.lowerBound)..<Int(token.text.upperBound)]), bits: uncertainty.estimate,
                surprisal: uncertainty.surprisal)
        }
        return ExampleTrace(
            id: trace.id, category: trace.category, taskClass: trace.taskClass, kind: kind, risk: scored.risk,
            threshold: rule.thresholds?[trace.taskClass], gate: trace.gate, tokens: tokens, omitted: trace.tokens.count - tokens.count)
    }

    /// FNV-1a, mixed, so that near ids are far apart.
    private static func hash(_ id: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        return hash ^ (hash >> 33)
    }
}
