internal import YAMLDocument

/// `cache`: answering a repeated question without a model.
public struct CacheConfiguration: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        case off
        /// Looks up and stores, but never answers: counts whether it would have answered rightly.
        case shadow
        case on
    }

    public enum Store: String, Sendable, CaseIterable {
        /// In this process; gone when it ends.
        case embedded
        /// Answers in Redis, vectors in Qdrant; shared by all gateways.
        case redisQdrant = "redis_qdrant"
    }

    public enum Admit: String, Sendable, CaseIterable {
        /// Drafts that were clearly accepted, and the heavyweight's answers.
        case all
        /// Only drafts that were clearly accepted.
        case shippedDrafts = "shipped_drafts"
    }

    /// Default off.
    public let mode: Mode
    /// Default embedded.
    public let store: Store
    /// Default 1 day.
    public let timeToLive: Duration
    /// Default 300 ms.
    public let deadline: Duration
    /// Default all.
    public let admit: Admit
    /// Cosine, while no score threshold is set. Default 0.95.
    public let similarityThreshold: Double
    /// From `qualm cache certify`; nil: the cosine decides.
    public let scoreThreshold: Double?
    /// Default 3.
    public let neighbours: Int
    /// Default 2,000.
    public let maxPromptTokens: Int
    /// Default 256 KiB.
    public let maxEntryBytes: Int
    /// Default 1 s; zero: off.
    public let singleFlight: Duration
    /// 0...1. Default 0.05.
    public let shadowShare: Double
    public let readOnlyTools: [String]
    public let bypassWords: [String]
    /// Default empty.
    public let version: String
    /// Default 5.
    public let breakerFailures: Int
    /// Default 5 s.
    public let breakerOpen: Duration
    /// Of the embedded store. Default 10,000.
    public let maxEntries: Int
    /// Of the embedded store. Default 64 MiB.
    public let maxBytes: Int
    /// Of the embedded store. Default 20,000.
    public let maxVectors: Int

    init(_ section: inout SectionReader) {
        mode = section.read(
            "mode", .oneOf(), default: .off,
            "off; shadow: look up and store but never answer, and count whether it would have been right; on")
        store = section.read(
            "store", .oneOf(), default: .embedded,
            "embedded: in this process; redis_qdrant: answers in 'redis', vectors in 'qdrant', shared by all gateways")
        timeToLive = section.read("ttl_seconds", .seconds(1...31_536_000), default: .seconds(86_400), "how long an answer may be used")
        deadline = section.read(
            "deadline_ms", .milliseconds(1...60_000), default: .milliseconds(300),
            "a lookup that takes longer is a miss; the drafter runs meanwhile")
        admit = section.read(
            "admit", .oneOf(), default: .all,
            "what is stored: drafts under half the threshold and the heavyweight's answers, or such drafts only")
        similarityThreshold = section.read(
            "similarity_threshold", .number(0...1, openAtStart: true, unit: "cosine"), default: 0.95,
            "least similarity of a prompt that may share an answer; every guard must agree, too")
        scoreThreshold = section.read(
            "score_threshold", ConfigurationValue<Double>.number(0...1, openAtStart: true, unit: "score").optional, default: nil,
            "the certified score threshold of 'qualm cache certify'; it replaces 'similarity_threshold'")
        neighbours = section.read("neighbours", .integer(1...20, unit: "entries"), default: 3, "nearest entries that are looked at")
        maxPromptTokens = section.read(
            "max_prompt_tokens", .integer(1...1_000_000, unit: "tokens"), default: 2_000,
            "a longer prompt, as estimated, is not looked up")
        maxEntryBytes = section.read(
            "max_entry_bytes", .integer(1_024...16_777_216, unit: "bytes"), default: 262_144, "a longer answer is not stored")
        singleFlight = section.read(
            "single_flight_ms", .milliseconds(0...60_000), default: .seconds(1),
            "how long a request waits for an equal one in flight before it asks on its own; 0 is off")
        shadowShare = section.read(
            "shadow_share", .number(0...1, unit: "share"), default: 0.05,
            "share of hits that mode 'on' does not serve but compares with the pipeline's answer; mode 'shadow' compares all")
        readOnlyTools = Self.texts(
            &section, "read_only_tools", "tools without side effects whose names do not say so; a * at the end stands for any rest")
        bypassWords = Self.texts(&section, "bypass_words", "further words that make an answer depend on when it is asked")
        version =
            section.read(
                "version", ConfigurationValue<String>.nonEmptyText().optional, default: nil,
                "any text; a new one makes every stored answer unusable") ?? ""
        breakerFailures = section.read(
            "breaker_failures", .integer(1...1_000, unit: "failures"), default: 5, "failures in a row after which a store is not asked")
        breakerOpen = section.read(
            "breaker_open_ms", .milliseconds(10...600_000), default: .seconds(5), "how long it is not asked before it is tried again")
        maxEntries = section.read(
            "max_entries", .integer(1...10_000_000, unit: "entries"), default: 10_000, "embedded store: the least used go first")
        maxBytes = section.read(
            "max_bytes", .integer(1_048_576...68_719_476_736, unit: "bytes"), default: 67_108_864, "embedded store: bytes of its entries")
        maxVectors = section.read(
            "max_vectors", .integer(1...1_000_000, unit: "vectors"), default: 20_000,
            "embedded store: the oldest go first; 1,536 dimensions take 6 KiB each")
        section.finish()
    }

    private static func texts(_ section: inout SectionReader, _ name: String, _ summary: String) -> [String] {
        let items = section.list(name, of: "text", expectation: "a list of texts", summary) ?? []
        return items.enumerated().compactMap { index, item in
            section.decode(item, as: ConfigurationValue<String>.nonEmptyText(), name: "\(section.path).\(name)[\(index)]")
        }
    }
}
