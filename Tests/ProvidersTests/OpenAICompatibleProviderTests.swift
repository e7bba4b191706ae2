import Cascade
import ChatAPI
import CurlHTTP
import GatewayTesting
import HTTPTransport
import Providers
import Simulator
import Testing

@Suite("OpenAICompatibleProvider", .timeLimit(.minutes(1)))
struct OpenAICompatibleProviderTests {
    private static let secret = "correct-horse-battery"

    /// Sends one request and returns the body the upstream saw.
    private func sent(_ body: String, _ edit: (inout CompletionCall) -> Void = { _ in }) async throws -> String {
        var seen = ""
        try await withUpstream(apiKey: Self.secret) { provider, simulator in
            var call = CompletionCall(request: try Requests.chat(body), model: "sim-short", isStreaming: true)
            edit(&call)
            let sink = CollectingCompletionSink()
            _ = provider.start(call, sink: sink)
            #expect(await sink.wait(until: \.isClosed))
            let record = try #require(simulator.report().records.first)
            #expect(record.path == "/v1/chat/completions")
            #expect(record.header("content-type") == "application/json")
            #expect(record.header("authorization") != nil)
            seen = String(decoding: record.body ?? [], as: UTF8.self)
        }
        return seen
    }

    @Test("sends the client's own bytes with the few edits that are needed")
    func bodies() async throws {
        let unknown = #""x_new": {"a": [1, 2.50, "\u00e9"]}"#
        let body = #"{"model":"auto", "messages":[{"role":"user","content":"hi"}], "# + unknown + #", "qualm":{"escalate":"never"}}"#
        let streamed = try await sent(body) { $0.topLogprobs = 20 }
        #expect(streamed.contains(#""model":"sim-short""#))
        #expect(streamed.contains(unknown))
        #expect(streamed.contains(#""stream":true"#))
        #expect(streamed.contains(#""logprobs":true"#))
        #expect(streamed.contains(#""top_logprobs":20"#))
        #expect(streamed.contains(#""include_usage":true"#))
        #expect(!streamed.contains("qualm"))

        let untouched = try await sent(body) {
            $0.isStreaming = false
            $0.includesUsage = false
        }
        #expect(untouched.contains(unknown))
        #expect(!untouched.contains("logprobs"))
        #expect(!untouched.contains("stream_options"))
    }

    /// The error that an upstream causes which answers every request so.
    private func error(status: String, headers: String = "", body: String) async throws -> ProviderError {
        let answer = "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { _ = connection.send(answer) }
        }
        defer { server.stop() }
        let transport = try CurlTransport(options: plain())
        defer { transport.shutdown() }
        let provider = OpenAICompatibleProvider(
            name: "loop", baseURL: server.url("/v1"), apiKey: Self.secret, headers: [HTTPHeader("x-extra", "another-long-secret")],
            capabilities: .init(), transport: transport)
        let sink = CollectingCompletionSink()
        _ = provider.start(CompletionCall(request: try Requests.chat(), model: "m", isStreaming: true), sink: sink)
        #expect(await sink.wait(until: \.isClosed))
        #expect(sink.heard.complaints == [])
        return try #require(sink.heard.error)
    }

    @Test("never repeats its credentials, wherever the upstream puts them")
    func redaction() async throws {
        let body =
            #"{"error":{"message":"bad key correct-horse-battery and another-long-secret, sk-abcdef1234567890","#
            + #""type":"correct-horse-battery","code":"correct-horse-battery","param":"correct-horse-battery"}}"#
        let error = try await error(status: "401 Unauthorized", body: body)
        #expect(error.kind == .unauthorized)
        for text in [error.message, "\(error)"] {
            #expect(!text.contains(Self.secret))
            #expect(!text.contains("another-long-secret"))
            #expect(!text.contains("sk-abcdef1234567890"))
        }
        #expect(error.message.hasPrefix("bad key [redacted] and [redacted]"))
    }

    @Test("nor inside a stream that began well")
    func redactionInStream() async throws {
        let provider = OpenAICompatibleProvider(
            name: "loop", baseURL: "http://127.0.0.1:1", apiKey: Self.secret, capabilities: .init(),
            transport: try CurlTransport(options: plain()))
        var decoder = provider.makeDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        try decoder.decode(ScriptedStream.token("a") + ScriptedStream.failure("your key \(Self.secret) expired"), into: &batch)
        guard case .failure(let range) = batch.events.last else {
            Issue.record("no failure in \(batch.events)")
            return
        }
        #expect(String(decoding: batch.text[range.range], as: UTF8.self) == "your key [redacted] expired")
    }

    @Test(
        "maps every status",
        arguments: [
            (400, ProviderError.Kind.invalidRequest), (401, .unauthorized), (402, .unauthorized), (403, .unauthorized),
            (404, .invalidRequest),
            (408, .serverError), (413, .invalidRequest), (422, .invalidRequest), (429, .rateLimited), (500, .serverError),
            (502, .serverError),
            (503, .serverError), (529, .serverError), (302, .malformed),
        ])
    func statuses(status: Int, kind: ProviderError.Kind) async throws {
        let error = try await error(status: "\(status) X", body: "no")
        #expect(error.kind == kind)
        #expect(error.status == status)
        #expect(error.provider == "loop")
        #expect(error.message == "no")
    }

    @Test(
        "understands Retry-After in seconds and milliseconds, and ignores nonsense",
        arguments: [
            ("Retry-After: 7\r\n", 7), ("retry-after: 0.2\r\n", 1), ("Retry-After-Ms: 1500\r\nRetry-After: 60\r\n", 2),
            ("Retry-After: -3\r\n", nil),
            ("Retry-After: soon\r\n", nil), ("Retry-After: nan\r\n", nil), ("Retry-After: 1e99\r\n", nil), ("", nil),
        ] as [(String, Int?)])
    func retryAfter(headers: String, seconds: Int?) async throws {
        #expect(try await error(status: "429 Slow Down", headers: headers, body: "{}").retryAfterSeconds == seconds)
    }

    @Test("a large error body is read to its end and kept in part")
    func largeErrorBody() async throws {
        let error = try await error(status: "500 X", body: String(repeating: "x", count: 300_000))
        #expect(error.kind == .serverError)
        #expect(error.message.utf8.count < 2_000)
    }

    @Test("a port where nobody listens")
    func refused() async throws {
        let server = try LoopbackServer { _ in }
        let url = server.url("/v1")
        server.stop()
        let transport = try CurlTransport(options: plain())
        defer { transport.shutdown() }
        let provider = OpenAICompatibleProvider(name: "gone", baseURL: url, apiKey: nil, capabilities: .init(), transport: transport)
        let sink = CollectingCompletionSink()
        _ = provider.start(CompletionCall(request: try Requests.chat(), model: "m", isStreaming: true), sink: sink)
        #expect(await sink.wait(until: \.isClosed))
        #expect(sink.heard.error?.kind == .refused)
    }

    @Test("a transport that has shut down ends the call instead of losing it")
    func shutDown() async throws {
        let transport = try CurlTransport(options: plain())
        transport.shutdown()
        let provider = OpenAICompatibleProvider(
            name: "gone", baseURL: "http://127.0.0.1:1", apiKey: nil, capabilities: .init(), transport: transport)
        let sink = CollectingCompletionSink()
        _ = provider.start(CompletionCall(request: try Requests.chat(), model: "m", isStreaming: true), sink: sink)
        #expect(await sink.wait(until: \.isClosed))
        #expect(sink.heard.error?.kind == .cancelled)
    }
}
