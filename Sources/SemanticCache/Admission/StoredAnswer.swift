internal import Cascade

/// What lies in the answer store under an entry's id.
enum StoredEntry: Sendable, Hashable {
    case answer(StoredAnswer)
    /// In quarantine: what was here was wrong once, and nothing takes its place until the tombstone's time is over.
    case tombstone(partition: String)

    var partition: String {
        switch self {
        case .answer(let answer): answer.partition
        case .tombstone(let partition): partition
        }
    }
}

/// One kept answer with what it needs to be found, trusted and replayed.
struct StoredAnswer: Sendable, Hashable {
    var id: String
    var partition: String
    /// What was asked, for the guards; `nil` when only the exact level applies.
    var prompt: String?
    /// A whole `chat.completion`, its `usage` marked as cached.
    var body: [UInt8]
    var model: ModelName
    var route: AnswerRoute
    var tokens: TokenCount
    /// Seconds since 1970.
    var createdAt: Double

    /// Longer than the client's limit, this answer could not have been the model's.
    func fits(maxTokens: Int?) -> Bool {
        guard let maxTokens, tokens.source != .unknown else { return true }
        return tokens.output <= maxTokens
    }

    func hit(at level: CacheLevel, wallTime: Double) -> CacheHit {
        // Another gateway's clock may be ahead.
        let age = max(0, min(wallTime - createdAt, 1e9))
        return CacheHit(id: id, level: level, body: body, model: model, tokens: tokens, ageSeconds: Int(age))
    }
}
