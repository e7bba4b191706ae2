internal import CalibrationData
public import Cascade
public import ChatAPI

/// Asks a drafter for one token, to learn what it calls itself.
public enum DrafterProbe {
    /// The model and fingerprint of its answer; members that it does not send are `nil`.
    ///
    /// - Parameters:
    ///   - topLogprobs: alternatives to ask for, as the gateway does.
    ///   - deadline: from the request to the answer's last byte. Default 5 s.
    /// - Throws: ``ProviderError``. Cancelling the task closes the call.
    public static func identity(
        of leg: RecordingSettings.Leg, topLogprobs: Int, deadline: Duration = .seconds(5)
    ) async throws(ProviderError) -> StreamIdentity {
        let prompt: PreparedPrompt
        do throws(RecorderError) {
            prompt = try PreparedPrompt(CalibrationPrompt(id: "probe", category: "", prompt: "Hello"), temperature: 0, maxTokens: 1)
        } catch {
            throw ProviderError(.malformed, provider: leg.model.provider, message: "\(error)")
        }
        let reader = AnswerReader(leg: leg, topLogprobs: topLogprobs, prices: PriceBook(), deadline: deadline)
        do throws(AnswerReader.Failure) {
            let answer = try await reader.read(prompt)
            return StreamIdentity(model: answer.answeredBy, fingerprint: answer.fingerprint)
        } catch {
            throw error.error
        }
    }
}
