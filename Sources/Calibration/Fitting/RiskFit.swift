public import EntropyRouting

/// Fits the risk model: an L2 logistic regression over standardised features with an intercept for each task class, whose distance from the
/// common intercept is penalised, too, so that a class with few labels stays near it.
///
/// Deterministic: the same drafts in the same order give the same twelve digits. What may be used for fitting is every labelled draft that
/// the risk decides about; one that a gate refuses, or whose evidence is of another tier, is never shipped whatever its risk, and is left
/// out.
public struct RiskFit: Sendable {
    /// In ``FeatureChoice``'s order, without the features that were constant.
    public let terms: [RiskTerm]
    /// One for each class that has labels.
    public let intercepts: [TaskClass: Double]
    public let defaultIntercept: Double
    /// Drafts it was fitted on.
    public let labels: Int
    /// How many of them are bad.
    public let bad: Int
    /// False when Newton's method did not come to rest; the model is valid all the same, only not the best.
    public let isConverged: Bool
    /// Newton steps.
    public let iterations: Int
    /// The L2 penalty's C.
    public let l2: Double

    /// - Parameters:
    ///   - drafts: labelled ones.
    ///   - isBad: their labels, as many.
    ///   - tier: of the model.
    ///   - l2: C: the larger, the weaker the penalty.
    ///   - candidates: `nil` for ``FeatureChoice``'s, by the number of labels.
    /// - Throws: ``CalibrationError/noTrainingDrafts`` when none is left, ``CalibrationError/noFeatures`` when none of the candidates
    ///   varies, ``CalibrationError/model(_:)`` for parameters that are no model.
    public init(
        _ drafts: [DraftSummary], isBad: [Bool], tier: SignalTier, l2: Double = 1, candidates: [FeatureChoice.Candidate]? = nil
    ) throws(CalibrationError) {
        let used = drafts.indices.filter { drafts[$0].gate == nil && drafts[$0].tier == tier }
        guard !used.isEmpty else { throw .noTrainingDrafts(drafts: drafts.count, tier: tier) }
        guard l2 > 0, l2.isFinite else { throw .option("l2", is: "\(l2)", expected: "a finite number above 0") }
        let kept = used.map { drafts[$0] }
        var labels = used.map { isBad[$0] }
        self.labels = labels.count
        bad = labels.count { $0 }
        self.l2 = l2

        let scales: [RiskTerm]
        do throws(RiskModelError) {
            scales = try (candidates ?? FeatureChoice.candidates(labels: labels.count)).map { candidate throws(RiskModelError) in
                try Self.standardised(candidate, over: kept)
            }.compactMap { $0 }
        } catch { throw .model(error) }
        guard !scales.isEmpty else { throw .noFeatures }
        let classes = TaskClass.allCases.filter { taskClass in kept.contains { $0.request.taskClass == taskClass } }

        // Columns: the common intercept, each class's distance from it, the features.
        var rows: [Double] = []
        rows.reserveCapacity((kept.count + 2) * (1 + classes.count + scales.count))
        for draft in kept {
            rows.append(1)
            for taskClass in classes { rows.append(draft.request.taskClass == taskClass ? 1 : 0) }
            for term in scales { rows.append(term.contribution(of: draft.value(of: term.feature))) }
        }
        var weights: [Double] = []
        if bad == 0 || bad == labels.count {
            // The intercept of labels that all agree has no maximum: half an observation of each kind at the mean keeps it finite, at the
            // log-odds of (bad + 1/2) / (n + 1).
            weights = Array(repeating: 1, count: kept.count) + [0.5, 0.5]
            for label in [true, false] {
                labels.append(label)
                rows.append(1)
                rows.append(contentsOf: Array(repeating: 0, count: classes.count + scales.count))
            }
        }
        let penalties = [0] + Array(repeating: 1 / l2, count: classes.count + scales.count)
        let fit = LogisticRegression(rows: rows, labels: labels, weights: weights, penalties: penalties)
        isConverged = fit.isConverged
        iterations = fit.iterations
        let common = fit.coefficients[0]
        defaultIntercept = common.roundedToTwelveDigits()
        intercepts = Dictionary(
            uniqueKeysWithValues: classes.enumerated().map { ($1, (common + fit.coefficients[1 + $0]).roundedToTwelveDigits()) })
        do throws(RiskModelError) {
            terms = try scales.enumerated().map { index, term throws(RiskModelError) in
                try RiskTerm(
                    term.feature, scale: term.scale, mean: term.mean, deviation: term.deviation,
                    coefficient: fit.coefficients[1 + classes.count + index].roundedToTwelveDigits())
            }
        } catch { throw .model(error) }
    }

    /// The fitted model.
    public func model(
        key: RiskModel.Key, date: String, dataHash: String, windowTokens: Int, threshold: Double? = nil,
        certificate: RiskCertificate? = nil,
        speed: SpeedLayer? = nil, estimation: RiskModel.Estimation = RiskModel.Estimation(), origin: RiskModel.Origin = RiskModel.Origin()
    ) throws(CalibrationError) -> RiskModel {
        do {
            return try RiskModel(
                key: key, provenance: RiskModel.Provenance(date: date, labels: labels, dataHash: dataHash, l2: l2), terms: terms,
                intercepts: intercepts, defaultIntercept: defaultIntercept, windowTokens: windowTokens, threshold: threshold,
                certificate: certificate, speed: speed, estimation: estimation, origin: origin)
        } catch { throw .model(error) }
    }

    /// The candidate with its mean and deviation over the drafts and a coefficient of 1; `nil` when it does not vary.
    private static func standardised(_ candidate: FeatureChoice.Candidate, over drafts: [DraftSummary]) throws(RiskModelError) -> RiskTerm?
    {
        let plain = try RiskTerm(candidate.feature, scale: candidate.scale, mean: 0, deviation: 1, coefficient: 1)
        let values = drafts.map { plain.contribution(of: $0.value(of: candidate.feature)) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        guard variance.squareRoot() > 1e-9 * max(1, abs(mean)) else { return nil }
        return try RiskTerm(
            candidate.feature, scale: candidate.scale, mean: mean.roundedToTwelveDigits(),
            deviation: variance.squareRoot().roundedToTwelveDigits(), coefficient: 1)
    }
}
