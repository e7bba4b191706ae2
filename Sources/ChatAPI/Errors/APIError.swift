internal import FastJSON

/// An answer that is an error, in OpenAI's shape: what the client's SDK turns into its exception classes.
///
/// The message names what was wrong and what would be right. Whatever comes from an upstream passes through ``Redaction`` first.
public struct APIError: Error, Sendable, Hashable {
    /// The HTTP status, 400...599.
    public var status: Int
    public var message: String
    /// OpenAI's error type, e.g. `invalid_request_error`.
    public var type: String
    /// The request member at fault.
    public var param: String?
    /// OpenAI's machine-readable code, e.g. `model_not_found`.
    public var code: String?
    /// Whole seconds for the `Retry-After` header, at least 1.
    public var retryAfterSeconds: Int?

    public init(
        status: Int, message: String, type: String, param: String? = nil, code: String? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.retryAfterSeconds = retryAfterSeconds.map { max(1, $0) }
    }

    /// `{"error":{"message","type","param","code"}}`: all four members always, `null` where there is none.
    public func body() -> [UInt8] {
        let error: JSONValue = [
            "message": .string(message), "type": .string(type), "param": param.map { .string($0) } ?? nil,
            "code": code.map { .string($0) } ?? nil,
        ]
        return JSONValue.object([JSONMember("error", error)]).serialized()
    }
}

extension APIError: CustomStringConvertible {
    public var description: String { "\(status) \(code ?? type): \(message)" }
}

/// How an upstream call went wrong, in the words the client may read.
public enum UpstreamFailure: Sendable, Hashable {
    /// The provider answered with an error status.
    case status(Int, UpstreamErrorBody)
    /// The provider reported an error inside a stream that began with 200.
    case midStream(message: String)
    /// Nothing came in time.
    case timedOut(detail: String)
    /// No usable connection, or it broke.
    case unreachable(detail: String)
    /// The provider's bytes were not what was asked for, a chat completion or embeddings, or ended without their terminal marker.
    case malformed(detail: String)
}
