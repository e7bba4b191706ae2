/// A fitted logistic model: risk = sigmoid(intercept of the task class + sum of coefficient x standardised feature), the probability that a
/// draft is unacceptable. Only data; `docs/risk-model.md` describes its artefact. After `init` it is valid and every risk is finite.
public struct RiskModel: Sendable, Hashable {
    /// What the model was fitted for. It says nothing about any other combination.
    public struct Key: Sendable, Hashable {
        public var drafter: String
        public var provider: String
        public var tier: SignalTier
        /// `top_logprobs` asked for, 0...20.
        public var topLogprobs: Int
        /// Sampling temperature, 0 or more.
        public var temperature: Double
        /// The name of the prompt template in use, for example `plain`.
        public var promptMode: String

        public init(drafter: String, provider: String, tier: SignalTier, topLogprobs: Int, temperature: Double, promptMode: String) {
            self.drafter = drafter
            self.provider = provider
            self.tier = tier
            self.topLogprobs = topLogprobs
            self.temperature = temperature
            self.promptMode = promptMode
        }
    }

    /// Where the numbers come from.
    public struct Provenance: Sendable, Hashable {
        /// ISO 8601 date of the fit.
        public var date: String
        /// Labelled drafts it was fitted on.
        public var labels: Int
        /// Digest of the training data.
        public var dataHash: String
        /// The L2 penalty's C.
        public var l2: Double

        public init(date: String, labels: Int, dataHash: String, l2: Double = 1) {
            self.date = date
            self.labels = labels
            self.dataHash = dataHash
            self.l2 = l2
        }
    }

    /// How the token uncertainties behind the features were estimated: another estimate is another feature.
    public struct Estimation: Sendable, Hashable {
        /// V; `nil` for the drafter provider's own.
        public var vocabularySize: Int?
        /// c_k refitted on the drafter's own top-20 lists; empty for ``TailCoefficients/measured``.
        public var tail: [TailCoefficients.Point]

        public init(vocabularySize: Int? = nil, tail: [TailCoefficients.Point] = []) {
            self.vocabularySize = vocabularySize
            self.tail = tail
        }
    }

    /// What the drafter called itself while it was recorded. A model or fingerprint that is not listed makes the calibration stale; an
    /// empty list knows nothing to compare with.
    public struct Origin: Sendable, Hashable {
        /// `model` of the answers, sorted.
        public var models: [String]
        /// `system_fingerprint` of the answers, sorted.
        public var fingerprints: [String]

        public init(models: [String] = [], fingerprints: [String] = []) {
            self.models = models
            self.fingerprints = fingerprints
        }
    }

    public let key: Key
    public let provenance: Provenance
    public let terms: [RiskTerm]
    /// Intercepts by task class; a class without one uses `defaultIntercept`.
    public let intercepts: [TaskClass: Double]
    public let defaultIntercept: Double
    /// W of the window features, 1...1,024 tokens.
    public let windowTokens: Int
    /// The threshold certified for this model, a probability above 0 up to 1; `nil` when it was only fitted.
    public let threshold: Double?
    /// What is promised about the threshold; `nil` when nothing is.
    public let certificate: RiskCertificate?
    /// `nil` when none was learnt: then pre-fires follow the statistic itself.
    public let speed: SpeedLayer?
    public let estimation: Estimation
    public let origin: Origin

    /// Below this many labels a model may have two terms at most.
    public static let fullModelLabels = 250

    /// - Throws: ``RiskModelError`` naming the first thing that is wrong.
    public init(
        key: Key, provenance: Provenance, terms: [RiskTerm], intercepts: [TaskClass: Double] = [:], defaultIntercept: Double,
        windowTokens: Int = 10, threshold: Double? = nil, certificate: RiskCertificate? = nil, speed: SpeedLayer? = nil,
        estimation: Estimation = Estimation(), origin: Origin = Origin()
    ) throws(RiskModelError) {
        guard key.tier != .none else { throw .outOfRange(member: "key.tier", value: "none", expected: "top_k, top_1 or surprisal") }
        guard (0...20).contains(key.topLogprobs) else {
            throw .outOfRange(member: "key.top_logprobs", value: "\(key.topLogprobs)", expected: "0 to 20")
        }
        guard key.temperature.isFinite, key.temperature >= 0 else {
            throw .outOfRange(member: "key.temperature", value: "\(key.temperature)", expected: "a finite number, 0 or more")
        }
        guard provenance.labels > 0 else {
            throw .outOfRange(member: "provenance.labels", value: "\(provenance.labels)", expected: "1 or more")
        }
        guard provenance.l2.isFinite, provenance.l2 > 0 else {
            throw .outOfRange(member: "provenance.l2", value: "\(provenance.l2)", expected: "a finite number above 0")
        }
        guard (1...1_024).contains(windowTokens) else {
            throw .outOfRange(member: "window_tokens", value: "\(windowTokens)", expected: "1 to 1024")
        }
        if let threshold, !(threshold > 0 && threshold <= 1) {
            throw .outOfRange(member: "threshold", value: "\(threshold)", expected: "a probability above 0, at most 1")
        }
        if let certificate { try certificate.validate(threshold: threshold) }
        if let size = estimation.vocabularySize, size < 2 {
            throw .outOfRange(member: "estimation.vocabulary_size", value: "\(size)", expected: "2 or more")
        }
        if !estimation.tail.isEmpty {
            do { _ = try TailCoefficients(points: estimation.tail) } catch {
                throw .outOfRange(member: "estimation.tail", value: error.value, expected: error.expected)
            }
        }
        guard !terms.isEmpty else { throw .noTerms }
        if provenance.labels < Self.fullModelLabels, terms.count > 2 {
            throw .tooFewLabels(labels: provenance.labels, terms: terms.count)
        }
        for (index, term) in terms.enumerated()
        where terms[..<index].contains(where: { $0.feature == term.feature && $0.scale == term.scale }) {
            throw .duplicateTerm(term.feature)
        }
        guard defaultIntercept.isFinite else {
            throw .outOfRange(member: "intercepts.default", value: "\(defaultIntercept)", expected: "a finite number")
        }
        for taskClass in TaskClass.allCases {
            if let intercept = intercepts[taskClass], !intercept.isFinite {
                throw .outOfRange(member: "intercepts.\(taskClass.rawValue)", value: "\(intercept)", expected: "a finite number")
            }
        }
        self.key = key
        self.provenance = provenance
        self.terms = terms
        self.intercepts = intercepts
        self.defaultIntercept = defaultIntercept
        self.windowTokens = windowTokens
        self.threshold = threshold
        self.certificate = certificate
        self.speed = speed
        self.estimation = estimation
        self.origin = origin
    }

    /// The certified levels: by class when the certificate is, else ``threshold`` for all; `nil` without either.
    public var thresholds: RiskThresholds? {
        let parts = certificate?.classes ?? []
        guard !parts.isEmpty else { return threshold.flatMap { try? RiskThresholds(overall: $0) } }
        // A class that the certificate does not know has no promise: it escalates.
        return try? RiskThresholds(
            overall: 0, byClass: Dictionary(parts.map { ($0.taskClass, $0.threshold) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The estimator the features were made with.
    ///
    /// - Parameter vocabularySize: of the drafter's provider, where the artefact does not say.
    public func estimator(vocabularySize: Int) -> EntropyEstimator {
        EntropyEstimator(
            vocabularySize: estimation.vocabularySize ?? vocabularySize,
            tailCoefficients: (try? TailCoefficients(points: estimation.tail)) ?? .measured)
    }

    /// The draft's risk, 0...1.
    ///
    /// - Parameters:
    ///   - statistics: of the draft so far, or of the whole draft for the rule that was certified.
    ///   - request: its task class chooses the intercept.
    public func risk(_ statistics: DraftStatistics, request: RequestFacts) -> Double {
        var logit = intercepts[request.taskClass] ?? defaultIntercept
        for term in terms { logit += term.contribution(of: term.feature.value(in: statistics, request: request)) }
        // Opposite infinities can only meet when coefficients of some 1e300 do; such a draft is not trusted.
        return logit.isNaN ? 1 : ElementaryFunctions.sigmoid(logit)
    }
}
