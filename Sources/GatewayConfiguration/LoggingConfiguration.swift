/// `logging`.
public struct LoggingConfiguration: Sendable, Equatable {
    /// The levels of swift-log, least severe first; the raw values are the same.
    public enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// The least severe level that is written. Default `info`; the environment variable `LOG_LEVEL` overrides it.
    public let level: Level

    init(_ section: inout SectionReader) {
        level = section.read("level", .oneOf(), default: .info, "the least severe level that is written")
        section.finish()
    }
}
