public import EntropyRouting

/// Learns the speed layer from finished drafts, without labels: at each landmark, how the risk so far foretells that the commit rule will
/// escalate, and how long the rest takes.
///
/// Each landmark is a logistic regression of "a gate objects or the final risk is above its threshold" over the margin of the risk so far
/// (``SpeedLayer/Landmark/margin(risk:threshold:)``), with an L2 penalty on the slope. What the monitor would not say in production - too
/// little evidence, another tier - is not learnt from either.
public enum SpeedFit {
    /// A landmark that fewer drafts reach is left out.
    public static let minimumDrafts = 30

    /// - Parameters:
    ///   - drafts: of the train split, labelled or not.
    ///   - model: with its certified thresholds.
    ///   - vocabularySize: of the drafter's provider, where the model does not say.
    ///   - tokens: landmarks, ascending from 1.
    /// - Returns: `nil` when the model has no thresholds, no landmark is reached by enough drafts, or no times were recorded: without times
    ///   no wait can be weighed against its price, and pre-fires better follow the statistic.
    public static func layer(
        _ drafts: some Sequence<LabelledDraft>, model: RiskModel, vocabularySize: Int = 200_019, tokens: [Int] = SpeedLayer.standardTokens
    ) throws(CalibrationError) -> SpeedLayer? {
        guard model.thresholds != nil else { return nil }
        do throws(ParameterError) {
            let strategy = RoutingStrategy.risk(try RiskStrategy(model: model))
            let estimator = model.estimator(vocabularySize: vocabularySize)
            var observations = Array(repeating: Observations(), count: tokens.count)
            var used = 0
            for draft in drafts where draft.trace.tokens.contains(where: { $0.ms > 0 }) {
                used += 1
                observe(draft, strategy, estimator, tokens, &observations)
            }
            let landmarks = zip(tokens, observations).compactMap { token, seen in
                seen.margins.count >= minimumDrafts ? seen.landmark(token) : nil
            }
            return landmarks.isEmpty ? nil : try SpeedLayer(landmarks: landmarks, drafts: used)
        } catch { throw .parameter(error) }
    }

    /// What was seen at one landmark.
    private struct Observations {
        var margins: [Double] = []
        var escalated: [Bool] = []
        var tokensLeft = 0.0
        var secondsLeft = 0.0

        func landmark(_ token: Int) -> SpeedLayer.Landmark {
            let count = Double(margins.count)
            var (intercept, slope) = fit(margins)
            if slope < 0 {
                // A higher risk so far does not make an escalation less likely: the margin told nothing but noise.
                (intercept, slope) = (fit(margins.map { _ in 0 }).intercept, 0)
            }
            return SpeedLayer.Landmark(
                token: token, intercept: intercept.roundedToTwelveDigits(), slope: slope.roundedToTwelveDigits(),
                tokensLeft: (tokensLeft / count).roundedToTwelveDigits(), secondsLeft: (secondsLeft / count).roundedToTwelveDigits())
        }

        private func fit(_ margins: [Double]) -> (intercept: Double, slope: Double) {
            // Half an observation of each kind: drafts that all went one way leave the intercept finite.
            let regression = LogisticRegression(
                rows: margins.flatMap { [1, $0] } + [1, 0, 1, 0], labels: escalated + [true, false],
                weights: Array(repeating: 1, count: margins.count) + [0.5, 0.5], penalties: [0, 1])
            return (regression.coefficients[0], regression.coefficients[1])
        }
    }

    private static func observe(
        _ draft: LabelledDraft, _ strategy: RoutingStrategy, _ estimator: EntropyEstimator, _ landmarks: [Int],
        _ observations: inout [Observations]
    ) {
        let trace = draft.trace
        var monitor = DraftMonitor(
            strategy: strategy, estimator: estimator, taskClass: trace.taskClass, promptTokens: trace.promptTokens)
        let endMs = max(draft.draft.totalMs ?? 0, Double(trace.tokens.last?.ms ?? 0))
        var next = 0
        var seen: [(landmark: Int, margin: Double, secondsLeft: Double)] = []
        for token in trace.tokens {
            trace.observe(token, in: &monitor)
            guard next < landmarks.count, monitor.tokenCount == landmarks[next] else { continue }
            let soFar = monitor.assessment
            if soFar.reason == .risk, soFar.threshold > 0 {
                seen.append(
                    (
                        next, SpeedLayer.Landmark.margin(risk: soFar.statistic, threshold: soFar.threshold),
                        (endMs - Double(token.ms)) / 1_000
                    ))
            }
            next += 1
        }
        let escalates = trace.gate != nil || monitor.finalAssessment(finishReason: trace.finish).level == .reject
        for entry in seen {
            observations[entry.landmark].margins.append(entry.margin)
            observations[entry.landmark].escalated.append(escalates)
            observations[entry.landmark].tokensLeft += Double(monitor.tokenCount - landmarks[entry.landmark])
            observations[entry.landmark].secondsLeft += max(0, entry.secondsLeft)
        }
    }
}
