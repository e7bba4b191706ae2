/// `release`: what a streaming client sees while the verdict is open (`routing.md`, section 6).
public struct ReleaseConfiguration: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        /// `buffered` where a certificate is in force, which holds for whole drafts only; else `boundary`.
        case auto
        /// Whole sentences, lines and code blocks, once the unit and the next `tokens` are safe.
        case boundary
        /// Nothing until the draft is committed.
        case buffered
        /// Token i after token i + `tokens` was seen and is safe.
        case holdback
        /// Decide once at `tokens`, then pass through.
        case commit
    }

    /// Default `auto`.
    public let mode: Mode
    /// The n of `boundary`, `holdback` and `commit`. 1...1024. Default 16.
    public let tokens: Int
    /// An SSE comment keeps the connection alive this often while nothing is released. 1...60 s. Default 5 s.
    public let keepalive: Duration

    /// - Parameter inherited: `release`, when this is a route's section, which has no keep-alive of its own; nil for `release` itself.
    init(_ section: inout SectionReader, inheriting inherited: ReleaseConfiguration?) {
        mode = section.read(
            "mode", .oneOf(), default: inherited?.mode ?? .auto,
            "what a streaming client sees while the verdict is open")
        tokens = section.read(
            "tokens", .integer(1...1024, unit: "tokens"), default: inherited?.tokens ?? 16,
            "the n of boundary, holdback and commit")
        if let inherited {
            keepalive = inherited.keepalive
        } else {
            keepalive = section.read(
                "keepalive_seconds", .seconds(1...60), default: .seconds(5),
                "an SSE comment is sent this often while nothing is released")
        }
        section.finish()
    }
}
