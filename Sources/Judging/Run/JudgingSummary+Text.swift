internal import CalibrationData
internal import Cascade

extension JudgingSummary {
    /// The table for a terminal, with what remains to be done.
    public func rendered() -> String {
        var lines = table()
        lines.append("")
        if judgedDrafts > 0 {
            lines.append("the two orders disagree by 2 points or more on \(disagreements) of \(judgedDrafts) drafts that the judge saw")
        }
        if audit.seeded > 0 {
            lines.append(
                "seeded errors found: \(audit.detected) of \(audit.seeded); sensitivity at least \(percent(audit.sensitivityBound())) "
                    + "with 99 % confidence")
        }
        if audit.controls > 0 {
            lines.append(
                "right drafts let pass: \(audit.accepted) of \(audit.controls); specificity at least \(percent(audit.specificityBound())) "
                    + "with 99 % confidence")
        }
        if tokens.input > 0 {
            lines.append(
                "this run: \(tokens.input) input and \(tokens.output) output tokens, "
                    + (spentUSD.map { "$\(Dollars.text($0))" } ?? "price unknown"))
        }
        lines += remarks
        return lines.joined(separator: "\n") + "\n"
    }

    private var remarks: [String] {
        var lines: [String] = []
        if !codeWasRun { lines.append("unit tests were not run (--run-code): code is left to the judge") }
        if !withoutPrompt.isEmpty {
            lines.append("\(withoutPrompt.count) recordings have no prompt in --prompts and cannot be judged: \(some(withoutPrompt))")
        }
        if !changed.isEmpty {
            lines.append("\(changed.count) recordings were made with another text of their prompt; record them again: \(some(changed))")
        }
        if !unchecked.isEmpty { lines.append("\(unchecked.count) answers' code could not be run: \(some(unchecked))") }
        if !unreadable.isEmpty { lines.append("\(unreadable.count) questions got no usable verdict: \(some(unreadable))") }
        if isJudgeUseless {
            lines.append(
                "the judge gave no usable verdict at all: it must answer with one JSON object of scores; name a more capable judge with "
                    + "--judge, or one whose answers are not cut short")
        }
        if !unanswered.isEmpty { lines.append("\(unanswered.count) questions were not answered: \(some(unanswered))") }
        switch stop {
        case .requested?: lines.append("stopped; the same command goes on where this one ended")
        case .cap?: lines.append("the spend cap was reached; the same command goes on where this one ended")
        case .upstream(let reason)?: lines.append("given up: \(reason)")
        case nil: break
        }
        if unjudged > 0 {
            let advice =
                judgedDrafts == 0 && stop == nil && unreadable.isEmpty
                ? ": name a judge (--judge provider:model), or import people's verdicts (--import)" : ""
            lines.append("\(unjudged) answers have no verdict\(advice)")
        }
        return lines
    }

    private var total: Row {
        var total = Row(category: "all")
        for row in rows {
            total.draft.add(row.draft)
            total.heavyweight.add(row.heavyweight)
        }
        return total
    }

    private func table() -> [String] {
        var cells = [["category", "answer", "judged", "human", "reference", "gold", "judge", "unjudged", "bad"]]
        for row in rows.count == 1 ? rows : rows + [total] {
            cells.append([row.category, "draft"] + numbers(row.draft))
            if row.heavyweight.judged + row.heavyweight.unjudged > 0 { cells.append(["", "heavyweight"] + numbers(row.heavyweight)) }
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            row.enumerated().map { column, text in
                let blanks = String(repeating: " ", count: widths[column] - text.count)
                return column < 2 ? text + blanks : blanks + text
            }.joined(separator: "  ")
        }
    }

    private func numbers(_ tally: Tally) -> [String] {
        func count(_ source: Verdict.Source) -> String { "\((tally.good[source] ?? 0) + (tally.bad[source] ?? 0))" }
        return [
            "\(tally.judged)", count(.human), count(.reference), "\(tally.goldGood + tally.goldBad)", count(.judge), "\(tally.unjudged)",
            tally.badRate.map(percent) ?? "-",
        ]
    }

    private func some(_ items: [String]) -> String { items.prefix(3).joined(separator: "; ") + (items.count > 3 ? "; ..." : "") }
    private func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
}

/// Amounts of money for people.
public enum Dollars {
    /// With four digits behind the point: `0.0123`.
    public static func text(_ amount: Double) -> String {
        let units = Int((max(0, min(amount, 1e9)) * 10_000).rounded())
        let fraction = "\(units % 10_000)"
        return "\(units / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
    }
}
