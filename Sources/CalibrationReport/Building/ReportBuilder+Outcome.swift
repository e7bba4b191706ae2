public import Calibration
public import EntropyRouting

extension ReportBuilder {
    /// The fitted model of a calibration that certified nothing: its risks can be drawn, and the page says why there is no promise.
    ///
    /// - Parameter dataHash: of the drafts that were calibrated on.
    public static func uncertifiedModel(of outcome: CalibrationOutcome, dataHash: String) throws(CalibrationError) -> RiskModel {
        let options = outcome.options
        return try outcome.fit.model(
            key: RiskModel.Key(
                drafter: options.drafter, provider: options.provider, tier: outcome.tier, topLogprobs: options.topLogprobs,
                temperature: options.temperature, promptMode: options.promptMode),
            date: options.date, dataHash: dataHash, windowTokens: options.windowTokens,
            estimation: RiskModel.Estimation(vocabularySize: options.vocabularySize, tail: outcome.tail?.points ?? []),
            origin: options.origin)
    }
}
