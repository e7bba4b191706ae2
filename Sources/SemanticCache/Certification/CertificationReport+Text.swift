internal import Calibration

extension CertificationReport {
    /// Columns of ``rendered()``.
    static let columns = 100
    /// Lines of a prompt that are shown.
    static let promptLines = 5
    /// False hits that are shown; the others are counted.
    static let shownFalseHits = 20

    /// The report for a terminal: lines of at most 100 columns, ending in a newline. Quotes prompts of the file where they caused false hits.
    public func rendered() -> String {
        var lines = overview
        lines += [""] + guardTable
        lines += [""] + walkTable
        lines += [""] + verdict
        return lines.map { Self.fitted($0, Self.columns) + "\n" }.joined()
    }

    private var different: [Lookup] { lookups.filter { !$0.pair.isSame } }
    private var paraphrases: [Lookup] { lookups.filter(\.pair.isSame) }

    // MARK: Sections

    private var overview: [String] {
        let cosine = Self.decimal(similarityThreshold, 2)
        return [
            "\(lookups.count) pairs: \(different.count) with different answers, \(paraphrases.count) paraphrases",
            "",
            "rule                                      different, answered        paraphrases, answered",
            ruleRow("cosine >= \(cosine) alone") { $0.cosine >= similarityThreshold },
            ruleRow("cosine >= \(cosine) and every guard") { $0.separatedBy == nil && $0.cosine >= similarityThreshold },
            ruleRow("every guard alone") { $0.separatedBy == nil },
        ]
    }

    private func ruleRow(_ rule: String, _ isAnswered: (Lookup) -> Bool) -> String {
        Self.padded(rule, 42) + Self.padded(counted(different, isAnswered), 27) + counted(paraphrases, isAnswered)
    }

    private func counted(_ lookups: [Lookup], _ counts: (Lookup) -> Bool) -> String {
        "\(lookups.count(where: counts)) of \(lookups.count)  \(Self.percent(share(of: lookups, counts), 1))"
    }

    private var guardTable: [String] {
        [Self.padded("about", 18) + Self.padded("different, kept apart", 27) + "paraphrases, let through"]
            + guards.map { row in
                Self.padded(row.name ?? "(not said)", 18) + Self.padded("\(row.separated) of \(row.different)", 27)
                    + "\(row.letThrough) of \(row.paraphrases)"
            }
    }

    private var walkTable: [String] {
        var rows = [
            Self.padded("score >=", 12) + Self.padded("different, answered", 24) + Self.padded("upper bound", 15)
                + "paraphrases, answered"
        ]
        for (index, step) in walk.steps.enumerated() {
            let mark = index == walk.certifiedIndex ? "   <- certified" : ""
            rows.append(
                Self.padded(Self.decimal(step.level, 2), 12) + Self.padded("\(step.losses) of \(step.trials)", 24)
                    + Self.padded(Self.percent(step.bound, 2), 15) + Self.percent(hitRate(atScore: step.level), 1) + mark)
        }
        return rows
    }

    private var verdict: [String] {
        let (goal, doubt) = (Self.percent(walk.alpha, 2), Self.percent(walk.delta, 1))
        if let step = walk.certified {
            return [
                "Certified: score \(Self.decimal(step.level, 2)), with \(Self.count(step.losses, "false hit")) in \(step.trials) \(trialNoun).",
                scope,
                "at most \(Self.percent(step.bound, 2)) get an answer that is not theirs (goal: \(goal)).",
                "This is wrong with a probability of at most \(doubt). It holds for lookups like these pairs, and only",
                "when neither guards nor weights were fitted to them.",
            ] + boundOfDifferent(step.losses) + [
                "Paraphrases answered: \(Self.percent(hitRate(atScore: step.level), 1)).",
                "",
                "cache:",
                "  score_threshold: \(Self.decimal(step.level, 2))",
            ] + listed(falseHits(atScore: step.level), "False hits at this score:")
        }
        let strictest = walk.steps.first
        let hits = strictest.map { falseHits(atScore: $0.level) } ?? []
        var lines = ["Cannot certify that at most \(goal) of such lookups are answered wrongly (\(doubt) to be mistaken)."]
        if let missing = missingLabels, let strictest {
            lines += [
                hits.isEmpty
                    ? "No false hit was seen, but \(strictest.trials) \(trialNoun) are too few:"
                    : "\(Self.count(hits.count, "false hit")) in \(strictest.trials) \(trialNoun). Mend them, or have more:",
                "\(missing) labels are missing: \(strictest.trials + missing) \(trialNoun) in all would do,",
                "without another false hit.",
            ]
        } else {
            lines.append("No number of pairs will do: alpha and delta must be above 0.")
        }
        return lines + listed(hits, "False hits at the strictest score:")
    }

    private var trialNoun: String { loss == .joint ? "labelled pairs" : "pairs with different answers" }

    private var scope: String {
        loss == .joint ? "Of the lookups like these pairs," : "Of the lookups whose nearest stored question wants another answer,"
    }

    /// The stricter bound, where the walk went by another.
    private func boundOfDifferent(_ losses: Int) -> [String] {
        guard loss == .joint else { return [] }
        let bound = ClopperPearson.upper(failures: losses, trials: different.count, delta: walk.delta)
        return ["Of the \(different.count) pairs with different answers alone, the bound is \(Self.percent(bound, 2))."]
    }

    private func listed(_ hits: [Lookup], _ title: String) -> [String] {
        guard !hits.isEmpty else { return [] }
        var lines = ["", title]
        for hit in hits.prefix(Self.shownFalseHits) {
            lines.append(
                "  \(hit.pair.guardName ?? "(not said)"), score \(Self.decimal(hit.score, 3)), cosine \(Self.decimal(hit.cosine, 3))")
            lines += Self.wrapped(hit.pair.asked, first: "    asked:  ") + Self.wrapped(hit.pair.stored, first: "    stored: ")
        }
        if hits.count > Self.shownFalseHits { lines.append("  and \(hits.count - Self.shownFalseHits) more") }
        return lines
    }

    // MARK: Text

    /// One line of at most that many columns.
    private static func fitted(_ line: String, _ columns: Int) -> String {
        if line.reduce(0, { $0 + width(of: $1) }) <= columns { return line }
        var (shown, used) = ("", 0)
        for character in line {
            used += width(of: character)
            if used > columns - 3 { break }
            shown.append(character)
        }
        return shown + "..."
    }

    /// A prompt on at most ``promptLines`` lines, the first with a title, without control characters.
    private static func wrapped(_ text: String, first: String) -> [String] {
        var lines = [first]
        let indent = String(repeating: " ", count: first.count)
        var used = 0
        let words = text.split { character in character.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == " " } }
        for word in words {
            let needed = word.reduce(0) { $0 + width(of: $1) }
            if used > 0, used + 1 + needed > columns - first.count {
                guard lines.count < promptLines else { return lines.dropLast() + [lines[lines.count - 1] + " ..."] }
                lines.append(indent)
                used = 0
            }
            lines[lines.count - 1] += (used > 0 ? " " : "") + word
            used += (used > 0 ? 1 : 0) + needed
        }
        return lines
    }

    /// East Asian characters and emoji take two columns.
    private static func width(of character: Character) -> Int { character.unicodeScalars.contains { $0.value >= 0x1100 } ? 2 : 1 }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(1, columns - text.count))
    }

    private static func percent(_ share: Double, _ digits: Int) -> String { decimal(share * 100, digits) + " %" }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let units = Int((abs(value) * Double(scale)).rounded())
        let fraction = String(units % scale)
        return (value < 0 && units > 0 ? "-" : "") + "\(units / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
