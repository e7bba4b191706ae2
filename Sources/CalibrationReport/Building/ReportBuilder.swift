public import Calibration
public import EntropyRouting

/// Makes a report's values from recorded drafts and the model that was fitted on them. Every risk comes from the production monitor.
public enum ReportBuilder {
    /// - Parameters:
    ///   - drafts: of all splits, each id once; those without a verdict are counted and otherwise left out.
    ///   - model: with its certificate, when there is one.
    /// - Throws: ``ParameterError`` when the model's window cannot be run.
    public static func build(
        _ drafts: [LabelledDraft], model: RiskModel, options: ReportOptions = ReportOptions()
    ) throws(ParameterError) -> ReportModel {
        var scored: [ScoredDraft] = []
        scored.reserveCapacity(drafts.count)
        for draft in drafts { scored.append(try ScoredDraft(draft, model: model, vocabularySize: options.vocabularySize)) }
        let rule = RuleInForce(model, options)
        let test = TestSample(scored.filter { $0.split == .test && $0.isBad != nil }, rule)

        let certification = CertificationReplay(scored, rule, certificate: model.certificate)
        var report = ReportModel(
            title: options.title, subject: subject(model, drafts: drafts, options), verdict: certification.verdict(model))
        report.splits = splits(drafts)
        report.walks = certification.walks
        report.outcome = test.outcome
        report.scores = test.scores(options)
        report.deferral = test.deferral(options)
        report.riskCoverage = test.riskCoverage
        report.reliability = test.reliability
        report.violations = violations(scored, rule, options)
        report.coefficients = model.terms.map {
            Coefficient(name: $0.feature.rawValue + ($0.scale == .log10 ? ", log10" : ""), value: $0.coefficient)
        }.sorted { (abs($0.value), $1.name) > (abs($1.value), $0.name) }
        report.distributions = TaskClass.allCases.compactMap { distribution($0, scored) }
        report.classes = TaskClass.allCases.compactMap { classRow($0, scored, rule, certificate: model.certificate) }
        report.frontier = options.frontier
        report.examples = ExampleChoice(rule, options, estimator: model.estimator(vocabularySize: options.vocabularySize))
            .examples(drafts, scored)
        report.provenance = provenance(model, drafts: drafts, options)
        report.remarks = test.remarks + certification.remarks + digestRemarks(model, drafts) + options.remarks
        return report
    }

    private static func subject(_ model: RiskModel, drafts: [LabelledDraft], _ options: ReportOptions) -> String {
        let drafter = "\(model.key.provider):\(model.key.drafter)"
        let pair = options.heavyweights.isEmpty ? drafter : "\(drafter) → \(options.heavyweights.joined(separator: ", "))"
        return "\(pair) · \(NumberText.count(drafts.count)) recorded drafts · calibrated \(model.provenance.date)"
    }

    private static func splits(_ drafts: [LabelledDraft]) -> [SplitCounts] {
        DraftSplit.allCases.map { split in
            let members = drafts.filter { $0.split == split }
            let purpose =
                switch split {
                case .train: "fitting the model"
                case .cal: "certifying the threshold"
                case .test: "this page"
                }
            return SplitCounts(
                name: split.rawValue, purpose: purpose, drafts: members.count, labelled: members.count { $0.isBad != nil },
                bad: members.count { $0.isBad == true })
        }
    }

    /// On the drafts that the model was not fitted on.
    private static func violations(_ scored: [ScoredDraft], _ rule: RuleInForce, _ options: ReportOptions) -> ViolationFigures? {
        let pool = scored.filter { $0.split != .train && $0.isBad != nil }
        guard pool.count >= 20 else { return nil }
        let rate = ViolationRate(
            scores: pool.map { $0.isShippable ? $0.risk : .infinity }, isBad: pool.map(rule.isLoss), grid: rule.grid,
            alpha: rule.limit, delta: rule.delta, loss: rule.loss, rounds: options.rounds, seed: options.seed)
        func figures(_ name: String, _ rule: ViolationRate.Rule) -> ViolationFigures.Rule {
            ViolationFigures.Rule(
                name: name, rate: rule.rate, violations: rule.violations, losses: rule.losses, coverage: rule.meanCoverage)
        }
        return ViolationFigures(
            resamplings: rate.rounds, alpha: rule.limit, delta: rule.delta, certified: figures("certified rule", rate.certified),
            naive: figures("naive rule", rate.naive))
    }

    private static func distribution(_ taskClass: TaskClass, _ scored: [ScoredDraft]) -> EntropyDistribution? {
        let members = scored.filter { $0.taskClass == taskClass && $0.isBad != nil && $0.scores.meanBits.isFinite }
        guard !members.isEmpty else { return nil }
        return EntropyDistribution(
            taskClass: taskClass, good: members.filter { $0.isBad == false }.map(\.scores.meanBits),
            bad: members.filter { $0.isBad == true }.map(\.scores.meanBits))
    }

    private static func classRow(
        _ taskClass: TaskClass, _ scored: [ScoredDraft], _ rule: RuleInForce, certificate: RiskCertificate?
    ) -> ClassRow? {
        let members = scored.filter { $0.taskClass == taskClass && $0.isBad != nil }
        guard !members.isEmpty else { return nil }
        let part = certificate?.classes.first { $0.taskClass == taskClass }
        let test = members.filter { $0.split == .test }
        let shipped = test.filter(rule.ships)
        let losses = shipped.count(where: rule.isLoss)
        let trials = rule.loss == .selective ? shipped.count : test.count
        return ClassRow(
            taskClass: taskClass, drafts: members.count, bad: members.count { $0.isBad == true }, threshold: rule.thresholds?[taskClass],
            calibration: part.map { ClassRow.Counts(drafts: $0.labels, coverage: $0.coverage, losses: $0.losses, bound: $0.bound) },
            test: rule.thresholds == nil || test.isEmpty
                ? nil
                : ClassRow.Counts(
                    drafts: trials, coverage: Double(shipped.count) / Double(test.count), losses: losses,
                    bound: ClopperPearson.upper(failures: losses, trials: trials, delta: rule.delta)))
    }

    private static func digestRemarks(_ model: RiskModel, _ drafts: [LabelledDraft]) -> [String] {
        guard model.provenance.dataHash.hasPrefix("mix64:"), DataDigest.digest(drafts) != model.provenance.dataHash else { return [] }
        return [
            "These recordings and verdicts are not exactly those that the model was calibrated on: their digest is "
                + "\(DataDigest.digest(drafts)), the model's is \(model.provenance.dataHash)."
        ]
    }

    private static func provenance(_ model: RiskModel, drafts: [LabelledDraft], _ options: ReportOptions) -> [ProvenanceLine] {
        var lines = [
            ProvenanceLine("drafter", "\(model.key.provider):\(model.key.drafter)"),
            ProvenanceLine(
                "asked for",
                "top_logprobs \(model.key.topLogprobs), temperature \(model.key.temperature), prompt mode \(model.key.promptMode), tier "
                    + "\(model.key.tier.rawValue)"
            ),
            ProvenanceLine("answered as", list(model.origin.models)),
            ProvenanceLine("fingerprints", list(model.origin.fingerprints)),
            ProvenanceLine("heavyweight", list(options.heavyweights)),
            ProvenanceLine(
                "calibrated", "\(model.provenance.date), \(model.provenance.labels) labels for the fit, L2 C = \(model.provenance.l2)"),
            ProvenanceLine("model's data", model.provenance.dataHash),
            ProvenanceLine("this page's data", "\(DataDigest.digest(drafts)), \(drafts.count) drafts"),
            ProvenanceLine("window", "\(model.windowTokens) tokens"),
            ProvenanceLine(
                "vocabulary",
                "\(model.estimation.vocabularySize ?? options.vocabularySize) tokens, tail coefficients "
                    + (model.estimation.tail.isEmpty ? "as measured" : "refitted")),
            ProvenanceLine(
                "resampling", "seed \(options.seed), \(options.resamples) bootstrap resamples, \(options.rounds) repeated calibrations"),
        ]
        lines += options.provenance
        return lines
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "not recorded" : names.joined(separator: ", ") }
}
