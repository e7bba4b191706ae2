/// What a client asks of the router for one request, by `x-qualm-*` headers or the body object `qualm` (see ``parse(headers:)`` and
/// ``ChatRequest/controls``). Every member is `nil` when the client said nothing: the configured value applies.
public struct RoutingControls: Sendable, Hashable {
    /// How doubt is measured.
    public enum Strategy: String, Sendable, Hashable, CaseIterable {
        /// Sliding-window entropy against a threshold.
        case window
        /// The calibrated risk model.
        case risk
    }

    /// When drafted tokens may leave for the client.
    public enum Release: String, Sendable, Hashable, CaseIterable {
        /// Nothing before the verdict.
        case buffered
        /// Whole sentences, lines and code blocks.
        case boundary
        /// Token *i* after token *i + n* was seen.
        case holdback
        /// Everything once the first *n* tokens were sure.
        case commit
    }

    /// How the answer cache may be used.
    public enum Cache: String, Sendable, Hashable, CaseIterable {
        /// Do not answer from the cache; the answer may be stored.
        case noCache = "no-cache"
        /// Neither answer from the cache nor store the answer.
        case noStore = "no-store"
        /// Answer from the cache or fail.
        case onlyIfCached = "only-if-cached"
    }

    /// Whether the heavyweight may or must answer.
    public enum Escalation: String, Sendable, Hashable, CaseIterable {
        case never
        case auto
        case always
    }

    public var strategy: Strategy?
    public var release: Release?
    /// The *n* of `boundary`, `holdback` and `commit`: tokens, 1...4096.
    public var releaseTokens: Int?
    public var cache: Cache?
    public var escalate: Escalation?

    public init(
        strategy: Strategy? = nil, release: Release? = nil, releaseTokens: Int? = nil, cache: Cache? = nil, escalate: Escalation? = nil
    ) {
        self.strategy = strategy
        self.release = release
        self.releaseTokens = releaseTokens
        self.cache = cache
        self.escalate = escalate
    }

    /// Nothing was asked.
    public var isEmpty: Bool { self == RoutingControls() }

    /// These controls where they say something, `other` elsewhere: `headers.overriding(request.controls)`. A release mode brings its own
    /// token count, so that a header's `holdback` never runs with a count that the body meant for another mode.
    public func overriding(_ other: RoutingControls) -> RoutingControls {
        RoutingControls(
            strategy: strategy ?? other.strategy,
            release: release ?? other.release,
            releaseTokens: release == nil ? releaseTokens ?? other.releaseTokens : releaseTokens,
            cache: cache ?? other.cache,
            escalate: escalate ?? other.escalate)
    }
}

extension RoutingControls {
    /// The names of the request headers that ``parse(headers:)`` reads, in lower case.
    public static let headerNames = ["x-qualm-strategy", "x-qualm-release", "x-qualm-cache", "x-qualm-escalate"]

    /// The accepted range of *n* in tokens.
    static let releaseTokenBounds = 1...4096

    /// Reads the control headers among `headers`; names in any case, other names are ignored, the last of a repeated header counts.
    ///
    /// - Throws: ``ChatRequestError`` naming the header and the allowed values.
    public static func parse(headers: some Sequence<(name: String, value: String)>) throws(ChatRequestError) -> RoutingControls {
        var controls = RoutingControls()
        for (name, value) in headers { try controls.apply(header: name, value: value) }
        return controls
    }

    /// Reads one header. Other names than ``headerNames`` change nothing.
    ///
    /// - Throws: ``ChatRequestError`` naming the header and the allowed values.
    public mutating func apply(header name: String, value: String) throws(ChatRequestError) {
        guard name.utf8.count > 8, name.utf8.prefix(8).elementsEqual("x-qualm-".utf8, by: { $0 == $1 || $0 | 0x20 == $1 }) else { return }
        switch name.lowercased() {
        case "x-qualm-strategy": strategy = try Self.choice(value, param: "x-qualm-strategy")
        case "x-qualm-cache": cache = try Self.choice(value, param: "x-qualm-cache")
        case "x-qualm-escalate": escalate = try Self.choice(value, param: "x-qualm-escalate")
        case "x-qualm-release": (release, releaseTokens) = try Self.releaseValue(value, param: "x-qualm-release")
        default: break
        }
    }

    /// `holdback` or `holdback; n=16`.
    static func releaseValue(_ value: String, param: String) throws(ChatRequestError) -> (Release, Int?) {
        let parts = value.split(separator: ";", omittingEmptySubsequences: false)
        let release: Release = try choice(parts[0], param: param)
        guard parts.count > 1 else { return (release, nil) }
        let pair = parts[1].split(separator: "=", omittingEmptySubsequences: false).map { Substring(trimmed($0)) }
        guard parts.count == 2, pair.count == 2, pair[0] == "n", let count = Int(pair[1]), releaseTokenBounds.contains(count) else {
            throw .wrongValue(
                param, expected: "'\(release.rawValue); n=16' with n from 1 to 4096", got: ChatRequestError.quoted(value))
        }
        return (release, count)
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: some StringProtocol, param: String
    ) throws(ChatRequestError) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: trimmed(value).lowercased()) else {
            let allowed = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw .wrongValue(param, expected: "one of \(allowed)", got: ChatRequestError.quoted(value))
        }
        return choice
    }

    private static func trimmed(_ value: some StringProtocol) -> String {
        var view = Substring(value)
        while view.first == " " || view.first == "\t" { view.removeFirst() }
        while view.last == " " || view.last == "\t" { view.removeLast() }
        return String(view)
    }
}
