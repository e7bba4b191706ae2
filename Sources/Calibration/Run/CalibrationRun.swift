import EntropyRouting

/// From recorded drafts to a risk model with a certified threshold. Pure: the same drafts and options give the same outcome.
///
/// | split | what it is used for |
/// |---|---|
/// | train | c_k of the tail, the model's coefficients, where a walk over selective losses begins, the speed layer |
/// | cal | the walk, once; its labels decide the threshold and nothing else |
/// | test | figures for the reader |
public enum CalibrationRun {
    /// - Parameters:
    ///   - drafts: of all splits; those without a verdict teach the speed layer, and count as lost in the certification split unless the
    ///     options leave them out.
    ///   - options: what is asked for.
    /// - Throws: ``CalibrationError``. That nothing can be certified is an outcome, not an error.
    public static func run(_ drafts: [LabelledDraft], _ options: CalibrationOptions) throws(CalibrationError) -> CalibrationOutcome {
        try refuseDuplicates(drafts)
        guard options.vocabularySize >= 2 else {
            throw .option("vocabulary size", is: "\(options.vocabularySize)", expected: "2 or more")
        }
        let rule = try RiskCertification(
            loss: options.loss, alpha: options.alpha, delta: options.delta, judge: options.judge, isPerClass: options.isPerClass)
        let windowRule = try RiskCertification(
            loss: options.loss, alpha: options.alpha, delta: options.delta, judge: options.judge, rule: .window)
        let window: WindowStrategy
        do throws(ParameterError) { window = try WindowStrategy(windowTokens: options.windowTokens) } catch { throw .parameter(error) }

        let training = drafts.filter { $0.split == .train }
        let tail = TailFit(training.lazy.map(\.trace), vocabularySize: options.vocabularySize)
        let estimation = RiskModel.Estimation(vocabularySize: options.vocabularySize, tail: tail?.points ?? [])
        let estimator = EntropyEstimator(
            vocabularySize: options.vocabularySize, tailCoefficients: (try? TailCoefficients(points: estimation.tail)) ?? .measured)
        let summaries = drafts.map { DraftSummary($0.trace, window: window, estimator: estimator) }
        let tier = DraftSummary.commonTier(of: summaries)
        guard tier != .none else { throw .noEvidence(drafts: drafts.count) }

        let forFit = drafts.indices.filter { drafts[$0].split == .train && drafts[$0].isBad != nil }
        let fit = try RiskFit(forFit.map { summaries[$0] }, isBad: forFit.map { drafts[$0].isBad == true }, tier: tier, l2: options.l2)
        let key = RiskModel.Key(
            drafter: options.drafter, provider: options.provider, tier: tier, topLogprobs: options.topLogprobs,
            temperature: options.temperature, promptMode: options.promptMode)
        let dataHash = DataDigest.digest(drafts)
        func model(
            threshold: Double? = nil, certificate: RiskCertificate? = nil, speed: SpeedLayer? = nil
        ) throws(CalibrationError) -> RiskModel {
            try fit.model(
                key: key, date: options.date, dataHash: dataHash, windowTokens: options.windowTokens, threshold: threshold,
                certificate: certificate, speed: speed, estimation: estimation, origin: options.origin)
        }

        let scored = try score(drafts, summaries, model: model(), estimator: estimator)
        func cases(_ split: DraftSplit, _ rule: CertifiedRule) -> [CertificationCase] {
            scored.filter { $0.split == split }.compactMap(rule.certificationCase)
        }
        func certifying(_ rule: CertifiedRule) -> [CertificationCase] {
            options.isJudgedOnly ? cases(.cal, rule) : scored.filter { $0.split == .cal }.map(rule.pessimisticCase)
        }
        let certification = rule.certify(certifying(.risk), planning: cases(.train, .risk))
        let windowCertification = windowRule.certify(certifying(.window), planning: cases(.train, .window))

        var certified: RiskModel?
        if let certificate = certification.certificate {
            let silent = try model(threshold: certification.threshold, certificate: certificate)
            let speed = try SpeedFit.layer(training, model: silent)
            certified = try model(threshold: certification.threshold, certificate: certificate, speed: speed)
        }
        return CalibrationOutcome(
            options: options, counts: CalibrationOutcome.Counts(drafts, summaries, tier: tier), tail: tail, fit: fit, tier: tier,
            certification: certification, windowCertification: windowCertification, model: certified, scored: scored)
    }

    private static func refuseDuplicates(_ drafts: [LabelledDraft]) throws(CalibrationError) {
        var seen = Set<String>(minimumCapacity: drafts.count)
        for draft in drafts where !seen.insert(draft.trace.id).inserted { throw .duplicate(id: draft.trace.id) }
    }

    private static func score(
        _ drafts: [LabelledDraft], _ summaries: [DraftSummary], model: RiskModel, estimator: EntropyEstimator
    ) throws(CalibrationError) -> [ScoredDraft] {
        do throws(ParameterError) {
            let strategy = try RiskStrategy(model: model, threshold: 1)
            return zip(drafts, summaries).map { ScoredDraft($0, $1, strategy, estimator) }
        } catch { throw .parameter(error) }
    }
}
