public import Cascade
public import ChatAPI
public import HTTPTransport

/// Any upstream that speaks OpenAI's chat completion and embeddings APIs: OpenAI itself, OpenRouter, Together, vLLM, llama.cpp, Ollama, the simulator.
///
/// Requests are the client's own bytes with as few edits as possible; answers are handed over undecoded.
public struct OpenAICompatibleProvider: CompletionProvider {
    public let name: String
    public let capabilities: ProviderCapabilities
    private let baseURL: String
    private let headers: [HTTPHeader]
    private let secrets: [String]
    private let timeouts: HTTPTimeouts
    private let transport: any HTTPTransport

    /// - Parameters:
    ///   - name: what stands before the colon in `provider:model`.
    ///   - baseURL: `http(s)://host[:port][/path]` without a slash at the end; `/chat/completions` or `/embeddings` is appended.
    ///   - apiKey: sent as bearer token; `nil` sends none.
    ///   - headers: sent with every request.
    ///   - timeouts: connect, first byte, idle. A call that is not streamed gets its first byte only when the answer is complete, so that the
    ///     first-byte timeout bounds the whole of it.
    public init(
        name: String, baseURL: String, apiKey: String?, headers: [HTTPHeader] = [], capabilities: ProviderCapabilities,
        timeouts: HTTPTimeouts = HTTPTimeouts(), transport: any HTTPTransport
    ) {
        self.name = name
        self.capabilities = capabilities
        self.baseURL = baseURL
        self.headers =
            [HTTPHeader("content-type", "application/json"), HTTPHeader("accept", "application/json, text/event-stream")]
            + (apiKey.map { [HTTPHeader("authorization", "Bearer \($0)")] } ?? []) + headers
        self.secrets = (apiKey.map { [$0] } ?? []) + headers.map(\.value).filter { $0.utf8.count >= 16 }
        self.timeouts = timeouts
        self.transport = transport
    }

    public func start(_ call: CompletionCall, sink: any CompletionSink) -> any RunningCompletion {
        let (path, body) =
            switch call.operation {
            case .chat(let request):
                (
                    "/chat/completions",
                    request.upstreamBody(
                        model: call.model, stream: call.isStreaming, topLogprobs: call.topLogprobs, includeUsage: call.includesUsage)
                )
            case .embeddings(let request):
                ("/embeddings", request.upstreamBody(model: call.model))
            }
        let exchange = transport.start(
            HTTPExchangeRequest(method: .post, url: baseURL + path, headers: headers, body: body, timeouts: timeouts),
            sink: CompletionExchangeSink(provider: name, secrets: secrets, sink: sink))
        return RunningExchange(exchange)
    }

    public func makeDecoder(scansLogprobs: Bool) -> any CompletionDecoder {
        OpenAIChatDecoder(provider: name, secrets: secrets, scansLogprobs: scansLogprobs)
    }

    public func decodeBody(_ body: [UInt8], into batch: inout CompletionBatch) throws(ProviderError) {
        do {
            var decoder = ChatResponseDecoder(scansLogprobs: false)
            try decoder.decode(body: body, into: &batch)
        } catch {
            throw ProviderError(.malformed, provider: name, message: "\(error)")
        }
    }

    public func decodeEmbeddings(_ body: [UInt8]) throws(ProviderError) -> TokenUsage? {
        do throws(EmbeddingsError) {
            return try EmbeddingsAnswer.usage(of: body)
        } catch {
            throw ProviderError(.malformed, provider: name, message: Redaction.redacted("\(error)", secrets: secrets))
        }
    }
}

extension OpenAICompatibleProvider: CustomStringConvertible {
    /// Its name alone: keys and headers stay out of whatever prints it.
    public var description: String { name }
}

/// The transport's handle under the name the cascade knows.
final class RunningExchange: RunningCompletion {
    private let exchange: any HTTPExchange

    init(_ exchange: any HTTPExchange) { self.exchange = exchange }

    func cancel() { exchange.cancel() }
    func resume() { exchange.resume() }
}

/// OpenAI's streaming dialect, with this provider's name on every error.
struct OpenAIChatDecoder: CompletionDecoder {
    private let provider: String
    private let secrets: [String]
    private var decoder: ChatStreamDecoder

    init(provider: String, secrets: [String], scansLogprobs: Bool) {
        self.provider = provider
        self.secrets = secrets
        decoder = ChatStreamDecoder(scansLogprobs: scansLogprobs)
    }

    mutating func decode(_ bytes: [UInt8], into batch: inout CompletionBatch) throws(ProviderError) {
        let known = batch.events.count
        do throws(ChatStreamError) {
            try decoder.decode(bytes, into: &batch)
            redactFailures(from: known, in: &batch)
        } catch {
            throw ProviderError(error, provider: provider)
        }
    }

    mutating func finish(into batch: inout CompletionBatch) throws(ProviderError) {
        do throws(ChatStreamError) {
            try decoder.finish()
            batch.isDone = true
        } catch {
            throw ProviderError(error, provider: provider)
        }
    }

    /// What an upstream says about its errors inside a stream is as careless with keys as its error bodies are.
    private func redactFailures(from first: Int, in batch: inout CompletionBatch) {
        for index in first..<batch.events.count {
            guard case .failure(let range) = batch.events[index] else { continue }
            let start = batch.text.count
            let message = String(decoding: batch.text[range.range], as: UTF8.self)
            batch.text.append(contentsOf: Redaction.redacted(message, secrets: secrets).utf8)
            batch.events[index] = .failure(ByteRange(start, batch.text.count))
        }
    }
}
