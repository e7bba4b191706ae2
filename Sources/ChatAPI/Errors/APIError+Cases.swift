/// One constructor for each way a request can fail, so that status, type and code are decided in one place.
extension APIError {
    private static let invalidRequest = "invalid_request_error"

    /// 400: the request was understood to be wrong.
    public static func invalidRequest(_ error: ChatRequestError) -> APIError {
        APIError(status: 400, message: error.message, type: invalidRequest, param: error.param, code: error.code)
    }

    /// 400 with any message.
    public static func invalidRequest(_ message: String, param: String? = nil, code: String? = "invalid_value") -> APIError {
        APIError(status: 400, message: message, type: invalidRequest, param: param, code: code)
    }

    /// 404 `model_not_found`. `known` is shown in part: the first eight names.
    public static func modelNotFound(_ model: String, known: [String] = []) -> APIError {
        let shown = known.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (known.count > 8 ? ", ..." : "")
        let hint = known.isEmpty ? "GET /v1/models lists the models." : "Known models: \(shown)."
        return APIError(
            status: 404, message: "The model \(ChatRequestError.quoted(model)) does not exist here. \(hint)", type: invalidRequest,
            param: "model", code: "model_not_found")
    }

    /// 404 for a path that is not served, or a decision that is not (or no longer) kept.
    public static func notFound(_ what: String) -> APIError {
        APIError(status: 404, message: "\(what) was not found.", type: invalidRequest, code: "not_found")
    }

    /// 405.
    public static func methodNotAllowed(_ method: String, path: String) -> APIError {
        APIError(
            status: 405, message: "The method \(ChatRequestError.quoted(method)) is not allowed on \(ChatRequestError.quoted(path)).",
            type: invalidRequest, code: "method_not_allowed")
    }

    /// 413.
    public static func bodyTooLarge(maxBytes: Int) -> APIError {
        APIError(
            status: 413, message: "The request body is larger than the \(maxBytes) bytes accepted here.", type: invalidRequest,
            code: "request_too_large")
    }

    /// 401: no key, or not one of the configured ones. Never repeats the key.
    public static func invalidAPIKey(wasSent: Bool) -> APIError {
        APIError(
            status: 401,
            message: wasSent
                ? "The API key sent in the Authorization header is not one that this gateway accepts."
                : "No API key was sent: send it as 'Authorization: Bearer <key>'.",
            type: invalidRequest, code: "invalid_api_key")
    }

    /// 429 with `Retry-After`: over the gateway's own concurrency limit.
    public static func tooManyRequests(limit: Int, retryAfterSeconds: Int) -> APIError {
        APIError(
            status: 429, message: "All \(limit) request slots of this gateway are taken; retry in \(max(1, retryAfterSeconds)) s.",
            type: "requests", code: "rate_limit_exceeded", retryAfterSeconds: retryAfterSeconds)
    }

    /// 503 with `Retry-After`: shutting down.
    public static func draining(retryAfterSeconds: Int = 1) -> APIError {
        APIError(
            status: 503, message: "This gateway is shutting down and takes no new requests; retry against another replica.",
            type: "service_unavailable", code: "draining", retryAfterSeconds: retryAfterSeconds)
    }

    /// 504: `only-if-cached` and no cached answer (RFC 9111, section 5.2.1.7, prescribes this status).
    public static func notCached() -> APIError {
        APIError(
            status: 504,
            message:
                "The request asked for a cached answer only (only-if-cached): none is stored, or the cache does not answer such requests.",
            type: invalidRequest,
            param: "x-qualm-cache", code: "not_cached")
    }

    /// 500: a fault of the gateway itself. The message never holds internals.
    public static func internalError(requestID: String? = nil) -> APIError {
        let reference = requestID.map { " Its log names the request \($0)." } ?? ""
        return APIError(
            status: 500, message: "The gateway failed while handling this request.\(reference)", type: "server_error",
            code: "internal_error")
    }

    /// What a client learns when the upstream named `provider` failed.
    ///
    /// The provider's own 4xx about the *request* (400, 404, 413, 422) keeps its status, for the client can mend it; 429 keeps status and
    /// `Retry-After`; 401, 402 and 403 concern the gateway's credentials and become 502, so that no client believes its own key is wrong;
    /// 408 and 504 become 504; everything else 502. Messages are redacted.
    public static func upstream(_ failure: UpstreamFailure, provider: String, retryAfterSeconds: Int? = nil) -> APIError {
        switch failure {
        case .status(let status, let body):
            return upstreamStatus(status, body, provider: provider, retryAfterSeconds: retryAfterSeconds)
        case .midStream(let message):
            return badGateway("\(provider) reported an error while answering: \(Redaction.redacted(message))", code: "upstream_error")
        case .timedOut(let detail):
            return APIError(
                status: 504, message: "\(provider) did not answer in time: \(Redaction.redacted(detail)).", type: "upstream_error",
                code: "upstream_timeout")
        case .unreachable(let detail):
            return badGateway("\(provider) could not be reached: \(Redaction.redacted(detail)).", code: "upstream_unreachable")
        case .malformed(let detail):
            return badGateway(
                "\(provider) sent an answer that cannot be understood: \(Redaction.redacted(detail)).", code: "upstream_malformed")
        }
    }

    private static func upstreamStatus(
        _ status: Int, _ body: UpstreamErrorBody, provider: String, retryAfterSeconds: Int?
    ) -> APIError {
        let message = "\(provider) answered \(status): \(body.message)"
        switch status {
        case 400, 404, 413, 422:
            return APIError(
                status: status, message: message, type: body.type ?? invalidRequest, param: body.param,
                code: body.code ?? "upstream_rejected")
        case 429:
            return APIError(
                status: 429, message: message, type: body.type ?? "requests", code: body.code ?? "rate_limit_exceeded",
                retryAfterSeconds: retryAfterSeconds)
        case 401, 402, 403:
            return badGateway("\(provider) refused the gateway's credentials (\(status)): \(body.message)", code: "upstream_authentication")
        case 408, 504:
            return APIError(
                status: 504, message: message, type: "upstream_error", code: "upstream_timeout", retryAfterSeconds: retryAfterSeconds)
        default:
            var error = badGateway(message, code: "upstream_error")
            error.retryAfterSeconds = retryAfterSeconds.map { max(1, $0) }
            return error
        }
    }

    private static func badGateway(_ message: String, code: String) -> APIError {
        APIError(status: 502, message: message, type: "upstream_error", code: code)
    }
}
