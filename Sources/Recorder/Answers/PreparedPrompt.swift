public import CalibrationData
public import ChatAPI
public import EntropyRouting
import FastJSON

/// A prompt as the request that both models get, with what the gateway would know of it.
public struct PreparedPrompt: Sendable {
    public let prompt: CalibrationPrompt
    public let request: ChatRequest
    /// `sha256:` and 64 hexadecimal digits over the canonical JSON of the messages.
    public let hash: String
    /// By the code that classifies in production.
    public let taskClass: TaskClass
    /// As production estimates: bytes of the messages' texts, divided by four.
    public let promptTokens: Int

    /// - Throws: ``RecorderError/prompt(id:_:)`` for a request that the gateway would refuse.
    public init(_ prompt: CalibrationPrompt, temperature: Double, maxTokens: Int?) throws(RecorderError) {
        var body = JSONWriter()
        body.object {
            // The call names the upstream's model; this name is never sent.
            $0.member("model", "calibration")
            $0.member("messages", raw: prompt.messages)
            $0.name("temperature")
            // 0, not 0.0, as clients write it.
            if let whole = Int(exactly: temperature) { $0.int(whole) } else { $0.double(temperature) }
            if let maxTokens {
                $0.name("max_tokens")
                $0.int(maxTokens)
            }
        }
        do {
            request = try ChatRequest.decode(body.bytes)
            let view = try request.routingView()
            taskClass = TaskClass.classify(view.lastUserText)
            promptTokens = (view.promptBytes + view.definitionBytes) / 4
        } catch {
            throw .prompt(id: prompt.id, "\(error)")
        }
        hash = prompt.hash
        self.prompt = prompt
    }
}
