public import CalibrationData
public import Cascade
import EntropyRouting

/// Something about a recorded answer that whoever calibrates on it should know.
public struct AnswerRemark: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It came through the refusal channel.
        case refusal
        /// It calls a tool, though none was offered.
        case toolCall
        /// It has no text.
        case empty
        /// A draft with text and not one logprob.
        case withoutLogprobs
        /// A draft with "log-probabilities" above 0.
        case impossibleLogprobs
    }

    public var leg: RecordedLeg
    public var kind: Kind

    public init(leg: RecordedLeg, _ kind: Kind) {
        self.leg = leg
        self.kind = kind
    }

    /// Of one record: at most one for what the answer is, and one for impossible evidence.
    public static func all(of recording: Recording) -> [AnswerRemark] {
        var remarks: [AnswerRemark] = []
        for (leg, answer) in [(RecordedLeg.drafter, recording.draft)] + (recording.heavyweight.map { [(.heavyweight, $0)] } ?? []) {
            if answer.isRefusal {
                remarks.append(AnswerRemark(leg: leg, .refusal))
            } else if answer.finish == .toolCalls {
                remarks.append(AnswerRemark(leg: leg, .toolCall))
            } else if answer.text.allSatisfy(\.isWhitespace) {
                remarks.append(AnswerRemark(leg: leg, .empty))
            } else if leg == .drafter, answer.tokens.allSatisfy(\.logprob.isNaN) {
                remarks.append(AnswerRemark(leg: leg, .withoutLogprobs))
            }
            if answer.impossibleTokens > 0 { remarks.append(AnswerRemark(leg: leg, .impossibleLogprobs)) }
        }
        return remarks
    }

    /// A sentence about `count` answers of `model`, without a full stop.
    public func sentence(_ count: Int, model: ModelName) -> String {
        let isOne = count == 1
        let whose = "\(count) \(isOne ? "answer" : "answers") of the \(leg.rawValue) \(model.qualified) \(isOne ? "is" : "are")"
        let has = "\(count) \(isOne ? "draft" : "drafts") of \(model.qualified) \(isOne ? "has" : "have")"
        return switch kind {
        case .refusal: "\(whose) \(isOne ? "a refusal" : "refusals"), recorded as such"
        case .toolCall: "\(whose) \(isOne ? "a tool call" : "tool calls"), although no tool was offered"
        case .empty: "\(whose) empty; a larger --max-tokens helps where hidden reasoning used it up"
        case .withoutLogprobs:
            "\(has) text, but not one logprob: the provider did not send them, and nothing can be calibrated on them"
        case .impossibleLogprobs:
            "\(has) logprobs above 0: they are no log-probabilities, and their entropies mean nothing"
        }
    }
}

extension RecordingRun.Summary {
    /// A sentence for each remark, the drafter's first.
    public func sentences(_ settings: RecordingSettings) -> [String] {
        var sentences: [String] = []
        for (leg, model) in [(RecordedLeg.drafter, settings.drafter.model)]
            + (settings.heavyweight.map { [(.heavyweight, $0.model)] } ?? [])
        {
            for kind in AnswerRemark.Kind.allCases {
                let remark = AnswerRemark(leg: leg, kind)
                if let count = remarks[remark] { sentences.append(remark.sentence(count, model: model)) }
            }
        }
        return sentences
    }
}
