import EntropyRouting

/// What is promised, first of all; then the four numbers that say what it is worth.
enum VerdictSection {
    static func markup(_ model: ReportModel) -> Markup {
        tag("header", ["id": "verdict"]) {
            tag("h1") { model.title }
            tag("p", ["class": "deck"]) { model.subject }
            switch model.verdict {
            case .certified(let certificate, let threshold):
                promise(certificate)
                rule(certificate, threshold, model.outcome)
            case .refused(let reason):
                tag("p", ["class": "verdict"]) {
                    tag("strong") { "Nothing is certified." }
                    " \(reason)"
                }
                tag("p") {
                    "Without a certificate no statement is made about how many bad drafts would be shipped. What follows describes the "
                        + "recorded drafts only."
                }
            }
        }
            + facts(model) + navigation()
    }

    private static func promise(_ certificate: RiskCertificate) -> Markup {
        let alpha = NumberText.percentOfLevel(certificate.alpha)
        let isPerClass = !certificate.classes.isEmpty
        return tag("p", ["class": "verdict"]) {
            "Certified: "
            tag("strong") { "at most \(alpha)" }
            switch certificate.loss {
            case .joint: isPerClass ? " of each class's requests get a bad draft" : " of all requests get a bad draft"
            case .recoverable:
                (isPerClass ? " of each class's requests get a bad draft" : " of all requests get a bad draft")
                    + " where the heavyweight would have been good"
            case .selective: isPerClass ? " of each class's shipped drafts are bad" : " of the shipped drafts are bad"
            }
            ", with \(NumberText.percentOfLevel(1 - certificate.delta)) confidence."
        }
    }

    private static func rule(_ certificate: RiskCertificate, _ threshold: Double?, _ outcome: TestOutcome?) -> Markup {
        tag("p") {
            if let threshold {
                "A draft is shipped when its risk is at most \(NumberText.percentOfLevel(threshold)). "
            } else {
                "A draft is shipped when its risk is at most the level of its class. "
            }
            "Of \(NumberText.count(certificate.labels)) calibration drafts this shipped \(NumberText.percent(certificate.coverage)) and "
                + "lost \(certificate.losses); the upper bound of its loss rate is \(NumberText.percent(certificate.bound, 2))."
            if let outcome {
                " Of \(NumberText.count(outcome.drafts)) test drafts, which were used for nothing else, it shipped "
                    + "\(NumberText.percent(outcome.coverage.value)) and lost \(outcome.losses)."
            }
            if certificate.judgeSensitivity < 1 {
                " The verdicts are a judge's that recognises at least \(NumberText.percent(certificate.judgeSensitivity)) of bad "
                    + "answers, so the bound was held to \(NumberText.percent(certificate.alpha * certificate.judgeSensitivity, 2))."
            }
        }
            + tag("p") {
                let parts = certificate.classes.isEmpty ? "each class or user" : "each user or topic"
                "It holds for requests like the calibrated ones and for the drafter as it answered then. It does not say that a given "
                    + "shipped answer is right, that \(parts) meets the limit, or that it survives a change of prompts, model or "
                    + "settings."
            }
    }

    private static func facts(_ model: ReportModel) -> Markup {
        var facts: [(name: String, value: String, note: String)] = []
        if let outcome = model.outcome {
            facts.append(
                (
                    "of test drafts shipped", NumberText.percent(outcome.coverage.value),
                    outcome.coverage.interval.map {
                        "95\u{202F}%: \(NumberText.fixed(100 * $0.lowerBound, 1))–\(NumberText.percent($0.upperBound))"
                    } ?? ""
                ))
            facts.append(
                (
                    "loss rate on the test split",
                    NumberText.percent(outcome.trials > 0 ? Double(outcome.losses) / Double(outcome.trials) : 0, 2),
                    "\(outcome.losses) of \(outcome.trials); bound \(NumberText.percent(outcome.lossBound, 2))"
                ))
        }
        if let row = model.scores.first(where: { $0.rule == .risk }) {
            if let auroc = row.auroc {
                facts.append(("AUROC of the risk", NumberText.fixed(auroc.value, 3), baseline(model, \.auroc)))
            }
            if let apgr = row.apgr {
                facts.append(("APGR of the risk", NumberText.fixed(apgr.value, 3), baseline(model, \.apgr)))
            }
        }
        guard !facts.isEmpty else { return .empty }
        return tag("dl", ["class": "facts"]) {
            facts.map { fact in
                tag("div") {
                    tag("dt") { fact.name }
                    tag("dd") {
                        fact.value
                        tag("span", ["class": "note"]) { fact.note }
                    }
                }
            }
        }
    }

    private static func baseline(_ model: ReportModel, _ value: KeyPath<ScoreRow, Estimate?>) -> String {
        guard let row = model.scores.first(where: { $0.rule == .rawWindow }), let estimate = row[keyPath: value] else { return "" }
        return "raw window: \(NumberText.fixed(estimate.value, 3))"
    }

    private static func navigation() -> Markup {
        let sections = [
            ("cost", "Cost"), ("guarantee", "Guarantee"), ("risk", "Risk"), ("classes", "Classes"), ("numbers", "Numbers"),
            ("examples", "Examples"),
            ("reading", "How to read this"), ("provenance", "Provenance"),
        ]
        return tag("nav", ["aria-label": "Sections"]) {
            sections.map { id, name in
                tag("a", ["href": "#\(id)"]) { name } + Markup(" ")
            }
        }
    }
}
