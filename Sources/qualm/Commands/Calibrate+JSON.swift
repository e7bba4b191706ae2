import Calibration
import EntropyRouting
import FastJSON

extension CalibrationOutcome {
    /// Everything `qualm calibrate` prints, as one JSON object, for `--report-json`.
    func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("certified")
            writer.bool(model != nil)
            writer.member("loss", .string(options.loss.rawValue))
            writer.member("alpha", .double(options.alpha))
            writer.member("delta", .double(options.delta))
            writer.member("judge_sensitivity", .double(options.judge.bound))
            writer.member("threshold", certification.threshold.map { .double($0) } ?? .null)
            writer.member("missing_labels", missingLabels.map { .int(Int64($0)) } ?? .null)
            writer.member("refusal", certification.refusal.map { .string("\($0)") } ?? .null)
            writer.member("labels", labels)
            writer.name("judged_only")
            writer.bool(options.isJudgedOnly)
            writer.member("feasibility", feasibility)
            writer.member("fit", fitValue)
            writer.member("walks", .array(certification.parts.map(walk)))
            writer.member("window_walks", .array(windowCertification.parts.map(walk)))
            writer.member("test", test.map(figures) ?? .null)
            writer.member("window_test", windowTest.map(figures) ?? .null)
            writer.member("auroc", ranking.map(auroc) ?? .null)
        }
        return writer.bytes + [0x0A]
    }

    private var labels: JSONValue {
        [
            "train": .int(Int64(counts.labelled[.train, default: 0])), "cal": .int(Int64(counts.labelled[.cal, default: 0])),
            "test": .int(Int64(counts.labelled[.test, default: 0])), "unlabelled": .int(Int64(counts.unlabelled)),
            "unlabelled_cal": .int(Int64(counts.unjudged[.cal, default: 0])),
            "unlabelled_test": .int(Int64(counts.unjudged[.test, default: 0])),
            "gated": .int(Int64(counts.gated)), "other_tier": .int(Int64(counts.otherTier)),
        ]
    }

    private var feasibility: JSONValue {
        let feasibility = certification.feasibility
        return [
            "labels": .int(Int64(feasibility.labels)), "losses": .int(Int64(feasibility.losses)),
            "loss_rate": .double(feasibility.lossRate),
            "loss_rate_low": .double(feasibility.lossInterval.lowerBound), "loss_rate_high": .double(feasibility.lossInterval.upperBound),
            "alpha": .double(feasibility.alpha), "least_escalation": .double(feasibility.leastEscalation),
            "labels_for_no_loss": feasibility.labelsForNoLoss.map { .int(Int64($0)) } ?? .null,
        ]
    }

    private var fitValue: JSONValue {
        [
            "tier": .string(tier.rawValue), "features": .array(fit.terms.map { .string($0.feature.rawValue) }),
            "labels": .int(Int64(fit.labels)), "bad": .int(Int64(fit.bad)), "converged": .bool(fit.isConverged),
            "iterations": .int(Int64(fit.iterations)),
        ]
    }

    private func walk(_ part: Certification.Part) -> JSONValue {
        [
            "class": part.taskClass.map { .string($0.rawValue) } ?? .null, "labels": .int(Int64(part.labels)), "delta": .double(part.delta),
            "start": .int(Int64(part.start)), "certified": part.certified.map { .double($0.level) } ?? .null,
            "steps": .array(
                part.steps.map { step in
                    [
                        "level": .double(step.level), "shipped": .int(Int64(step.shipped)), "losses": .int(Int64(step.losses)),
                        "trials": .int(Int64(step.trials)), "bound": .double(step.bound),
                    ]
                }),
        ]
    }

    private func figures(_ figures: RuleFigures) -> JSONValue {
        [
            "labels": .int(Int64(figures.labels)), "shipped": .int(Int64(figures.shipped)), "losses": .int(Int64(figures.losses)),
            "coverage": .double(figures.coverage), "loss_rate": .double(figures.lossRate),
            "loss_rate_low": .double(figures.lossInterval.lowerBound), "loss_rate_high": .double(figures.lossInterval.upperBound),
        ]
    }

    private func auroc(_ ranking: RankingFigures) -> JSONValue {
        [
            "labels": .int(Int64(ranking.labels)), "risk": .double(ranking.risk), "window_bits": .double(ranking.windowBits),
            "mean_bits": .double(ranking.meanBits), "worst_token": .double(ranking.worstToken), "length": .double(ranking.length),
        ]
    }
}
