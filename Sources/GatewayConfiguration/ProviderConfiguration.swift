internal import YAMLDocument

/// One entry of `providers`: an upstream that speaks the OpenAI chat completion API, and what it can do.
public struct ProviderConfiguration: Sendable, Equatable {
    /// A header to send with every request to the provider.
    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: Secret

        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// The part before the colon in `provider:model`.
    public let name: String
    /// `http(s)://host[:port][/path]` without a slash at the end; `/chat/completions` is appended.
    public let baseURL: String
    /// Sent as bearer token; nil sends none.
    public let apiKey: Secret?
    /// Sent with every request, in the order of the file. None is empty.
    public let headers: [Header]
    /// Whether it gives logprobs. Default true.
    public let logprobs: Bool
    /// Most `top_logprobs` it takes, 0...20. Default 20.
    public let maxTopLogprobs: Int
    /// Whether it takes `stream_options.include_usage`. Default true.
    public let streamUsage: Bool
    /// Tokens in the vocabulary, for the upper entropy bound. Default 200,019 (o200k).
    public let vocabularySize: Int
    /// Whether closing the connection stops the bill; where not, a pre-fire is never cancelled before the verdict. Default true.
    public let stopsBillingOnDisconnect: Bool
    /// Default 10 s.
    public let connectTimeout: Duration
    /// From the request being sent to the first byte of the answer. Default 60 s.
    public let firstByteTimeout: Duration
    /// Between two pieces of an answer. Default 60 s. There is no limit on the whole.
    public let idleTimeout: Duration
    /// PEM file of certificate authorities to trust instead of the system's; nil for the system's.
    public let caFile: String?

    /// - Parameter builtIn: the entry of that name that exists without being written down.
    init(name: String, _ section: inout SectionReader, builtIn: BuiltInProvider?) {
        self.name = name
        let summary = "where the API is; '/chat/completions' is appended; required for a provider that is not built in"
        if let builtIn {
            baseURL = section.read("base_url", .baseURL, default: builtIn.baseURL, defaultText: .some(nil), summary)
        } else {
            baseURL = section.require("base_url", .baseURL, standIn: "", summary)
        }
        let key = section.read(
            "api_key", ConfigurationValue<Secret>.secret.optional, default: nil, whenUnset: .some(nil),
            "sent as bearer token; an unset variable means no key, with a warning")
        if section.isSet("api_key") { section.reader.providersWithOwnKey.insert(name) }
        apiKey = section.isSet("api_key") ? key : builtIn?.key(section.reader)
        headers = Self.headers(&section, builtIn: builtIn)
        logprobs = section.read("logprobs", .truth, default: true, "whether it gives logprobs")
        maxTopLogprobs = section.read("max_top_logprobs", .integer(0...20), default: 20, "most top_logprobs it takes")
        streamUsage = section.read("stream_usage", .truth, default: true, "whether it takes stream_options.include_usage")
        vocabularySize = section.read(
            "vocabulary_size", .integer(2...10_000_000, unit: "tokens"), default: 200_019,
            "for the upper entropy bound: o200k 200019, cl100k 100277, Llama 3 128256")
        stopsBillingOnDisconnect = section.read(
            "stops_billing_on_disconnect", .truth, default: true,
            "whether closing the connection stops the bill; where not, a pre-fire is not cancelled before the verdict")
        connectTimeout = section.read("connect_timeout_ms", .milliseconds(1...600_000), default: .seconds(10), "name look-up, TCP and TLS")
        firstByteTimeout = section.read(
            "first_byte_timeout_ms", .milliseconds(1...3_600_000), default: .seconds(60),
            "from the request being sent to the first byte of the answer")
        idleTimeout = section.read(
            "idle_timeout_ms", .milliseconds(1...3_600_000), default: .seconds(60),
            "between two pieces of an answer; there is no limit on the whole")
        caFile = section.read(
            "ca_file", ConfigurationValue<String>.nonEmptyText("a path", type: "path").optional, default: nil,
            "PEM file of certificate authorities to trust instead of the system's")
        if !name.isEntryName {
            section.reader.report(
                .error, at: section.range,
                "'\(name)' cannot be the name of a provider; 1 to 64 letters, digits, '.', '_' and '-' make one")
        }
        section.finish()
    }

    private static func headers(_ section: inout SectionReader, builtIn: BuiltInProvider?) -> [Header] {
        let entries = section.texts("headers", defaultText: "{}", "sent with every request; empty ones are left out")
        if !section.isSet("headers") { return builtIn?.headers(section.reader) ?? [] }
        var headers: [Header] = []
        for entry in entries {
            let isToken =
                !entry.key.isEmpty && entry.key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
            let isOurs = ["content-length", "transfer-encoding", "connection", "host"].contains(entry.key.lowercased())
            if !isToken || isOurs {
                let why = isOurs ? "is set by the gateway" : "cannot be the name of a header (RFC 9110, section 5.1)"
                section.reader.report(.error, at: SourceRange(keyOf: entry), "'\(entry.key)' \(why)")
            }
            let name = "\(section.path).headers.\(entry.key)"
            guard let value = section.decode(entry.value, as: .headerValue, name: name, keyRange: SourceRange(keyOf: entry)) else {
                continue
            }
            if !value.reveal.isEmpty { headers.append(Header(name: entry.key, value: value)) }
        }
        return headers
    }
}
