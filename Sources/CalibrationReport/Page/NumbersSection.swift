import Calibration

/// All numbers in one place.
enum NumbersSection {
    static func markup(_ model: ReportModel, _ figures: ReportFigures) -> Markup {
        tag("section", ["id": "numbers"]) {
            tag("h2") { "The numbers" }
            if model.scores.isEmpty {
                tag("p", ["class": "text"]) { "No labelled drafts are in the test split." }
            } else {
                scores(model)
            }
            summary(model)
        }
    }

    private static func scores(_ model: ReportModel) -> Markup {
        let reach = range(model.scores)
        return Table(
            id: "scores", title: "Ranking the test drafts",
            caption:
                "AUROC and APGR with 95 % bootstrap intervals; CPT: least share of requests for the heavyweight that recovers half, or "
                + "four fifths, of its lead. Higher is better for the first two, lower for the others.",
            columns: [
                Table.Column("score"), Table.Column("AUROC"),
                Table.Column("\(NumberText.fixed(reach.lowerBound, 1)) to \(NumberText.fixed(reach.upperBound, 1))"),
                Table.Column("APGR"), Table.Column("CPT 50"), Table.Column("CPT 80"), Table.Column("AURC"),
            ],
            rows: model.scores.map { row in
                Table.Row(
                    [
                        Markup(row.rule.label),
                        row.auroc?.markup { NumberText.fixed($0, 3) } ?? Markup("–"),
                        row.auroc.map { forest($0, reach, isChief: row.rule == .risk) } ?? .empty,
                        row.apgr?.markup { NumberText.fixed($0, 3) } ?? Markup("–"),
                        Markup(row.cpt50.map { NumberText.percent($0) } ?? "–"),
                        Markup(row.cpt80.map { NumberText.percent($0) } ?? "–"),
                        Markup(row.aurc.map { NumberText.fixed($0, 4) } ?? "–"),
                    ], isChief: row.rule == .risk)
            }
        ).markup()
    }

    /// Tenths that hold all intervals, and .5.
    private static func range(_ rows: [ScoreRow]) -> ClosedRange<Double> {
        let all = rows.compactMap(\.auroc).flatMap { [$0.value, $0.interval?.lowerBound ?? $0.value, $0.interval?.upperBound ?? $0.value] }
        let low = ((all.min() ?? 0.5) * 10 - 1e-9).rounded(.down) / 10
        let high = ((all.max() ?? 1) * 10 + 1e-9).rounded(.up) / 10
        return max(0, min(low, 0.5))...min(1, max(high, 0.6))
    }

    /// A dot on its interval, with a tick at .5.
    private static func forest(_ estimate: Estimate, _ reach: ClosedRange<Double>, isChief: Bool) -> Markup {
        let scale = Scale(reach, from: 4, to: 92)
        let style = isChief ? "" : " ink"
        return tag("svg", ["class": "chart forest", "width": "96", "height": "16", "viewBox": "0 0 96 16", "aria-hidden": "true"]) {
            Shape.line(Point(scale(0.5), 1), Point(scale(0.5), 15), "random")
            if let interval = estimate.interval {
                Shape.line(Point(scale(interval.lowerBound), 8), Point(scale(interval.upperBound), 8), "whisker\(style)")
            }
            Shape.circle(Point(scale(estimate.value), 8), radius: 3.5, isChief ? "dot" : "hollow")
        }
    }

    private static func summary(_ model: ReportModel) -> Markup {
        var rows: [(String, String, String)] = []
        if let outcome = model.outcome {
            rows.append(
                (
                    "coverage", NumberText.percent(outcome.coverage.value, 2),
                    "share of test drafts shipped, \(outcome.shipped) of \(outcome.drafts)"
                ))
            rows.append(
                (
                    "shipped and bad", NumberText.percent(outcome.drafts > 0 ? Double(outcome.shippedBad) / Double(outcome.drafts) : 0, 2),
                    "of all test requests, \(outcome.shippedBad) of \(outcome.drafts)"
                ))
            rows.append(
                (
                    "loss rate, bound", NumberText.percent(outcome.lossBound, 2),
                    "one-sided upper bound of the certified kind of loss, \(outcome.losses) of \(outcome.trials)"
                ))
            if let accuracy = outcome.accuracy {
                rows.append(("good answers", NumberText.percent(accuracy, 2), "of all test requests, after escalation"))
            }
        }
        if let reliability = model.reliability {
            rows.append(
                ("ECE", NumberText.fixed(reliability.ece, 4), "expected calibration error, \(reliability.bins.count) bins of equal mass"))
            rows.append(("Brier", NumberText.fixed(reliability.brier, 4), "mean squared error of the risk"))
        }
        if let knee = model.deferral?.knee {
            rows.append(
                (
                    "knee", NumberText.percent(knee.x),
                    "deferral share at which the curve bends most, \(NumberText.percent(knee.y)) good answers"
                ))
        }
        if let violations = model.violations {
            for rule in [violations.certified, violations.naive] {
                rows.append(
                    (
                        "violations, \(rule.name)", NumberText.percent(rule.rate),
                        "\(rule.violations) of \(violations.resamplings) resamplings exceed alpha"
                    ))
            }
        }
        guard !rows.isEmpty else { return .empty }
        return Table(
            id: "summary", title: "The rule in force", caption: "On the test split unless it says otherwise.",
            columns: [Table.Column("quantity"), Table.Column("value"), Table.Column("of what", isProse: true)],
            rows: rows.map { Table.Row([Markup($0.0), Markup($0.1), Markup($0.2)]) }
        ).markup()
    }
}
