import EntropyRouting

extension CalibrationOutcome {
    /// The outcome for a terminal: what is feasible first, then the walk, and at the end what the certificate promises, or why there is
    /// none. Lines of at most 140 characters; ends with a newline.
    public func rendered() -> String {
        [feasibilityText, modelText, walkText, classText, windowText, testText, model == nil ? refusalText : promiseText]
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var feasibilityText: String {
        let feasibility = certification.feasibility
        var lines = [
            "Feasibility",
            "  promise asked for: \(options.loss.promise(options.alpha)), wrong with probability \(percent(options.delta))",
            "  labels: \(counts.labels) (\(counts.labelled[.train, default: 0]) to fit, \(feasibility.labels) to certify, "
                + "\(counts.labelled[.test, default: 0]) to check); \(counts.gated) refused by gates, \(counts.otherTier) without evidence "
                + "of the model's tier, \(counts.unlabelled) drafts not judged",
            "  shipping every draft would lose \(feasibility.losses) of \(feasibility.labels): "
                + "\(percent(feasibility.lossRate)) (95 %: \(interval(feasibility.lossInterval)))",
            "  any rule must escalate at least \(percent(feasibility.leastEscalation)) of the requests",
        ]
        if let unjudgedWarning { lines.append("  \(unjudgedWarning)") }
        if options.judge.bound < 1 {
            let source = options.judge.seeded > 0 ? "\(options.judge.detected) of \(options.judge.seeded) seeded errors seen" : "assumed"
            lines.append(
                "  the judge sees at least \(percent(options.judge.bound)) of the bad drafts (\(source)): the walk is held to "
                    + "\(percent(feasibility.alpha)), wrong with \(percent(options.delta - options.judge.deltaSpent))")
        }
        let needed = feasibility.labelsForNoLoss.map { "\($0)" } ?? "more than a billion"
        let missing = feasibility.missingLabels ?? .max
        lines.append(
            "  a level without a single loss takes \(needed) labels\(options.loss == .selective ? " of shipped drafts" : ""): "
                + (missing == 0 ? "there are enough" : "needs \(missing) more"))
        return lines.joined(separator: "\n") + "\n"
    }

    private var modelText: String {
        let state = fit.isConverged ? "converged in \(fit.iterations) steps" : "did not converge in \(fit.iterations) steps"
        var lines = ["Risk model: \(fit.terms.count) features on \(fit.labels) labels, \(fit.bad) bad; evidence \(tier.rawValue); \(state)"]
        if fit.labels < RiskModel.fullModelLabels {
            lines.append("  below \(RiskModel.fullModelLabels) labels a model has two features and the class's intercept")
        }
        if let tail {
            lines.append("  tail refitted on \(tail.positions) lists of 20; root mean square error of a cut list's entropy in bits:")
            let rows = tail.rows.map { row in
                [
                    "\(row.k)", rounded(row.measured), rounded(row.fitted), rounded(row.errorBefore), rounded(row.errorAfter),
                ]
            }
            return lines.joined(separator: "\n") + "\n"
                + TextTable.render([["k", "c_k before", "after", "error before", "after"]] + rows)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var walkText: String {
        certification.parts.map { part in
            let title = part.taskClass.map { "\($0.rawValue), its share of delta \(percent(part.delta))" } ?? "all classes together"
            return "Walk over the risk levels, \(title): \(part.labels) labels\n" + table(part, unit: "risk <=")
        }.joined(separator: "\n")
    }

    /// What became of each class; only a certificate by class promises anything about them.
    private var classText: String {
        guard let thresholds = model?.thresholds else { return "" }
        var rows = [["class", "labels", "bad", "risk <=", "shipped", "lost", "rate", "95 %"]]
        for taskClass in TaskClass.allCases {
            let drafts = scored.filter { $0.split == .cal && $0.taskClass == taskClass && ($0.isBad != nil || !options.isJudgedOnly) }
            let figures = RuleFigures(
                drafts, loss: options.loss, rule: .risk, countsUnjudged: !options.isJudgedOnly, level: { thresholds[$0] })
            guard let figures else { continue }
            rows.append([
                taskClass.rawValue, "\(figures.labels)", "\(drafts.count { $0.isBad == true })", "\(thresholds[taskClass])",
                percent(figures.coverage), "\(figures.losses)", percent(figures.lossRate),
                interval(figures.lossInterval),
            ])
        }
        return "By class, on the labels to certify\(options.isPerClass ? "" : "; the promise is about all of them together")\n"
            + TextTable.render(rows)
    }

    private var windowText: String {
        guard let part = windowCertification.parts.first else { return "" }
        guard let step = part.certified else { return "Raw window, the baseline: no threshold can be certified for the same promise\n" }
        return "Raw window, the baseline: threshold_bits \(step.level) is certified for the same promise; it ships "
            + "\(percent(Double(step.shipped) / Double(part.labels))) and loses \(step.losses) of \(step.trials)\n"
    }

    private func table(_ part: Certification.Part, unit: String) -> String {
        var rows = [[unit, "shipped", "lost", "rate", "bound", ""]]
        let end = part.certifiedIndex.map { $0 + 1 } ?? part.start
        for (index, step) in part.steps.enumerated() {
            let state =
                switch index {
                case ..<part.start: "before the start"
                case ..<end: index == end - 1 && step.shipped > 0 ? "certified" : "held"
                case end: "not held: the walk ends"
                default: ""
                }
            rows.append([
                "\(step.level)", percent(part.labels > 0 ? Double(step.shipped) / Double(part.labels) : 0),
                "\(step.losses) of \(step.trials)",
                percent(step.trials > 0 ? Double(step.losses) / Double(step.trials) : 0), percent(step.bound), state,
            ])
        }
        return TextTable.render(rows)
    }

    private var testText: String {
        var lines: [String] = []
        func figures(_ name: String, _ figures: RuleFigures) {
            lines.append(
                "  \(name) ships \(percent(figures.coverage)) of \(figures.labels) and loses \(figures.losses): "
                    + "\(percent(figures.lossRate)) (95 %: \(interval(figures.lossInterval)))")
        }
        if let test { figures("the certified rule", test) }
        if let windowTest { figures("the certified raw window", windowTest) }
        if let unjudged = counts.unjudged[.test] {
            lines.append("  \(unjudged) of its drafts have no verdict and are left out of these figures")
        }
        if let ranking {
            lines.append(
                "  AUROC over \(ranking.labels): risk \(rounded(ranking.risk)), raw window \(rounded(ranking.windowBits)), mean entropy "
                    + "\(rounded(ranking.meanBits)), least probable token \(rounded(ranking.worstToken)), length \(rounded(ranking.length))"
            )
        }
        return lines.isEmpty ? "" : (["Test split, used for nothing else"] + lines).joined(separator: "\n") + "\n"
    }

    private var promiseText: String {
        guard let certificate = model?.certificate else { return "" }
        let part = certificate.classes.isEmpty ? "" : " in every class that ships"
        let shipped = percent(certificate.coverage)
        let promise = certificate.loss.promise(certificate.alpha)
        let judged = options.isJudgedOnly ? unjudgedWarning.map { "\n  \($0)." } ?? "" : ""
        return """
            Certified: ships \(shipped) of the drafts to certify; upper bound of the loss \(percent(certificate.bound))\(part)
              It says: \(promise)\(part), unless this calibration was one of the unlucky \(percent(certificate.delta)).
              It holds for requests drawn like the recorded ones, with this drafter, provider, temperature and prompt, released buffered.
              It says nothing about any single answer, about other traffic, or about errors that the labels do not show.\(judged)
              Use the labels for one certificate: trying other promises on them until one fits is not covered; audits watch over the rest.

            """
    }

    private var refusalText: String {
        guard let refusal = certification.refusal else { return "" }
        var text = "Not certified: \(refusal)\n"
        if let unjudgedWarning { text += "  \(unjudgedWarning)\n" }
        if let missingLabels, missingLabels > 0 {
            text += "  \(missingLabels) labels more in all, since two of five recorded prompts are kept for certification\n"
        }
        return text
    }

    private func interval(_ rates: ClosedRange<Double>) -> String { "\(percent(rates.lowerBound)) to \(percent(rates.upperBound))" }

    private func rounded(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
}

extension RiskCertificate.Loss {
    /// The promise in words.
    fileprivate func promise(_ alpha: Double) -> String {
        switch self {
        case .joint: "at most \(percent(alpha)) of all requests get a bad draft"
        case .recoverable: "at most \(percent(alpha)) of all requests get a bad draft where the heavyweight would have been good"
        case .selective: "at most \(percent(alpha)) of the shipped drafts are bad"
        }
    }
}

/// Columns of text, right-aligned but for the last.
enum TextTable {
    static func render(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = " "
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: column == columns - 1 ? 0 : widths[column] - cell.count)
                line += " " + (column == columns - 1 ? " " : "") + padding + cell
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
