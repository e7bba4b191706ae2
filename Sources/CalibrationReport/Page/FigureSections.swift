import Calibration

/// What quality costs.
enum CostSection {
    static func markup(_ model: ReportModel, _ figures: ReportFigures) -> Markup {
        tag("section", ["id": "cost"]) {
            tag("h2") { "What quality costs" }
            if let deferral = model.deferral {
                tag("p", ["class": "text"]) {
                    "The drafter alone gives \(NumberText.percent(deferral.draftAccuracy)) good answers, the heavyweight "
                        + "\(NumberText.percent(deferral.heavyweightAccuracy)). Between the two lies every rule that keeps some drafts "
                        + "and gives up the rest; the better it knows which drafts are bad, the fewer heavyweights it needs."
                    if let operating = deferral.operating {
                        " The threshold in force asks the heavyweight for \(NumberText.percent(operating.x)) of the requests, and "
                            + "\(NumberText.percent(operating.y)) of the answers are good."
                    }
                    if let knee = deferral.knee {
                        " The curve bends most at \(NumberText.percent(knee.x)): further requests buy less. The knee is a picture of "
                            + "the trade, not a guarantee; only levels that are certified may be chosen."
                    }
                }
                figures.markup("deferral")
                figures.markup("baselines")
            } else {
                tag("p", ["class": "text"]) { "No labelled drafts are in the test split: there is no curve to draw." }
            }
            if figures.has("frontier") {
                tag("p", ["class": "text"]) {
                    "Starting the heavyweight before the verdict saves waiting and costs money when the draft is shipped after all."
                }
                figures.markup("frontier")
            }
        }
    }
}

/// What the promise rests on.
enum GuaranteeSection {
    static func markup(_ model: ReportModel, _ figures: ReportFigures) -> Markup {
        tag("section", ["id": "guarantee"]) {
            tag("h2") { "What the guarantee rests on" }
            tag("p", ["class": "text"]) {
                "The labelled drafts are split by the hash of their prompts. The model is fitted on one part, the threshold is "
                    + "certified on another, and this page is drawn from a third that neither has seen."
            }
            splits(model)
            figures.markup("walk")
            figures.markup("risk-coverage")
            if let violations = model.violations {
                tag("p", ["class": "text"]) {
                    "Would the promise be kept if all this were done again? Over \(violations.resamplings) resamplings the certified "
                        + "rule exceeded alpha in \(NumberText.percent(violations.certified.rate)) of the cases, taking the level that "
                        + "looks best in \(NumberText.percent(violations.naive.rate))."
                }
            }
            figures.markup("violations")
        }
    }

    private static func splits(_ model: ReportModel) -> Markup {
        Table(
            id: "splits", title: "The drafts",
            caption: "Only labelled drafts are counted in what follows.",
            columns: [
                Table.Column("split"), Table.Column("used for", isProse: true), Table.Column("drafts"), Table.Column("labelled"),
                Table.Column("bad"), Table.Column("bad share"),
            ],
            rows: model.splits.map { split in
                Table.Row([
                    Markup(split.name), Markup(split.purpose), Markup(NumberText.count(split.drafts)),
                    Markup(NumberText.count(split.labelled)),
                    Markup(NumberText.count(split.bad)),
                    Markup(split.labelled > 0 ? NumberText.percent(Double(split.bad) / Double(split.labelled)) : "–"),
                ])
            }
        ).markup()
    }
}

/// The risk as a probability.
enum RiskSection {
    static func markup(_ model: ReportModel, _ figures: ReportFigures) -> Markup {
        tag("section", ["id": "risk"]) {
            tag("h2") { "Is the risk a probability?" }
            if let reliability = model.reliability {
                tag("p", ["class": "text"]) {
                    "The model's risk misses the observed share of bad drafts by \(NumberText.percent(reliability.ece)) on average "
                        + "(ECE), and its Brier score is \(NumberText.fixed(reliability.brier, 3))."
                }
                figures.markup("reliability")
            } else {
                tag("p", ["class": "text"]) { "No labelled drafts are in the test split." }
            }
            figures.markup("coefficients")
        }
    }
}

/// What entropy means in each class, and what the threshold does to it.
enum ClassSection {
    static func markup(_ model: ReportModel, _ figures: ReportFigures) -> Markup {
        tag("section", ["id": "classes"]) {
            tag("h2") { "Class by class" }
            figures.markup("entropy")
            if model.classes.isEmpty {
                tag("p", ["class": "text"]) { "No labelled drafts." }
            } else {
                table(model.classes)
            }
        }
    }

    private static func table(_ classes: [ClassRow]) -> Markup {
        let hasParts = classes.contains { $0.calibration != nil }
        var columns = ["class", "drafts", "bad", "ships up to"].map { Table.Column($0) }
        if hasParts { columns += ["cal: shipped", "losses", "bound"].map { Table.Column($0) } }
        columns += ["test: shipped", "losses", "bound"].map { Table.Column($0) }
        return Table(
            id: "classes", title: "Thresholds and losses by class",
            caption: (hasParts ? "Each class was certified by itself with its share of delta. " : "All classes share one certified level. ")
                + "Drafts and bad ones over all splits; bounds are one-sided upper confidence bounds. A class without a threshold "
                + "always escalates.",
            columns: columns,
            rows: classes.map { row in
                var cells = [
                    Markup(row.taskClass.label), Markup(NumberText.count(row.drafts)), Markup(NumberText.count(row.bad)),
                    Markup(row.threshold.map { $0 > 0 ? NumberText.percentOfLevel($0) : "escalates" } ?? "–"),
                ]
                if hasParts { cells += counts(row.calibration) }
                cells += counts(row.test)
                return Table.Row(cells)
            }
        ).markup()
    }

    private static func counts(_ counts: ClassRow.Counts?) -> [Markup] {
        guard let counts else { return Array(repeating: Markup("–"), count: 3) }
        return [
            Markup(NumberText.percent(counts.coverage)), Markup("\(counts.losses) of \(NumberText.count(counts.drafts))"),
            Markup(NumberText.percent(counts.bound)),
        ]
    }
}
