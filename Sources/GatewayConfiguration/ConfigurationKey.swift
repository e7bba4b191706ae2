/// One key of `config.yaml` as its section declares it. The documentation and the shipped file are compared with these by a test.
public struct ConfigurationKey: Sendable, Equatable {
    /// `routing`, or `providers.*` for the entries of a map.
    public let section: String
    public let name: String
    /// What may be written: `integer`, `number`, `true or false`, `text`, ...
    public let type: String
    /// The value that holds when the key is absent, as it would be written; nil when there is none.
    public let defaultText: String?
    /// `0...65535`, `one of a, b`; nil when everything of the type goes.
    public let range: String?
    /// `bytes`, `tokens`, ...; nil for a value without one.
    public let unit: String?
    /// One line for the reader of the file.
    public let summary: String

    /// `routing.threshold_bits`
    public var path: String { "\(section).\(name)" }
}

/// A value that takes precedence over the file: a command line flag, or an environment variable.
public struct ConfigurationOverride: Sendable, Equatable {
    /// Section and key, `server.port` or `providers.openai.base_url`. Lists and maps cannot be set so.
    public let key: String
    /// As it would stand in the file.
    public let value: String
    /// Who set it, for messages: `--port`.
    public let source: String

    public init(key: String, value: String, source: String) {
        self.key = key
        self.value = value
        self.source = source
    }
}
