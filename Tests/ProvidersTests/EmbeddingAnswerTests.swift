import Cascade
import FastJSON
import GatewayTesting
import HTTPTransport
import Providers
import Testing

@Suite("What an embedder answers is checked before it is believed", .timeLimit(.minutes(1)))
struct EmbeddingAnswerTests {
    private static let key = "correct-horse-battery"
    private static let text = "The merger of Acme and Globex is secret until Friday."

    private func embedder(_ transport: ManualTransport, dimensions: Int? = nil, usesBase64: Bool = false) -> OpenAICompatibleEmbedder {
        OpenAICompatibleEmbedder(
            model: ModelName(provider: "p", model: "m"), baseURL: "http://host/v1", apiKey: Self.key,
            headers: [HTTPHeader("x-extra", "another-long-secret")], dimensions: dimensions, usesBase64: usesBase64, transport: transport)
    }

    private func ask(_ text: String = text, dimensions: Int? = nil, _ answer: @escaping @Sendable (ManualExchange) -> Void) async
        -> Result<EmbeddedText, StoreError>
    {
        await Result(embedding: text, embedder(ManualTransport(respond: answer), dimensions: dimensions), .now + .seconds(30))
    }

    @Test("what is sent: key, headers, and sizes and base64 only when configured")
    func request() async throws {
        let transport = ManualTransport { $0.answer(base64: true) }
        _ = try await embedder(transport, dimensions: 8, usesBase64: true).embedding(of: "é \"x\"\n", deadline: .now + .seconds(30))
        let request = try #require(transport.exchanges.first).request
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"model":"m","input":["é \"x\"\n"],"dimensions":8,"encoding_format":"base64"}"#)
        #expect(request.headers.contains(HTTPHeader("authorization", "Bearer \(Self.key)")))
        #expect(request.headers.contains(HTTPHeader("content-type", "application/json")))
        #expect(request.headers.contains(HTTPHeader("x-extra", "another-long-secret")))
        #expect(!"\(embedder(transport))".contains(Self.key))
    }

    @Test("numbers and base64 give the same vector, of length 1")
    func encodings() async throws {
        let numbers = try await ask { $0.answer() }.get()
        let base64 = try await ask { $0.answer(base64: true) }.get()
        #expect(numbers == base64)
        let length = numbers.vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(length - 1) < 1e-6)
        #expect(numbers.tokens == TokenCount(input: Self.text.utf8.count, source: .provider))
    }

    @Test("base64 of every length and every bit comes back exactly, with and without padding")
    func base64() async throws {
        var generator = SeededGenerator(seed: 9)
        for count in 1...40 {
            let numbers = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
            for strips in [false, true] {
                let result = await ask { exchange in
                    let text = Vectors.base64(numbers)
                    exchange.answer(#"{"data":[{"embedding":"\#(strips ? text.filter { $0 != "=" } : text)"}]}"#)
                }
                let vector = try result.get().vector
                #expect(Vectors.isUnit(vector, of: numbers))
            }
        }
    }

    @Test("very large and very small vectors keep their direction", arguments: [Float(1e-38), 1e38])
    func scales(scale: Float) async throws {
        let vector = try await ask { $0.answer { _ in [3 * scale, -1 * scale, 0, 2 * scale] } }.get().vector
        #expect(Vectors.isUnit(vector, of: [3, -1, 0, 2]))
    }

    @Test(
        "what other servers leave out or add does no harm",
        arguments: [
            (#"{"data":[{"embedding":[3,4]}]}"#, TokenCount(input: 14, source: .estimated)),
            (
                #"{"data":[{"index":null,"embedding":[3,4.0],"object":"embedding"}],"usage":null}"#,
                TokenCount(input: 14, source: .estimated)
            ),
            (
                #"{"id":1,"x":{},"data":[{"embedding":[3e0,4],"y":[]}],"model":"z","usage":{"prompt_tokens":7}}"#,
                TokenCount(input: 7, source: .provider)
            ),
            (
                #"{"data":[{"embedding":[3,4]}],"usage":{"total_tokens":8,"prompt_tokens":null}}"#,
                TokenCount(input: 8, source: .provider)
            ),
            (
                #"{"data":[{"embedding":[3,4]}],"usage":{"prompt_tokens":9223372036854775807}}"#,
                TokenCount(input: 14, source: .estimated)
            ),
        ])
    func tolerance(body: String, tokens: TokenCount) async throws {
        let embedded = try await ask { $0.answer(body) }.get()
        #expect(embedded.vector == [0.6, 0.8])
        #expect(embedded.tokens == tokens)
    }

    @Test(
        "what is no vector is malformed",
        arguments: [
            "", "no", "[]", "{}", #"{"data":{}}"#, #"{"data":[]}"#, #"{"data":[{"embedding":[1]},{"embedding":[1]}]}"#,
            #"{"data":[{"embedding":[]}]}"#, #"{"data":[{"embedding":[1,"2"]}]}"#, #"{"data":[{"embedding":[1,null]}]}"#,
            #"{"data":[{"embedding":{"0":1}}]}"#, #"{"data":[{"embedding":[0,0.0]}]}"#, #"{"data":[{"embedding":[1e39,1]}]}"#,
            #"{"data":[{"embedding":"AAAA"}]}"#, #"{"data":[{"embedding":"AACAPw=A"}]}"#, #"{"data":[{"embedding":"AAC*Pw=="}]}"#,
            #"{"data":[{"embedding":"AADAfw=="}]}"#, #"{"data":[{"embedding":""}]}"#, #"{"data":[{"embedding":[1],"index":1}]}"#,
            #"{"data":[{"embedding":[1],"index":-1}]}"#, #"{"data":[{"embedding":[1],"index":"0"}]}"#, #"{"data":[[1,2]]}"#,
            #"{"error":{"message":"model not loaded"}}"#,
        ])
    func malformed(body: String) async throws {
        let failure = try #require(await ask { $0.answer(body) }.failure)
        #expect(failure.kind == .malformed)
        #expect(failure.store == .embedder)
        #expect(!failure.detail.isEmpty)
    }

    @Test("vectors of one answer must have one size, and each text one vector")
    func batchShapes() async throws {
        for data in [
            #"{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}"#, #"{"index":1,"embedding":[1]},{"index":1,"embedding":[1]}"#,
        ] {
            let transport = ManualTransport()
            let embedder = OpenAICompatibleEmbedder(
                model: ModelName(provider: "p", model: "m"), baseURL: "http://host", apiKey: nil, maxConcurrentCalls: 1,
                transport: transport)
            let deadline = ContinuousClock.now + .seconds(30)
            async let first = Result(embedding: "first", embedder, deadline)
            let one = try await transport.exchange(0)
            async let a = Result(embedding: "a", embedder, deadline)
            async let b = Result(embedding: "b", embedder, deadline)
            try await eventually("two waiting") { embedder.waiting == 2 }
            one.answer(status: 500, "")
            try await transport.exchange(1).answer(#"{"data":[\#(data)]}"#)
            #expect(await [a.failure?.kind, b.failure?.kind] == [.malformed, .malformed])
            #expect(await first.failure?.kind == .unavailable)
        }
    }

    @Test("a vector of another size than configured, or than the first, is a mismatch")
    func mismatch() async throws {
        #expect(await ask(dimensions: 9) { $0.answer() }.failure?.kind == .mismatch)
        let transport = ManualTransport { exchange in exchange.answer { $0 == "long" ? [1, 2, 3] : [1, 2] } }
        let embedder = embedder(transport)
        #expect(try await embedder.embedding(of: "short", deadline: .now + .seconds(30)).vector.count == 2)
        let failure = await Result(embedding: "long", embedder, .now + .seconds(30)).failure
        #expect(failure?.kind == .mismatch)
        #expect(failure?.detail.contains("3") == true && failure?.detail.contains("2") == true)
        #expect(try await embedder.embedding(of: "short", deadline: .now + .seconds(30)).vector.count == 2)
    }

    @Test(
        "every status under its own name",
        arguments: [
            (400, StoreError.Kind.rejected), (401, .unauthorized), (402, .unauthorized), (403, .unauthorized), (404, .rejected),
            (408, .unavailable), (413, .rejected), (422, .rejected), (424, .rejected), (429, .overloaded), (500, .unavailable),
            (503, .unavailable), (529, .unavailable), (301, .malformed), (0, .malformed),
        ])
    func statuses(status: Int, kind: StoreError.Kind) async throws {
        let failure = try #require(await ask { $0.answer(status: status, #"{"error":{"message":"sorry"}}"#) }.failure)
        #expect(failure.kind == kind)
        #expect(failure.detail == "status \(status): sorry")
    }

    @Test("every way a transport fails under its own name", arguments: HTTPTransportError.Kind.allCases)
    func transportErrors(kind: HTTPTransportError.Kind) async throws {
        let expected: StoreError.Kind =
            switch kind {
            case .connectTimeout, .firstByteTimeout, .idleTimeout: .timeout
            case .malformedResponse, .oversizedHeaders, .tooLarge: .malformed
            case .cancelled: .closed
            default: .unavailable
            }
        #expect(await ask { $0.fail(kind) }.failure?.kind == expected)
    }

    @Test(
        "an error repeats neither a key nor the text, in whatever part it is quoted",
        arguments: [
            "Incorrect API key provided: \(key). See the docs.", "input was: '\(text)'", "bad input 'merger of Acme and Globex is'...",
            "header another-long-secret refused", "Bearer sk-abcdefghijklmnopqrstuvwx",
        ])
    func privacy(message: String) async throws {
        for status in [200, 400, 500] {
            let body = JSONValue.object([JSONMember("error", .object([JSONMember("message", .string(message))]))]).serialized()
            let failure = try #require(await ask { $0.answer(status: status, String(decoding: body, as: UTF8.self)) }.failure)
            for secret in [Self.key, "another-long-secret", "sk-abcdef", "Acme", "Globex", "merger"] {
                #expect(!failure.detail.contains(secret), "\(failure.detail)")
            }
        }
        let short = try #require(await ask("Iban 77") { $0.answer(status: 400, #"{"message":"cannot read Iban 77 here"}"#) }.failure)
        #expect(short.detail == "status 400: cannot read [text] here")
        let useful = try #require(await ask { $0.answer(status: 400, #"{"message":"maximum context length is 8192 tokens"}"#) }.failure)
        #expect(useful.detail == "status 400: maximum context length is 8192 tokens")
    }

    @Test("messages are cut, bodies are bounded")
    func bounds() async throws {
        let long = String(repeating: "no such model, ", count: 1_000)
        let failure = try #require(await ask { $0.answer(status: 404, #"{"error":"\#(long)"}"#) }.failure)
        #expect(failure.detail.utf8.count < 400)
        let flood = try #require(await ask { $0.answer(#"{"data":["# + String(repeating: " ", count: 400_000)) }.failure)
        #expect(flood.kind == .malformed)
        #expect(flood.detail.contains("larger"))
    }
}
