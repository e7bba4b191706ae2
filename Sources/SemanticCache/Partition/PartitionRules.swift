internal import Cascade
internal import ChatAPI
internal import EntropyRouting
internal import FastJSON

/// Reads requests for the cache: which ones it does not look at, and what tells the others apart.
///
/// A pure function of the request and these rules. What costs little is looked at first; the body is parsed once, and only when nothing that the
/// gateway knows already rules the request out.
///
/// An absent temperature is cacheable although providers then sample at 1: hardly any client sends one, and those who want another answer each
/// time say so by `temperature`, `n` or `x-qualm-cache`.
public struct PartitionRules: Sendable {
    /// Requests with more prompt tokens (estimated) are not looked at. 1 or more.
    public let maxPromptTokens: Int
    /// Names of tools that change nothing whatever their names say; a trailing `*` stands for any ending.
    public let readOnlyTools: [String]
    /// Answers asked for at a higher temperature are meant to differ.
    static let maxTemperature = 0.3
    /// Part of every partition: entries of other rules are never found.
    private let version: String
    private let timeWords: TimeWords
    private let toolEffects: ToolEffects

    /// - Parameters:
    ///   - extraTimeWords: words or phrases, in any case, whose answer depends on when it is asked; they add to the built-in ones.
    ///   - version: changes every partition when it changes; for operators who want a fresh start.
    public init(maxPromptTokens: Int = 2_000, readOnlyTools: [String] = [], extraTimeWords: [String] = [], version: String = "") {
        self.maxPromptTokens = max(1, maxPromptTokens)
        self.readOnlyTools = readOnlyTools
        self.version = version
        timeWords = TimeWords(adding: extraTimeWords)
        toolEffects = ToolEffects(readOnly: readOnlyTools)
    }

    /// Says whether the cache looks at this request, and by which name.
    func read(_ query: CacheQuery) -> RequestReading {
        if let reason = Self.quickBypass(query, maxPromptTokens: maxPromptTokens) { return .bypass(reason) }
        guard let body = try? CanonicalJSON(query.chat.body), let request = CacheableRequest(body) else { return .bypass(.shape) }
        if let reason = request.mediaOrSearch ?? toolEffects.bypass(request) { return .bypass(reason) }
        if request.userTexts.contains(where: timeWords.occur(in:)) { return .bypass(.time) }
        return .cacheable(CacheFingerprint(request, tenant: query.tenant, policy: query.policy, version: version))
    }

    /// What is known without looking at the body again.
    private static func quickBypass(_ query: CacheQuery, maxPromptTokens: Int) -> CacheBypass? {
        if query.directive == .noStore { return .directive }
        if query.control != .auto { return .control }
        if let temperature = query.chat.temperature, !(0...maxTemperature).contains(temperature) { return .temperature }
        if query.chat.choiceCount > 1 { return .choices }
        if query.chat.wantsLogprobs { return .logprobs }
        if query.view.hasNonTextParts { return .media }
        if query.promptTokens > maxPromptTokens { return .length }
        return nil
    }
}

/// What ``PartitionRules`` makes of a request.
enum RequestReading: Sendable, Hashable {
    /// Not the cache's business, and why.
    case bypass(CacheBypass)
    case cacheable(CacheFingerprint)
}
