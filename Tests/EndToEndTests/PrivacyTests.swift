import FastJSON
import Simulator
import Testing

@Suite struct PrivacyTests {
    @Test("Rule 9: even the most talkative log holds no text of a client, no client key and no provider key")
    func logs() async throws {
        var config = GatewayConfig()
        config.server = ["api_keys: [client-key-never-logged-1]"]
        config.routes = [
            .init(name: "ship", drafter: "g1-echo", heavyweight: "g1-expert-n9"),
            .init(name: "escalate", drafter: "g2-unsure-n12", heavyweight: "g2-echo"),
            .init(name: "broken", drafter: "g3-err401", heavyweight: "g3-err400"),
        ]
        try await withGateway(config, environment: ["LOG_LEVEL": "trace"]) { gateway in
            let prompt = "the-clients-own-words-4711"
            for model in ["ship", "escalate", "broken", "sim:echo", "sim:err500", "nobody"] {
                for key in ["client-key-never-logged-1", "client-key-that-is-wrong-2"] {
                    let headers = [("authorization", "Bearer \(key)"), ("x-request-id", "req-of-\(model)")]
                    let answer = try await gateway.chat(ChatCall(model, prompt: prompt, headers: headers))
                    #expect(!answer.text.contains(key))
                    if answer.status >= 400 { #expect(!answer.text.contains(prompt)) }
                }
            }
            for word in [prompt, "client-key-never-logged-1", "client-key-that-is-wrong-2", GatewayConfig.providerKey] {
                #expect(!gateway.process.stderr.contains(word) && !gateway.process.stdout.contains(word), "\(word)")
            }
            // The decisions hold no text either.
            let decisions = try await gateway.get("/v1/decisions", headers: [("authorization", "Bearer client-key-never-logged-1")])
            #expect(decisions.status == 200 && !decisions.text.contains(prompt))
        }
    }
}
