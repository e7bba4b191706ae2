/// What to write for one request, when, and how it ends. Pure data: the connection follows it.
struct ResponsePlan: Sendable {
    enum Body: Sendable {
        /// Written at once, with its length in the head; `tokens` are counted when it leaves.
        case whole([UInt8], tokens: Int)
        case stream(StreamPlan)
    }

    enum Beginning: Sendable {
        case normal
        /// The connection closes without an answer.
        case refuse
        /// Nothing is ever written.
        case stall
    }

    var status = 200
    var reason = "OK"
    var headers: [(name: String, value: String)] = []
    var body: Body
    var beginning = Beginning.normal
    /// How a whole body ends; ``StreamPlan/ending`` says it for streams.
    var wholeEnding = ResponseEnding.complete
    /// Of a whole body, so many bytes are written; `nil`: all.
    var wholePrefix: Int?
    /// Before the response head, in microseconds.
    var headDelay: Int64 = 0
    /// Between head and first event, in microseconds.
    var firstDelay: Int64 = 0
    /// Between paced events, in microseconds.
    var gap: Int64 = 0
    var splitsBytes = false
    /// The outcome when everything planned was written.
    var outcome = RequestRecord.Outcome.completed
}

extension ResponsePlan {
    /// A JSON body without any fault.
    init(json: [UInt8], status: Int = 200, tokens: Int = 0) {
        self.init(body: .whole(json, tokens: tokens))
        self.status = status
        reason = Self.reason(status)
        headers = [("content-type", "application/json")]
    }

    /// An error in OpenAI's shape.
    init(status: Int, message: String, type: String = "invalid_request_error", parameter: String? = nil, code: String? = nil) {
        self.init(json: ErrorBody(message: message, type: type, parameter: parameter, code: code).bytes, status: status)
        outcome = .faulted
    }

    /// The error a status stands for at OpenAI, with the headers that come with it.
    init(errorStatus status: Int, model: String, retryAfterSeconds: Int) {
        switch status {
        case 400:
            self.init(status: status, message: "Invalid value in the request, as scripted.", code: "invalid_value")
        case 401:
            self.init(status: status, message: "Incorrect API key provided.", code: "invalid_api_key")
        case 403:
            self.init(status: status, message: "Your key may not use this model.", type: "permission_error", code: "model_not_allowed")
        case 404:
            self.init(
                status: status, message: "The model `\(model)` does not exist or you do not have access to it.", parameter: nil,
                code: "model_not_found")
        case 429:
            self.init(
                status: status, message: "Rate limit reached for \(model): limit 500 requests per minute. Please try again later.",
                type: "requests", code: "rate_limit_exceeded")
            headers += [
                ("retry-after", "\(retryAfterSeconds)"), ("retry-after-ms", "\(retryAfterSeconds * 1_000)"),
                ("x-ratelimit-limit-requests", "500"), ("x-ratelimit-limit-tokens", "200000"),
                ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-remaining-tokens", "199000"),
                ("x-ratelimit-reset-requests", "\(retryAfterSeconds)s"), ("x-ratelimit-reset-tokens", "300ms"),
            ]
        default:
            self.init(status: status, message: "The server had an error while processing your request.", type: "server_error")
            if status == 503 { headers.append(("retry-after", "\(retryAfterSeconds)")) }
        }
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }

    /// Delays, faults and flush habits of a behaviour. Statuses and stream faults are in the plan already.
    mutating func apply(_ behaviour: Behaviour) {
        splitsBytes = behaviour.splitsBytes
        gap = behaviour.tokenGapMicroseconds
        if behaviour.delaysHead { headDelay = behaviour.firstTokenMicroseconds } else { firstDelay = behaviour.firstTokenMicroseconds }
        switch behaviour.fault {
        case nil: return
        case .refuse: beginning = .refuse
        case .stallBeforeHead: beginning = .stall
        default: applyToWhole(behaviour.fault)
        }
        outcome = .faulted
    }

    private mutating func applyToWhole(_ fault: Fault?) {
        guard case .whole(let bytes, let tokens) = body else { return }
        switch fault {
        case .stallBeforeFirst: (wholePrefix, wholeEnding) = (0, .stall)
        case .stallMiddle: (wholePrefix, wholeEnding) = (bytes.count / 2, .stall)
        case .resetMiddle: (wholePrefix, wholeEnding) = (bytes.count / 2, .reset)
        case .cutMiddle: (wholePrefix, wholeEnding) = (bytes.count / 2, .close)
        case .malformedChunk: body = .whole(Array(bytes.dropLast(2)), tokens: tokens)
        case .errorEvent:
            let message = "The server had an error while processing your request. Sorry about that!"
            body = .whole(ErrorBody(message: message, type: "server_error").bytes, tokens: 0)
        default: break
        }
    }
}
