/// Where a Qdrant is and which collection the vectors are in. Checked when it is made: after that it is valid.
///
/// Its description and its mirror leave the key out.
public struct QdrantOptions: Sendable, Hashable {
    /// What is wrong with an option and what would be right. Never quotes the key, nor anything of the URL but its scheme.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// `base URL`, `API key`, `collection` or `connect timeout`.
        public var option: String
        public var message: String

        public var description: String { "Qdrant's \(option) \(message)" }
    }

    /// `http://` or `https://`, host, port when it is not the scheme's own, and a path prefix if there is one; no slash at its end.
    public let baseURL: String
    /// 1 to 255 of `A`-`Z`, `a`-`z`, `0`-`9`, `_`, `-` and `.`.
    public let collection: String
    /// Time for a connection; the deadline of a call may leave less.
    public let connectTimeout: Duration
    /// Sent as `api-key`.
    let apiKey: String?

    /// - Parameters:
    ///   - baseURL: `http://host:6333`, say. A path prefix is kept, slashes at the end are not. No credentials, query or fragment.
    ///   - apiKey: printable ASCII; `nil` or empty sends none.
    ///   - collection: the gateway's own: every point in it that has the payload fields `partition` and `expires_at` is taken for an entry
    ///     of this cache, and may be removed.
    ///   - connectTimeout: above zero, default 1 s.
    public init(
        baseURL: String, apiKey: String? = nil, collection: String, connectTimeout: Duration = .seconds(1)
    ) throws(Problem) {
        self.baseURL = try Self.checked(baseURL: baseURL)
        self.collection = try Self.checked(collection: collection)
        self.apiKey = try Self.checked(apiKey: apiKey)
        guard connectTimeout > .zero else { throw Problem(option: "connect timeout", message: "must be above zero, for example 1 s") }
        self.connectTimeout = connectTimeout
    }

    private static func checked(baseURL: String) throws(Problem) -> String {
        func problem(_ message: String) -> Problem {
            Problem(
                option: "base URL", message: "\(message); right is, for example, http://127.0.0.1:6333 or https://qdrant.example.com/prefix"
            )
        }
        guard baseURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw problem("has a character that no URL may have (a space, a control character, one beyond ASCII)")
        }
        let lowered = baseURL.prefix(8).lowercased()
        let schemeLength = lowered.hasPrefix("https://") ? 8 : lowered.hasPrefix("http://") ? 7 : 0
        guard schemeLength > 0 else { throw problem("must begin with http:// or https://") }
        let rest = baseURL.dropFirst(schemeLength)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !rest.contains("?"), !rest.contains("#") else { throw problem("must not have a query or a fragment") }
        guard !authority.contains("@") else { throw problem("must not have credentials: the key has an option of its own") }
        let (host, port) = Self.split(authority)
        guard !host.isEmpty else { throw problem("has no host") }
        if let port {
            guard let number = UInt16(port), number > 0 else { throw problem("has a port that is none: 1 to 65535, as digits, is right") }
        }
        var url = baseURL[...]
        while url.last == "/" { url.removeLast() }
        return String(url)
    }

    /// Host and what follows its colon; a colon within the brackets of an IPv6 address is the host's.
    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func checked(collection: String) throws(Problem) -> String {
        let isSafe = collection.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard isSafe, (1...255).contains(collection.utf8.count), collection != ".", collection != ".." else {
            throw Problem(
                option: "collection", message: "must be 1 to 255 of the characters A-Z, a-z, 0-9, '_', '-' and '.', for example qualm_cache"
            )
        }
        return collection
    }

    private static func checked(apiKey: String?) throws(Problem) -> String? {
        guard let apiKey, !apiKey.isEmpty else { return nil }
        guard apiKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(
                option: "API key", message: "has a character that no header can carry; printable ASCII without spaces or line ends is right"
            )
        }
        return apiKey
    }
}

extension QdrantOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        "\(baseURL), collection \(collection), \(apiKey == nil ? "no API key" : "API key [redacted]"), connect timeout \(connectTimeout)"
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
