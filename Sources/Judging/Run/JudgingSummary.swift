public import CalibrationData
public import Cascade

/// What is known after a run, from all verdicts of the file, and what the run itself met with.
public struct JudgingSummary: Sendable, Hashable {
    /// Verdicts that count, by where they come from.
    public struct Tally: Sendable, Hashable {
        public var good: [Verdict.Source: Int] = [:]
        public var bad: [Verdict.Source: Int] = [:]
        /// Answers that came with a gold label and have no stronger verdict.
        public var goldGood = 0
        public var goldBad = 0
        public var unjudged = 0

        public var judged: Int { goodCount + badCount }
        public var goodCount: Int { good.values.reduce(goldGood, +) }
        public var badCount: Int { bad.values.reduce(goldBad, +) }
        /// 0...1; `nil` without verdicts.
        public var badRate: Double? { judged == 0 ? nil : Double(badCount) / Double(judged) }
    }

    /// Answers of one category.
    public struct Row: Sendable, Hashable {
        public var category: String
        public var draft = Tally()
        public var heavyweight = Tally()
    }

    /// What a note begins with when the two orders saw the draft very differently.
    public static let disagreementNote = "The orders disagree. "

    /// By category, in alphabetical order.
    public var rows: [Row]
    public var audit: JudgeAudit
    /// The judge's verdicts on drafts, and those of them whose orders disagree.
    public var judgedDrafts: Int
    public var disagreements: Int
    /// Ids of recordings that no prompt belongs to.
    public var withoutPrompt: [String]
    /// Ids of recordings that were made with another text of their prompt.
    public var changed: [String]
    /// `id: what the judge said instead of a verdict`.
    public var unreadable: [String]
    /// Questions of this run that did get a usable verdict.
    public var usable: Int
    /// `id: why there is no answer`.
    public var unanswered: [String]
    /// Answers whose code could not be run.
    public var unchecked: [String]
    /// Unit tests were left to the judge.
    public var codeWasRun: Bool
    /// US dollars of this run; `nil` = some of it unknown.
    public var spentUSD: Double?
    public var tokens: TokenCount
    public var stop: JudgingRun.Stop?

    /// The judge answered, and not one of its answers was a verdict.
    public var isJudgeUseless: Bool { usable == 0 && !unreadable.isEmpty }

    /// Answers without a verdict.
    public var unjudged: Int { rows.reduce(0) { $0 + $1.draft.unjudged + $1.heavyweight.unjudged } }

    init(plan: JudgingPlan, book: VerdictBook, work: JudgingWork) {
        var rows: [String: Row] = [:]
        var hasUnrunTests = false
        for recording in plan.recordings {
            let category = plan.prompts[recording.id]?.category ?? recording.category
            if case .tests? = plan.prompts[recording.id]?.reference, book[recording.id, .draft, .reference] == nil { hasUnrunTests = true }
            var row = rows[category] ?? Row(category: category)
            row.draft.add(book, recording.id, .draft, gold: recording.isBad)
            if recording.heavyweight != nil { row.heavyweight.add(book, recording.id, .heavyweight, gold: nil) }
            rows[category] = row
        }
        self.rows = rows.values.sorted { $0.category < $1.category }
        let current = book.current
        audit = JudgeAudit(verdicts: book.all)
        let judged = current.filter { $0.source == .judge && $0.answer == .draft }
        judgedDrafts = judged.count
        disagreements = judged.filter { $0.note?.hasPrefix(Self.disagreementNote) ?? false }.count
        withoutPrompt = plan.withoutPrompt
        changed = plan.changed
        usable = work.usable
        unreadable = work.unreadable
        unanswered = work.unanswered
        unchecked = work.unchecked
        codeWasRun = work.runsCode || !hasUnrunTests
        spentUSD = work.hasUnknownPrice ? nil : work.spentUSD
        tokens = work.tokens
        stop = work.stop
    }
}

extension JudgingSummary.Tally {
    mutating func add(_ other: Self) {
        good.merge(other.good, uniquingKeysWith: +)
        bad.merge(other.bad, uniquingKeysWith: +)
        goldGood += other.goldGood
        goldBad += other.goldBad
        unjudged += other.unjudged
    }

    fileprivate mutating func add(_ book: VerdictBook, _ id: String, _ answer: Verdict.Answer, gold: Bool?) {
        let strongest = book.strongest(id, answer)
        if let gold, strongest == nil || strongest?.source == .judge {
            if gold { goldBad += 1 } else { goldGood += 1 }
        } else if let strongest {
            if strongest.isBad { bad[strongest.source, default: 0] += 1 } else { good[strongest.source, default: 0] += 1 }
        } else {
            unjudged += 1
        }
    }
}
