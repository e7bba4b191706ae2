/// How likely the commit rule will escalate, learnt without labels: every finished trace says what became of it. It decides about money
/// and milliseconds only, never about quality.
///
/// At each landmark r_t = sigmoid(intercept + slope * m), where m is how far the statistic so far is above its threshold: logit(risk) -
/// logit(threshold) for the risk strategy. Because only the margin enters, the layer holds for a threshold that an alarm has tightened.
public struct SpeedLayer: Sendable, Hashable {
    public struct Landmark: Sendable, Hashable {
        /// Drafted tokens, 1 or more, at which the layer speaks.
        public var token: Int
        public var intercept: Double
        /// Per unit of margin; 0 when the margin told nothing.
        public var slope: Double
        /// Mean tokens from here to the draft's end, for drafts that came this far.
        public var tokensLeft: Double
        /// Mean seconds from here to the draft's end, as recorded.
        public var secondsLeft: Double

        public init(token: Int, intercept: Double, slope: Double, tokensLeft: Double, secondsLeft: Double) {
            self.token = token
            self.intercept = intercept
            self.slope = slope
            self.tokensLeft = tokensLeft
            self.secondsLeft = secondsLeft
        }
    }

    /// Tokens at which r_t is looked at, unless a calibration says otherwise.
    public static let standardTokens = [8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]

    /// Ascending by token.
    public let landmarks: [Landmark]
    /// Drafts it was learnt from.
    public let drafts: Int
    /// The drafts were recorded with their times; without times nothing can be said about seconds.
    public let hasTimes: Bool

    /// - Throws: ``ParameterError`` when the tokens do not ascend from 1 or a number is not finite.
    public init(landmarks: [Landmark], drafts: Int) throws(ParameterError) {
        for (index, landmark) in landmarks.enumerated() {
            guard landmark.token >= 1, index == 0 || landmark.token > landmarks[index - 1].token else {
                throw ParameterError("speed.landmarks", is: "token \(landmark.token) at position \(index)", expected: "ascending from 1")
            }
            let numbers = [landmark.intercept, landmark.slope, landmark.tokensLeft, landmark.secondsLeft]
            guard numbers.allSatisfy(\.isFinite), landmark.tokensLeft >= 0, landmark.secondsLeft >= 0 else {
                throw ParameterError(
                    "speed.landmarks", is: "\(numbers) at token \(landmark.token)", expected: "finite numbers, times from 0")
            }
        }
        self.landmarks = landmarks
        self.drafts = drafts
        hasTimes = landmarks.contains { $0.secondsLeft > 0 }
    }

    /// The landmark at exactly this token.
    public func landmark(at token: Int) -> Landmark? {
        index(at: token).map { landmarks[$0] }
    }

    /// r_t of a draft whose end would reject it for lack of evidence: more than enough to fire at one landmark, and not enough to take over
    /// before the end, since evidence may still come.
    public static let escalationWithoutEvidence = 0.9

    /// What the layer says after a token.
    ///
    /// - Parameters:
    ///   - token: drafted so far, 1 or more.
    ///   - risk: so far, 0...1.
    ///   - threshold: in force, 0...1.
    public func outlook(at token: Int, risk: Double, threshold: Double) -> Assessment.Outlook {
        guard hasTimes else { return .unknown }
        guard let index = index(at: token) else { return .betweenLandmarks }
        return outlook(index, landmarks[index].escalationProbability(risk: risk, threshold: threshold))
    }

    /// The same where r_t is known.
    func outlook(at token: Int, escalation: Double) -> Assessment.Outlook {
        guard hasTimes else { return .unknown }
        return index(at: token).map { outlook($0, escalation) } ?? .betweenLandmarks
    }

    private func outlook(_ index: Int, _ escalation: Double) -> Assessment.Outlook {
        .landmark(
            Assessment.Landmark(
                escalation: escalation, secondsLeft: landmarks[index].secondsLeft, gapSeconds: gapSeconds(after: index)))
    }

    /// Expected seconds from a landmark to the next one, or to the draft's end where that comes first: at the pace of the tokens left.
    private func gapSeconds(after index: Int) -> Double {
        let landmark = landmarks[index]
        guard index + 1 < landmarks.count, landmark.tokensLeft > 0 else { return landmark.secondsLeft }
        let share = Double(landmarks[index + 1].token - landmark.token) / landmark.tokensLeft
        return landmark.secondsLeft * min(1, share)
    }

    private func index(at token: Int) -> Int? {
        // Eleven of them, as a rule: a search from the front ends early for most tokens of most drafts.
        for index in landmarks.indices where landmarks[index].token >= token {
            return landmarks[index].token == token ? index : nil
        }
        return nil
    }
}

extension SpeedLayer.Landmark {
    /// r_t, 0...1.
    ///
    /// - Parameters:
    ///   - risk: so far, 0...1.
    ///   - threshold: in force; at 0 nothing is shipped and the answer is 1.
    public func escalationProbability(risk: Double, threshold: Double) -> Double {
        guard threshold > 0 else { return 1 }
        return ElementaryFunctions.sigmoid(intercept + slope * Self.margin(risk: risk, threshold: threshold))
    }

    /// m: logit(risk) - logit(threshold), each logit kept within -20...20.
    public static func margin(risk: Double, threshold: Double) -> Double {
        ElementaryFunctions.logit(risk) - ElementaryFunctions.logit(threshold)
    }
}
