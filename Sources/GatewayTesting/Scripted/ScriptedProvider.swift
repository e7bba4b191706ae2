public import Cascade
public import ChatAPI
import Dispatch
import Synchronization

/// A provider whose every call follows a script, and which counts what was done to it.
public final class ScriptedProvider: CompletionProvider {
    /// What one call does, step by step.
    public enum Step: Sendable {
        /// A success head.
        case open
        /// Body bytes, in one piece.
        case bytes([UInt8])
        /// The body was delivered to its end.
        case end
        /// The call fails.
        case fail(ProviderError.Kind, status: Int? = nil)
        /// Nothing more until the signal was given.
        case wait(Signal)
        /// Gives a signal.
        case signal(Signal)
        /// Anything else, on the thread the sink is called on.
        case perform(@Sendable () -> Void)
    }

    /// Where the steps are taken.
    public enum Delivery: Sendable, Hashable, CaseIterable {
        /// Within `start`, `resume` and `cancel`, on the caller's thread: everything is in an order that never changes.
        case synchronous
        /// On a thread of its own, as a transport does it.
        case threaded
    }

    public let name: String
    public let capabilities: ProviderCapabilities
    private let scripts: [[Step]]
    private let delivery: Delivery
    private let isDeaf: Bool
    private let started = Mutex<[ScriptedCall]>([])

    /// - Parameters:
    ///   - scripts: one for each call in the order of their starts; the last serves all that follow.
    ///   - isDeaf: goes on with the script after a cancel, like bytes that were on their way already.
    public init(
        name: String, scripts: [[Step]], capabilities: ProviderCapabilities = ProviderCapabilities(), delivery: Delivery = .synchronous,
        isDeaf: Bool = false
    ) {
        self.name = name
        self.scripts = scripts
        self.capabilities = capabilities
        self.delivery = delivery
        self.isDeaf = isDeaf
    }

    /// The calls so far, oldest first.
    public var calls: [ScriptedCall] { started.withLock { $0 } }

    public func start(_ call: CompletionCall, sink: any CompletionSink) -> any RunningCompletion {
        let running = started.withLock { calls in
            let script = scripts.isEmpty ? [] : scripts[min(calls.count, scripts.count - 1)]
            let queue = delivery == .threaded ? DispatchQueue(label: "\(name)-\(calls.count)") : nil
            let running = ScriptedCall(call, provider: name, script: script, sink: sink, queue: queue, isDeaf: isDeaf)
            calls.append(running)
            return running
        }
        running.goOn()
        return running
    }

    public func makeDecoder(scansLogprobs: Bool) -> any CompletionDecoder {
        ScriptedDecoder(provider: name, decoder: ChatStreamDecoder(scansLogprobs: scansLogprobs))
    }

    public func decodeBody(_ body: [UInt8], into batch: inout CompletionBatch) throws(ProviderError) {
        do throws(ChatStreamError) {
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
            throw ProviderError(.malformed, provider: name, message: "\(error)")
        }
    }
}

/// OpenAI's dialect, as `ScriptedStream` writes it.
private struct ScriptedDecoder: CompletionDecoder {
    let provider: String
    var decoder: ChatStreamDecoder

    mutating func decode(_ bytes: [UInt8], into batch: inout CompletionBatch) throws(ProviderError) {
        do throws(ChatStreamError) {
            try decoder.decode(bytes, into: &batch)
        } catch {
            throw ProviderError(.malformed, provider: provider, message: "\(error)")
        }
    }

    mutating func finish(into batch: inout CompletionBatch) throws(ProviderError) {
        do throws(ChatStreamError) {
            try decoder.finish()
            batch.isDone = true
        } catch {
            throw ProviderError(.truncated, provider: provider, message: "\(error)")
        }
    }
}
