import ChatAPI
import FastJSON
import Testing

@Suite struct APIErrorTests {
    static let all: [APIError] = [
        .invalidRequest(ChatRequestError("bad", param: "n", code: "invalid_value")), .modelNotFound("x\"y", known: ["auto"]),
        .notFound("The decision"),
        .methodNotAllowed("PUT", path: "/v1/models"), .bodyTooLarge(maxBytes: 10), .invalidAPIKey(wasSent: true),
        .invalidAPIKey(wasSent: false),
        .tooManyRequests(limit: 3, retryAfterSeconds: 0), .draining(), .notCached(), .internalError(),
        .upstream(.status(500, UpstreamErrorBody(message: "boom")), provider: "openai"),
        .upstream(.timedOut(detail: "no byte within 20 s"), provider: "openai"),
        .upstream(.unreachable(detail: "refused"), provider: "openai"),
        .upstream(.malformed(detail: "no [DONE]"), provider: "openai"), .upstream(.midStream(message: "overloaded"), provider: "openai"),
    ]

    @Test(arguments: all)
    func `every error body has all four members`(error: APIError) throws {
        let json = try #require(try JSONValue.parse(error.body())["error"]?.object)
        #expect(json.map(\.name) == ["message", "type", "param", "code"])
        #expect(json[0].value == .string(error.message))
        #expect(json[1].value == .string(error.type))
        #expect(json[2].value == (error.param.map { .string($0) } ?? .null))
        #expect(json[3].value == (error.code.map { .string($0) } ?? .null))
        #expect((400..<600).contains(error.status))
        #expect(!error.message.isEmpty)
    }

    @Test func `each case has its status and code`() throws {
        let table = Self.all.map { "\($0.status) \($0.code ?? "-")" }
        #expect(
            table == [
                "400 invalid_value", "404 model_not_found", "404 not_found", "405 method_not_allowed", "413 request_too_large",
                "401 invalid_api_key",
                "401 invalid_api_key", "429 rate_limit_exceeded", "503 draining", "504 not_cached", "500 internal_error",
                "502 upstream_error",
                "504 upstream_timeout", "502 upstream_unreachable", "502 upstream_malformed", "502 upstream_error",
            ])
        #expect(APIError.tooManyRequests(limit: 3, retryAfterSeconds: 0).retryAfterSeconds == 1)
        #expect(APIError.draining().retryAfterSeconds == 1)
    }

    @Test func `malformed JSON is a 400 that names line and column`() throws {
        let error = try #require(throws: ChatRequestError.self) { try ChatRequest.decode(Array("{\n  nope".utf8)) }
        let answer = APIError.invalidRequest(error)
        #expect(answer.status == 400 && answer.type == "invalid_request_error")
        #expect(answer.message.contains("line 2, column 3"), "\(answer.message)")
    }

    @Test(
        arguments: [
            (400, 400), (404, 404), (413, 413), (422, 422), (429, 429), (401, 502), (402, 502), (403, 502), (408, 504), (500, 502),
            (503, 502),
            (504, 504), (529, 502), (302, 502),
        ])
    func `an upstream status is mapped, and the provider named`(upstream: Int, status: Int) {
        let error = APIError.upstream(.status(upstream, UpstreamErrorBody(message: "why")), provider: "acme", retryAfterSeconds: 7)
        #expect(error.status == status)
        #expect(error.message.contains("acme") && error.message.contains("why") && error.message.contains("\(upstream)"))
        if status == 429 { #expect(error.retryAfterSeconds == 7) }
        // The gateway's own credentials were refused: an SDK must not raise its authentication error for that.
        #expect((error.code == "upstream_authentication") == [401, 402, 403].contains(upstream))
    }

    @Test(
        arguments: [
            (
                #"{"error":{"message":"Bad n","type":"invalid_request_error","param":"n","code":"x"}}"#, "Bad n", "invalid_request_error",
                "x", "n"
            ),
            (#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "Overloaded", "overloaded_error", nil, nil),
            (#"{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}"#, "Quota", "resource_exhausted", "429", nil),
            (#"[{"error":{"code":400,"message":"Array","status":"INVALID_ARGUMENT"}}]"#, "Array", "invalid_argument", "400", nil),
            (
                #"{"error":{"code":402,"message":"Credits","metadata":{"raw":"no money","provider_name":"p"}}}"#, "Credits (no money)", nil,
                "402", nil
            ),
            (
                #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, "Loading model", "unavailable_error",
                "503", nil
            ),
            (
                #"{"object":"error","message":"vllm","type":"BadRequestError","param":null,"code":400}"#, "vllm", "BadRequestError", "400",
                nil
            ),
            (#"{"error":"ollama says no"}"#, "ollama says no", nil, nil, nil), (#"{"detail":"Not Found"}"#, "Not Found", nil, nil, nil),
            (#"{"detail":[{"loc":["body","n"],"msg":"too small"},{"msg":"and odd"}]}"#, "too small; and odd", nil, nil, nil),
            ("plain\n  text ", "plain text", nil, nil, nil), ("", "status 418 without a message", nil, nil, nil),
            ("{}", "{}", nil, nil, nil),
            ("<html><head><title>502 Bad Gateway</title></head>", "502 bad gateway (an HTML page)", nil, nil, nil),
            ("<html>", "status 418 with an HTML page", nil, nil, nil), ("\"text\"", "text", nil, nil, nil),
        ] as [(String, String, String?, String?, String?)])
    func `an upstream error body of any dialect is understood`(
        body: String, message: String, type: String?, code: String?, param: String?
    ) {
        let parsed = UpstreamErrorBody.parse(Array(body.utf8), status: 418)
        #expect(parsed == UpstreamErrorBody(message: message, type: type, code: code, param: param))
    }

    @Test func `bytes of any kind become a bounded message`() {
        var random = SplitMix(seed: 3)
        for count in [1, 10, 1_000, 100_000] {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let parsed = UpstreamErrorBody.parse(bytes, status: 500)
            #expect(!parsed.message.isEmpty && parsed.message.utf8.count < 1_100)
        }
    }

    private static let key = "sk-proj-Ab3_dEfGhIjKlMnOpQrStUvWxYz0123456789"

    @Test(
        arguments: [
            "Incorrect API key provided: \(key). You can find it.", "Authorization: Bearer \(key)", "Bearer abcdef123456",
            #"{"api_key":"zyx987654321"}"#,
            "GET /v1?key=AIzaSyA1234567890abcdefghijklmnopqr failed", "key AIzaSyA1234567890abcdefghijklmnopqr",
            "x-api-key: topsecretvalue99",
            "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def", "gsk_abcdefgh12345678", "hf_abcdefghijkl",
            "masked sk-ab****************wxyz",
            "client_secret=\"s3cr3tvalue\"", "bearer \(key)", "password=hunter2hunter2",
        ])
    func `keys are taken out of messages`(text: String) {
        let result = Redaction.redacted(text)
        #expect(result.contains(Redaction.placeholder), "\(result)")
        for secret in [
            "Ab3_dEf", "abcdef123456", "zyx987654321", "SyA12345", "topsecret", "eyJhb", "abc-_def", "abcdefgh12345678", "abcdefghijkl",
            "wxyz", "s3cr3t", "hunter2",
        ] {
            #expect(!result.contains(secret), "\(result)")
        }
    }

    @Test(
        arguments: [
            "The model `gpt-5` does not exist", "risk-averse task-force sk-", "Rate limit reached for requests per min (RPM): Limit 3",
            "the password is wrong",
            "maximum context length is 8192 tokens", "desk-lamp-and-more-text", "",
        ])
    func `ordinary words stay`(text: String) {
        #expect(Redaction.redacted(text) == text)
    }

    @Test func `configured secrets are taken out whatever their shape`() {
        #expect(Redaction.redacted("refused: correct horse", secrets: ["correct horse", "a"]) == "refused: \(Redaction.placeholder)")
    }

    @Test func `a long message is cut on a character, and no key is halved`() {
        let result = Redaction.redacted(String(repeating: "é", count: 499) + " \(Self.key)", maxBytes: 1_005)
        #expect(!result.contains("sk-"))
        #expect(Redaction.redacted(String(repeating: "é", count: 600), maxBytes: 101) == String(repeating: "é", count: 50) + "...")
    }
}
