import Cascade
import ChatAPI
import FastJSON

/// `POST /v1/feedback`: what somebody thinks of an answer that this gateway gave.
///
///     {"decision_id": "dec_...", "verdict": "good" | "bad", "source": "...", "comment": "..."}
///
/// `source` (at most 64 characters) and `comment` (at most 10,000, of which the audit log keeps 1,000) may be absent or null; other members are
/// ignored. Posting again is safe: the last verdict on a decision counts.
struct FeedbackEndpoint {
    /// `nil` when nothing watches over the routes: then no decision is remembered.
    let receiver: (any FeedbackReceiver)?

    private static let maxID = 128
    private static let maxSource = 64
    private static let maxComment = 10_000

    /// 200 with the receipt, 400 for a body that is not such feedback, 404 for a decision that is not remembered.
    func take(_ body: [UInt8]) -> PlainResponse {
        let feedback: DecisionFeedback
        do throws(APIError) {
            feedback = try Self.decode(body)
        } catch {
            return PlainResponse(error)
        }
        guard let receipt = receiver?.receive(feedback) else { return PlainResponse(Self.unknown) }
        return .json(
            200,
            [
                "object": "feedback", "decision_id": .string(receipt.decisionID), "verdict": .string(receipt.verdict.rawValue),
                "audited": .bool(receipt.isAudited), "effect": .string(receipt.effect.rawValue),
            ])
    }

    private static func decode(_ body: [UInt8]) throws(APIError) -> DecisionFeedback {
        let value: JSONValue
        do {
            value = try JSONValue.parse(body)
        } catch {
            throw .invalidRequest("The request body is not valid JSON: \(error).", code: "invalid_json")
        }
        guard value.object != nil else { throw .invalidRequest("The request body must be a JSON object.", code: "invalid_type") }
        guard let id = try text("decision_id", of: value, limit: maxID) else {
            throw missing("decision_id", "the value of the answer's x-qualm-decision-id header")
        }
        guard let word = try text("verdict", of: value, limit: .max) else { throw missing("verdict", "'good' or 'bad'") }
        guard let verdict = DecisionFeedback.Verdict(rawValue: word) else {
            throw .invalidRequest("Invalid value for 'verdict': expected 'good' or 'bad'.", param: "verdict")
        }
        return DecisionFeedback(
            decisionID: id, verdict: verdict, source: try text("source", of: value, limit: maxSource),
            comment: try text("comment", of: value, limit: maxComment))
    }

    /// `nil` when it is absent, null or empty.
    private static func text(_ name: String, of value: JSONValue, limit: Int) throws(APIError) -> String? {
        guard let member = value[name], !member.isNull else { return nil }
        guard let text = member.string else {
            throw .invalidRequest("Invalid type for '\(name)': expected a string.", param: name, code: "invalid_type")
        }
        guard text.unicodeScalars.count <= limit else {
            throw .invalidRequest("Invalid value for '\(name)': expected at most \(limit) characters.", param: name)
        }
        return text.isEmpty ? nil : text
    }

    private static func missing(_ name: String, _ expected: String) -> APIError {
        .invalidRequest("Missing required parameter: '\(name)' (\(expected)).", param: name, code: "missing_required_parameter")
    }

    private static let unknown = APIError(
        status: 404,
        message: "The decision was not found: only the last routed requests are remembered, by the gateway that answered them.",
        type: "invalid_request_error", param: "decision_id", code: "not_found")
}
