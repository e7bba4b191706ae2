internal import FastJSON

/// One `POST /v1/chat/completions`, valid and ready to be routed: the canonical request that other wire formats map to.
///
/// The body is kept byte for byte, and ``upstreamBody(model:stream:topLogprobs:includeUsage:)`` sends it on with as few edits as possible, so
/// that members nobody here has heard of survive. Nothing gets an invented default: a member that the client left out is `nil`, or the
/// value that OpenAI's reference documents as the meaning of its absence (named below).
///
/// Decoding reads only what every request needs. What only routed requests need - messages, tools, response format - is
/// read by ``routingView()``.
public struct ChatRequest: Sendable {
    /// The client's body, unchanged.
    public var body: [UInt8] { index.bytes }
    /// The name as the client wrote it: `auto`, a route, `provider:model` or `provider/model`. 1...``maxModelNameBytes`` bytes.
    public let model: String
    /// `stream: true`. Absent or `null` means false.
    public let isStreaming: Bool
    /// `stream_options.include_usage: true`.
    public let includesUsage: Bool
    /// `logprobs: true`. Absent or `null` means false.
    public let wantsLogprobs: Bool
    /// `top_logprobs`, 0 or more; what the provider makes of a large value is its business.
    public let topLogprobs: Int?
    /// `n`, 1 or more. Absent or `null` means 1.
    public let choiceCount: Int
    /// `max_completion_tokens`, else `max_tokens`.
    public let maxTokens: Int?
    public let temperature: Double?
    /// The body object `qualm`. A control header wins over it: `headers.overriding(request.controls)`.
    public let controls: RoutingControls

    /// The body and where its members are.
    let index: JSONObjectIndex

    /// The longest accepted model name in bytes.
    public static let maxModelNameBytes = 256
}
