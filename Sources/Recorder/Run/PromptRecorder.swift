import CalibrationData
import Cascade

/// Records one prompt: the drafter first, then the heavyweight, each tried again as the policy says.
struct PromptRecorder: Sendable {
    let settings: RecordingSettings
    let progress: RecordingProgress

    enum Outcome: Sendable {
        case recorded(Recording, spentUSD: Double)
        /// Given up after all attempts.
        case failed(id: String, LegFailure, spentUSD: Double)
        /// The run was cancelled; nothing is known about the prompt.
        case cancelled(spentUSD: Double)
    }

    func record(_ prompt: PreparedPrompt) async -> Outcome {
        var spent = 0.0
        var asked = (RecordedLeg.drafter, settings.drafter.model)
        do throws(AnswerReader.Failure) {
            let draft = try await ask(settings.drafter, topLogprobs: settings.effectiveTopLogprobs, prompt, spent: &spent)
            var heavyweight: RecordedAnswer?
            if let leg = settings.heavyweight {
                asked = (.heavyweight, leg.model)
                heavyweight = try await ask(leg, topLogprobs: nil, prompt, spent: &spent)
            }
            let recording = Recording(
                id: prompt.prompt.id, promptHash: prompt.hash, category: prompt.prompt.category, taskClass: prompt.taskClass,
                recordedAt: Timestamp.text(secondsSince1970: WallClock.now()), temperature: settings.temperature,
                topLogprobs: settings.effectiveTopLogprobs, maxTokens: settings.maxTokens ?? 0, promptMode: settings.promptMode,
                promptTokens: prompt.promptTokens, draft: draft, heavyweight: heavyweight)
            return .recorded(recording, spentUSD: spent)
        } catch {
            if error.error.kind == .cancelled { return .cancelled(spentUSD: spent) }
            let failure = LegFailure(leg: asked.0, model: asked.1, error: error.error)
            return .failed(id: prompt.prompt.id, failure, spentUSD: spent)
        }
    }

    private func ask(
        _ leg: RecordingSettings.Leg, topLogprobs: Int?, _ prompt: PreparedPrompt, spent: inout Double
    ) async throws(AnswerReader.Failure) -> RecordedAnswer {
        let reader = AnswerReader(
            leg: leg, topLogprobs: topLogprobs, prices: settings.prices, deadline: settings.answerDeadline)
        var attempt = 1
        while true {
            do throws(AnswerReader.Failure) {
                let answer = try await reader.read(prompt)
                spent += answer.costUSD ?? 0
                return answer
            } catch {
                spent += error.costUSD
                let jitter = Double.random(in: 0..<1)
                guard let pause = settings.retry.pause(after: attempt, error.error, jitter: jitter) else { throw error }
                attempt += 1
                progress.retried()
                do {
                    try await settings.sleep(pause)
                } catch {
                    throw AnswerReader.Failure(
                        error: ProviderError(.cancelled, provider: leg.model.provider, message: "the recording was cancelled"))
                }
            }
        }
    }
}
