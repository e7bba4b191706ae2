import Cascade
import EntropyRouting
import FastJSON
import Synchronization
import Testing

@testable import GatewayHTTP

@Suite struct FeedbackTests {
    /// Knows the decision `dec_1`.
    private final class Receiver: FeedbackReceiver {
        private let heard = Mutex<[DecisionFeedback]>([])
        var all: [DecisionFeedback] { heard.withLock { $0 } }

        func receive(_ feedback: DecisionFeedback) -> FeedbackReceipt? {
            guard feedback.decisionID == "dec_1" else { return nil }
            heard.withLock { $0.append(feedback) }
            return FeedbackReceipt(decisionID: "dec_1", verdict: feedback.verdict, isAudited: true, effect: .auditOverridden)
        }
    }

    @Test func aVerdictIsHandedOnAndAcknowledged() throws {
        let receiver = Receiver()
        let endpoint = FeedbackEndpoint(receiver: receiver)
        let answer = endpoint.take(
            Array(#"{"decision_id":"dec_1","verdict":"bad","source":"desk","comment":"no","other":1}"#.utf8))
        #expect(answer.status == 200)
        #expect(
            try JSONValue.parse(answer.body)
                == ["object": "feedback", "decision_id": "dec_1", "verdict": "bad", "audited": true, "effect": "audit_overridden"])
        _ = endpoint.take(Array(#"{"decision_id":"dec_1","verdict":"good","source":null,"comment":""}"#.utf8))
        #expect(
            receiver.all == [
                DecisionFeedback(decisionID: "dec_1", verdict: .bad, source: "desk", comment: "no"),
                DecisionFeedback(decisionID: "dec_1", verdict: .good),
            ])
    }

    @Test(
        arguments: [
            ("", 400, nil, "invalid_json"), ("[1]", 400, nil, "invalid_type"),
            (#"{"verdict":"bad"}"#, 400, "decision_id", "missing_required_parameter"),
            (#"{"decision_id":"","verdict":"bad"}"#, 400, "decision_id", "missing_required_parameter"),
            (#"{"decision_id":7,"verdict":"bad"}"#, 400, "decision_id", "invalid_type"),
            (#"{"decision_id":"dec_1"}"#, 400, "verdict", "missing_required_parameter"),
            (#"{"decision_id":"dec_1","verdict":"fine"}"#, 400, "verdict", "invalid_value"),
            (#"{"decision_id":"dec_1","verdict":"bad","comment":{}}"#, 400, "comment", "invalid_type"),
            (
                #"{"decision_id":"dec_1","verdict":"bad","source":""# + String(repeating: "x", count: 65) + #""}"#, 400, "source",
                "invalid_value"
            ),
            (#"{"decision_id":"dec_2","verdict":"bad"}"#, 404, "decision_id", "not_found"),
        ] as [(String, Int, String?, String)])
    func whatIsNoFeedbackIsRefusedInOpenAIsShape(body: String, status: Int, param: String?, code: String) throws {
        let receiver = Receiver()
        let answer = FeedbackEndpoint(receiver: receiver).take(Array(body.utf8))
        #expect(answer.status == status)
        let error = try #require(try JSONValue.parse(answer.body)["error"])
        #expect(error["param"]?.string == param)
        #expect(error["code"]?.string == code)
        #expect(error["type"]?.string == "invalid_request_error")
        #expect(receiver.all.isEmpty)
    }

    @Test func withoutAnOversightNoDecisionIsRemembered() {
        #expect(FeedbackEndpoint(receiver: nil).take(Array(#"{"decision_id":"dec_1","verdict":"bad"}"#.utf8)).status == 404)
    }

    @Test func theStatisticsSayWhatIsKnownAndNullForTheRest() throws {
        let evidence = CalibrationState.Evidence(
            level: 0.2, audits: 10, bad: 3, requests: 400, badFeedback: 1, log10Evidence: 1.5, isAlarmed: true)
        let snapshot = OversightSnapshot(
            routes: [
                RouteOversight(
                    route: "auto",
                    calibration: CalibrationState(
                        dataHash: "sha256:1", loss: .joint, alpha: 0.05, delta: 0.1, certifiedLevel: 0.2, level: 0.1,
                        skips: [.budget: 2], evidence: [evidence]),
                    feedback: [.bad: 1],
                    savings: SavingsState(holdoutShare: 0.1, routedRequests: 9, heldOutRequests: 1, auditUSD: 0.5)),
                RouteOversight(route: "plain"),
            ], queuedAudits: 3, spentTodayUSD: 0.25, usdPerDay: 1, store: "file")
        var json = JSONWriter()
        OversightJSON.write(snapshot, to: &json)
        let value = try JSONValue.parse(json.bytes)
        #expect(value["audits"]?["queued"]?.int == 3 && value["audits"]?["spent_today_usd"]?.double == 0.25)
        let calibration = try #require(value["routes"]?["auto"]?["calibration"])
        #expect(calibration["tightened"]?.bool == true && calibration["stale"]?.isNull == true)
        #expect(calibration["skipped_audits"]?["budget"]?.int == 2 && calibration["skipped_audits"]?["judge"]?.int == 0)
        #expect(calibration["levels"]?.array?.first?["bad"]?.int == 3)
        let savings = try #require(value["routes"]?["auto"]?["savings"])
        #expect(savings["saved_usd"]?.isNull == true && savings["net_usd"]?.isNull == true && savings["audits_usd"]?.double == 0.5)
        #expect(value["routes"]?["plain"]?["calibration"]?.isNull == true && value["routes"]?["plain"]?["savings"]?.isNull == true)
        #expect(
            snapshot.concerns == [
                "route 'auto': drift alarm: the rule certified at 0.2 ships up to a risk of 0.1 until it is calibrated anew"
            ])
    }
}
