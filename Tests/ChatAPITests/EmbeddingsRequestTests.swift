import ChatAPI
import GatewayTesting
import Testing

@Suite("EmbeddingsRequest")
struct EmbeddingsRequestTests {
    private func decode(_ json: String) throws(ChatRequestError) -> EmbeddingsRequest { try EmbeddingsRequest.decode(Array(json.utf8)) }

    private func failure(_ json: String) -> ChatRequestError? {
        do {
            _ = try decode(json)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "all four shapes of input are read",
        arguments: [
            (#""What is it?""#, 1, 3), (#"["a", "bcdef"]"#, 2, 2), ("[1, 2,3]", 1, 3), ("[[1],[20,300]]", 2, 3), (#"["",""]"#, 2, 1),
            (#"["a \"quoted\" [1] text, {"]"#, 1, 6),
        ])
    func shapes(input: String, count: Int, tokens: Int) throws {
        let request = try decode(#"{"model":"p:m","input":\#(input)}"#)
        #expect(request.model == "p:m")
        #expect(request.inputCount == count)
        #expect(request.estimatedTokens == tokens)
    }

    @Test(
        "a wrong member is named, and what would be right",
        arguments: [
            (#"{"input":"x"}"#, "model", "missing_required_parameter"), (#"{"model":"m"}"#, "input", "missing_required_parameter"),
            (#"{"model":"","input":"x"}"#, "model", "invalid_value"), (#"{"model":7,"input":"x"}"#, "model", "invalid_type"),
            (#"{"model":null,"input":"x"}"#, "model", "invalid_type"), (#"{"model":"m","input":""}"#, "input", "invalid_value"),
            (#"{"model":"m","input":[]}"#, "input", "invalid_value"), (#"{"model":"m","input":null}"#, "input", "invalid_type"),
            (#"{"model":"m","input":{"a":1}}"#, "input", "invalid_type"), (#"{"model":"m","input":3}"#, "input", "invalid_type"),
            (#"{"model":"m","input":["a",1]}"#, "input[1]", "invalid_type"),
            (#"{"model":"m","input":[1,"a"]}"#, "input[1]", "invalid_type"),
            (#"{"model":"m","input":[1.5]}"#, "input[0]", "invalid_type"), (#"{"model":"m","input":[-1]}"#, "input[0]", "invalid_type"),
            (#"{"model":"m","input":[[1],[2,"b"]]}"#, "input[1][1]", "invalid_type"),
            (#"{"model":"m","input":[[1],2]}"#, "input[1]", "invalid_type"), (#"{"model":"m","input":[null]}"#, "input[0]", "invalid_type"),
            (#"{"model":"m","input":[true]}"#, "input[0]", "invalid_type"),
            (#"{"model":"m","input":"x","qualm":{"cache":"x"}}"#, "qualm.cache", "invalid_value"),
        ])
    func wrongMembers(json: String, param: String, code: String) throws {
        let refusal = try #require(failure(json))
        #expect(refusal.param == param)
        #expect(refusal.code == code)
        #expect(refusal.message.contains("expected") || refusal.message.contains("Missing"))
    }

    @Test("a body that is not an object is refused with its place", arguments: ["", "[]", #"{"model":"m","input":["a"}"#])
    func noObject(json: String) throws {
        let refusal = try #require(failure(json))
        #expect(refusal.param == nil)
        #expect(refusal.code == "invalid_json" || refusal.code == "invalid_type")
    }

    @Test("the upstream gets the client's bytes but for the model and what is the gateway's")
    func upstreamBody() throws {
        let cases = [
            (
                #"{ "input" : "x", "model":"p:m" , "dimensions":2.50,"new":{"a":[ ]}}"#,
                #"{ "input" : "x", "model":"up" , "dimensions":2.50,"new":{"a":[ ]}}"#
            ),
            (#"{"model":"a","input":[1],"model":"b"}"#, #"{"input":[1],"model":"up"}"#),
            (#"{"model":"a","qualm":{"cache":"no-store"},"input":"\u00e9"}"#, #"{"model":"up","input":"\u00e9"}"#),
        ]
        for (json, expected) in cases {
            #expect(String(decoding: try decode(json).upstreamBody(model: "up"), as: UTF8.self) == expected)
        }
        let same = #"{"model":"up", "input":"x"}"#
        #expect(String(decoding: try decode(same).upstreamBody(model: "up"), as: UTF8.self) == same)
    }

    @Test("damaged bodies are refused or read, never a crash")
    func fuzz() throws {
        var generator = SeededGenerator(seed: 3)
        let sound = Array(#"{"model":"p:m","input":[[1,2],[3]],"x":"\u00e9","qualm":{"cache":"no-store"}}"#.utf8)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0x20...0x7E, using: &generator)
            }
            do throws(ChatRequestError) {
                let request = try EmbeddingsRequest.decode(bytes)
                #expect(request.inputCount >= 1 && request.estimatedTokens >= 1)
                #expect(!request.upstreamBody(model: "up").isEmpty)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000 && refused < 3_000)
    }

    @Test(
        "an answer's usage, where it has one",
        arguments: [
            (#"{"data":[],"usage":{"prompt_tokens":5,"total_tokens":6}}"#, 5), (#"{"data":[],"usage":{"total_tokens":6}}"#, 6),
            (#"{"data":[]}"#, nil), (#"{"data":[],"usage":null}"#, nil), (#"{"data":[],"usage":{"prompt_tokens":-1}}"#, nil),
            (#"{"data":[],"usage":{"prompt_tokens":9223372036854775807}}"#, nil), (#"{"data":[],"usage":{"prompt_tokens":"5"}}"#, nil),
        ] as [(String, Int?)])
    func usage(body: String, tokens: Int?) throws {
        #expect(try EmbeddingsAnswer.usage(of: Array(body.utf8))?.inputTokens == tokens)
    }

    @Test(
        "an answer without vectors is none",
        arguments: ["", "{}", "[]", #"{"data":1}"#, #"{"error":{"message":"sk-abcdefghijklmnop is bad"}}"#])
    func noAnswer(body: String) throws {
        let error = #expect(throws: EmbeddingsError.self) { try EmbeddingsAnswer.usage(of: Array(body.utf8)) }
        #expect(error?.description.isEmpty == false)
        #expect(error?.description.contains("sk-abcdef") == false)
    }
}
