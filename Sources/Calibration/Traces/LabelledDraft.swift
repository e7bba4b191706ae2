/// A recorded draft with its verdict and what both answers took: the unit of fitting, certification, evaluation and replay.
public struct LabelledDraft: Sendable {
    public var trace: DraftTrace
    /// The draft is unacceptable; `nil` while nobody has judged it.
    public var isBad: Bool?
    /// The heavyweight's answer is acceptable; `nil` when it was not judged or not asked.
    public var isHeavyweightGood: Bool?
    public var draft: AnswerFacts
    /// `nil` when the heavyweight was not asked.
    public var heavyweight: AnswerFacts?
    public var split: DraftSplit

    /// - Parameter split: `nil` = by the trace's id, in the standard shares.
    public init(
        trace: DraftTrace, isBad: Bool?, isHeavyweightGood: Bool? = nil, draft: AnswerFacts = AnswerFacts(),
        heavyweight: AnswerFacts? = nil,
        split: DraftSplit? = nil
    ) {
        self.trace = trace
        self.isBad = isBad
        self.isHeavyweightGood = isHeavyweightGood
        self.draft = draft
        self.heavyweight = heavyweight
        self.split = split ?? DraftSplit(id: trace.id)
    }
}

/// What one answer took.
public struct AnswerFacts: Sendable, Hashable {
    public var inputTokens: Int
    public var cachedInputTokens: Int
    public var outputTokens: Int
    /// Milliseconds from the request to the first token; `nil` when it was not recorded.
    public var firstTokenMs: Double?
    /// Milliseconds from the request to the last byte; `nil` when it was not recorded.
    public var totalMs: Double?

    public init(
        inputTokens: Int = 0, cachedInputTokens: Int = 0, outputTokens: Int = 0, firstTokenMs: Double? = nil, totalMs: Double? = nil
    ) {
        self.inputTokens = inputTokens
        self.cachedInputTokens = cachedInputTokens
        self.outputTokens = outputTokens
        self.firstTokenMs = firstTokenMs
        self.totalMs = totalMs
    }
}

/// What a draft is used for. Drawn by its prompt alone, so that a prompt never changes sides when more are recorded or names change.
public enum DraftSplit: String, Sendable, Hashable, CaseIterable {
    /// Fitting.
    case train
    /// Certification.
    case cal
    /// The report: never looked at before.
    case test

    /// - Parameters:
    ///   - promptHash: of the prompt's text: copies of one prompt under several ids are on the same side.
    ///   - id: decides where the hash is empty, as in imported recordings whose prompt is not known.
    public init(promptHash: String, id: String) { self.init(id: promptHash.isEmpty ? id : promptHash) }

    /// Two fifths each for train and cal, one fifth for test, by the FNV-1a hash of the name (mixed, since near names give near hashes).
    public init(id: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        switch (hash ^ (hash >> 33)) % 10 {
        case 0..<4: self = .train
        case 4..<8: self = .cal
        default: self = .test
        }
    }
}
