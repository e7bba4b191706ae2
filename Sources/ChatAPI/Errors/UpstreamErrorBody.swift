internal import FastJSON

/// What a provider said in the body of an error response, whatever its dialect. The message is redacted and bounded.
///
/// Understood: OpenAI, Azure, Groq, DeepSeek, Mistral and vLLM (`error.message`, or `message` beside `type`), Anthropic (`type: error`),
/// Gemini (`error.status`, also as a one-element array), OpenRouter (numeric `code`, the cause in `metadata.raw`), llama-server, Ollama
/// (`error` as a string), FastAPI (`detail`), plain text, and HTML pages of proxies (their title).
public struct UpstreamErrorBody: Sendable, Hashable {
    /// One line for humans; never empty.
    public var message: String
    /// The provider's error type: `type`, or Gemini's `status` in lower case.
    public var type: String?
    /// The provider's code; numbers as text.
    public var code: String?
    /// The member of the request that the provider objects to.
    public var param: String?

    public init(message: String, type: String? = nil, code: String? = nil, param: String? = nil) {
        self.message = message
        self.type = type
        self.code = code
        self.param = param
    }

    /// Reads an error body. Never fails: what is not understood becomes a message that says so.
    ///
    /// - Parameters:
    ///   - bytes: the body; only the first 64 KiB are looked at as text.
    ///   - status: the HTTP status, for the message when the body says nothing.
    public static func parse(_ bytes: [UInt8], status: Int) -> UpstreamErrorBody {
        var body = (try? JSONValue.parse(bytes)).flatMap(fromJSON) ?? fromText(bytes, status: status)
        body.message = Redaction.redacted(oneLine(body.message))
        body.type = body.type.map { Redaction.redacted($0, maxBytes: 100) }
        body.code = body.code.map { Redaction.redacted($0, maxBytes: 100) }
        body.param = body.param.map { Redaction.redacted($0, maxBytes: 100) }
        if body.message.isEmpty { body.message = "status \(status) without a message" }
        return body
    }

    private static func fromJSON(_ json: JSONValue) -> UpstreamErrorBody? {
        let root = json.array?.first ?? json
        guard root.object != nil else { return root.string.map { UpstreamErrorBody(message: $0) } }
        let error = root["error"] ?? root
        guard error.object != nil else { return error.string.map { UpstreamErrorBody(message: $0, type: root["type"]?.string) } }
        guard var message = text(error["message"]) ?? text(error["detail"]) ?? text(root["message"]) ?? text(root["detail"]) else {
            return nil
        }
        if let cause = error["metadata"]?["raw"]?.string, !cause.isEmpty { message += " (\(cause))" }
        return UpstreamErrorBody(
            message: message,
            type: error["type"]?.string ?? error["status"]?.string?.lowercased(),
            code: error["code"].flatMap { $0.string ?? $0.int.map(String.init) },
            param: error["param"]?.string)
    }

    /// A message as text; FastAPI's list of `{loc, msg}` joined.
    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .array(let items):
            items.compactMap { $0.string ?? $0["msg"]?.string ?? $0["message"]?.string }.prefix(4).joined(separator: "; ")
        case .object: value?["message"]?.string
        default: nil
        }
    }

    private static func fromText(_ bytes: [UInt8], status: Int) -> UpstreamErrorBody {
        let text = String(decoding: bytes.prefix(65_536), as: UTF8.self)
        guard let page = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }), page == "<" else {
            return UpstreamErrorBody(message: text)
        }
        let lower = text.lowercased()
        if let open = range(of: "<title", in: lower), let start = lower[open.upperBound...].firstIndex(of: ">"),
            let close = range(of: "</title", in: lower[start...])
        {
            return UpstreamErrorBody(message: String(lower[lower.index(after: start)..<close.lowerBound]) + " (an HTML page)")
        }
        return UpstreamErrorBody(message: "status \(status) with an HTML page")
    }

    private static func range(of needle: String, in text: some StringProtocol) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(needle) { return start..<text.index(start, offsetBy: needle.count) }
            start = text.index(after: start)
        }
        return nil
    }

    /// White space and control characters as single spaces, none at the ends.
    private static func oneLine(_ text: String) -> String {
        text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }.joined(separator: " ")
    }
}
