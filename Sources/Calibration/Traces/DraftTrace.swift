public import EntropyRouting

/// One recorded draft as the engine sees it: token evidence in the order it came. It is fed to the production ``DraftMonitor``, so that
/// what is calibrated is what runs.
///
/// The tokens share three flat arrays: 5,000 traces of 200 tokens with 20 alternatives are 20 million numbers.
public struct DraftTrace: Sendable {
    public struct Token: Sendable, Hashable {
        /// Milliseconds since the request was sent; 0 throughout when times were not recorded.
        public var ms: Float
        /// Natural logarithm; NaN when missing.
        public var logprob: Double
        /// The sampled token is one of the alternatives.
        public var isListed: Bool
        /// In ``DraftTrace/text``.
        public var text: Range<Int32>
        /// In ``DraftTrace/alternatives``.
        public var alternatives: Range<Int32>

        public init(ms: Float, logprob: Double, isListed: Bool, text: Range<Int32>, alternatives: Range<Int32>) {
            self.ms = ms
            self.logprob = logprob
            self.isListed = isListed
            self.text = text
            self.alternatives = alternatives
        }
    }

    /// Stable name of the prompt; splits are drawn by it.
    public var id: String
    /// As ``TaskClass/classify(_:)-(String)`` sees the prompt: what production will see.
    public var taskClass: TaskClass
    /// As the prompt set says; for tables, never for the model.
    public var category: String
    public var promptTokens: Int
    public var finish: FinishKind
    /// The quality gate that refuses the whole draft whatever its risk; `nil` when all pass. Judged by the production ``QualityGates``.
    public var gate: String?
    public private(set) var tokens: [Token] = []
    /// Natural logarithms of the listed tokens.
    public private(set) var alternatives: [Double] = []
    /// UTF-8 of all tokens.
    public private(set) var text: [UInt8] = []

    public init(
        id: String, taskClass: TaskClass, category: String = "", promptTokens: Int = 0, finish: FinishKind = .stop, gate: String? = nil
    ) {
        self.id = id
        self.taskClass = taskClass
        self.category = category
        self.promptTokens = promptTokens
        self.finish = finish
        self.gate = gate
    }

    /// Adds a token.
    ///
    /// - Parameters:
    ///   - ms: since the request was sent.
    ///   - logprob: natural logarithm as sent; NaN when missing.
    ///   - isListed: the sampled token is one of `alternatives`.
    ///   - alternatives: natural logarithms as sent, ranked or not.
    ///   - text: the token's bytes.
    public mutating func append(
        ms: Float = 0, logprob: Double, isListed: Bool = true, alternatives: some Collection<Double>, text: some Collection<UInt8>
    ) {
        let firstByte = Int32(self.text.count)
        let firstAlternative = Int32(self.alternatives.count)
        self.text.append(contentsOf: text)
        self.alternatives.append(contentsOf: alternatives)
        tokens.append(
            Token(
                ms: ms, logprob: logprob, isListed: isListed, text: firstByte..<Int32(self.text.count),
                alternatives: firstAlternative..<Int32(self.alternatives.count)))
    }

    /// Takes the place of all tokens.
    ///
    /// - Parameters:
    ///   - tokens: with ranges in the other two.
    ///   - alternatives: natural logarithms as sent.
    ///   - text: the bytes of all tokens.
    public mutating func replace(tokens: [Token], alternatives: [Double], text: [UInt8]) {
        self.tokens = tokens
        self.alternatives = alternatives
        self.text = text
    }

    /// Feeds one token to a monitor.
    @inline(__always)
    public func observe(_ token: Token, in monitor: inout DraftMonitor) {
        monitor.observe(
            logprob: token.logprob, isListed: token.isListed,
            alternatives: alternatives.span.extracting(Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)),
            text: text.span.extracting(Int(token.text.lowerBound)..<Int(token.text.upperBound)))
    }

    /// A monitor that has seen the whole draft.
    ///
    /// - Parameters:
    ///   - strategy: what decides; its window length shapes the window statistics.
    ///   - estimator: for the drafter's vocabulary.
    public func monitor(_ strategy: RoutingStrategy, _ estimator: EntropyEstimator) -> DraftMonitor {
        var monitor = DraftMonitor(strategy: strategy, estimator: estimator, taskClass: taskClass, promptTokens: promptTokens)
        for token in tokens { observe(token, in: &monitor) }
        return monitor
    }

    /// What a risk model may know about the request besides the draft.
    public var requestFacts: RequestFacts { RequestFacts(taskClass: taskClass, promptTokens: promptTokens, finish: finish) }
}
