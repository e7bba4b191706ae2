import ChatAPI
import Testing

@Suite struct ChatRequestDecodingTests {
    private static let messages = #""messages":[{"role":"user","content":"hi"}]"#

    private func decode(_ json: String) throws(ChatRequestError) -> ChatRequest { try ChatRequest.decode(Array(json.utf8)) }

    private func failure(_ json: String) -> ChatRequestError? {
        do {
            _ = try decode(json)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a small request invents no defaults`() throws {
        let request = try decode(#"{"model":"auto",\#(Self.messages)}"#)
        #expect(request.model == "auto")
        #expect(!request.isStreaming && !request.includesUsage && !request.wantsLogprobs)
        #expect(request.topLogprobs == nil && request.maxTokens == nil && request.temperature == nil)
        #expect(request.choiceCount == 1)
        #expect(request.controls.isEmpty)
    }

    @Test func `every member the gateway understands is read`() throws {
        let request = try decode(
            #"{"model":"openai:gpt-4.1","stream":true,"stream_options":{"include_usage":true,"x":1},"logprobs":true,"top_logprobs":5,"n":3,"max_tokens":7,"max_completion_tokens":9,"temperature":0.25,"stop":["a"],"qualm":{"strategy":"risk","release":"holdback","release_tokens":16,"cache":"no-store","escalate":"always"},\#(Self.messages)}"#
        )
        #expect(request.model == "openai:gpt-4.1")
        #expect(request.isStreaming && request.includesUsage && request.wantsLogprobs)
        #expect(request.topLogprobs == 5)
        #expect(request.choiceCount == 3)
        #expect(request.maxTokens == 9)
        #expect(request.temperature == 0.25)
        #expect(
            request.controls
                == RoutingControls(strategy: .risk, release: .holdback, releaseTokens: 16, cache: .noStore, escalate: .always))
    }

    @Test func `max_tokens counts when max_completion_tokens is absent or null`() throws {
        #expect(try decode(#"{"model":"m","max_tokens":7,\#(Self.messages)}"#).maxTokens == 7)
        #expect(try decode(#"{"model":"m","max_tokens":7,"max_completion_tokens":null,\#(Self.messages)}"#).maxTokens == 7)
    }

    @Test func `null means absent for optional members`() throws {
        let request = try decode(
            #"{"model":"m","stream":null,"stream_options":null,"logprobs":null,"top_logprobs":null,"n":null,"temperature":null,"stop":null,"max_tokens":null,"qualm":null,"tools":null,"response_format":null,\#(Self.messages)}"#
        )
        #expect(!request.isStreaming && !request.wantsLogprobs && request.choiceCount == 1 && request.temperature == nil)
        #expect(try request.routingView().responseFormat == .text)
    }

    @Test func `the last of repeated members counts and names may be escaped`() throws {
        let request = try decode(#"{"model":"a","m\u006fdel":"b\u00e9\ud83d\ude00",\#(Self.messages)}"#)
        #expect(request.model == "bé😀")
    }

    @Test(
        arguments: [
            (#""model":1"#, "model", "invalid_type", "expected a string, but got a number"),
            (#""model":"""#, "model", "invalid_value", "empty string"),
            (#""model":null"#, "model", "invalid_type", "null"),
            (#""model":"m","messages":"hi""#, "messages", "invalid_type", "expected an array of messages, but got a string"),
            (#""model":"m","messages":[ ]"#, "messages", "invalid_value", "empty array"),
            (#""model":"m","stream":"yes""#, "stream", "invalid_type", "expected a boolean, but got a string"),
            (#""model":"m","stream":0"#, "stream", "invalid_type", "a number"),
            (#""model":"m","stream_options":[]"#, "stream_options", "invalid_type", "an array"),
            (#""model":"m","stream_options":{"include_usage":1}"#, "stream_options.include_usage", "invalid_type", "a number"),
            (#""model":"m","n":0"#, "n", "invalid_value", "1 or more, but got 0"),
            (#""model":"m","n":1.5"#, "n", "invalid_type", "an integer"),
            (#""model":"m","n":"2""#, "n", "invalid_type", "a string"),
            (#""model":"m","logprobs":5"#, "logprobs", "invalid_type", "a number"),
            (#""model":"m","top_logprobs":-1"#, "top_logprobs", "invalid_value", "0 or more, but got -1"),
            (#""model":"m","top_logprobs":true"#, "top_logprobs", "invalid_type", "a boolean"),
            (#""model":"m","temperature":"hot""#, "temperature", "invalid_type", "a string"),
            (#""model":"m","max_tokens":{}"#, "max_tokens", "invalid_type", "an object"),
            (#""model":"m","stop":3"#, "stop", "invalid_type", "a string or an array of strings"),
            (#""model":"m","qualm":"fast""#, "qualm", "invalid_type", "an object"),
            (#""model":"m","qualm":{"release":"now"}"#, "qualm.release", "invalid_value", "'buffered', 'boundary', 'holdback', 'commit'"),
            (#""model":"m","qualm":{"release_tokens":0}"#, "qualm.release_tokens", "invalid_value", "1 to 4096"),
            (
                #""model":"m","qualm":{"strateg":"risk"}"#, "qualm", "unknown_parameter",
                "Unknown parameter: 'qualm.strateg'; expected 'strategy'"
            ),
            (
                #""model":"m","qualm":{"strategy":"fast"}"#, "qualm.strategy", "invalid_value",
                "for 'qualm.strategy': expected one of 'window', 'risk'"
            ),
            (
                #""model":"m","qualm":{"release":"commit; n=0"}"#, "qualm.release", "invalid_value",
                "for 'qualm.release': expected 'commit; n=16'"
            ),
            (#""model":"m","qualm":{"cache":"yes"}"#, "qualm.cache", "invalid_value", "for 'qualm.cache': expected one of 'no-cache'"),
            (#""model":"m","qualm":{"escalate":"no"}"#, "qualm.escalate", "invalid_value", "for 'qualm.escalate': expected one of 'never'"),
        ])
    func `an ill-typed member is refused by name`(members: String, param: String, code: String, words: String) throws {
        let body = members.contains("\"messages\"") ? "{\(members)}" : "{\(members),\(Self.messages)}"
        let error = try #require(failure(body))
        #expect(error.param == param)
        #expect(error.code == code)
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func `model and messages are required`() {
        #expect(failure("{\(Self.messages)}")?.param == "model")
        #expect(failure(#"{"model":"m"}"#)?.param == "messages")
        #expect(failure("{}")?.code == "missing_required_parameter")
    }

    @Test(
        arguments: [
            ("{\"model\":\"m\",\n \"stream\": tru}", 2, 16), ("{\"model\":\"m\"", 1, 13), ("{\"a\":1,}", 1, 8), ("nonsense", 1, 1),
        ])
    func `malformed JSON is refused with its position`(body: String, line: Int, column: Int) throws {
        let error = try #require(failure(body))
        let position = try #require(error.position)
        #expect(error.code == "invalid_json")
        #expect(position.line == line)
        #expect(abs(position.column - column) <= 4, "column \(position.column): \(error.message)")
        #expect(error.message.contains("line \(line), column \(position.column)"))
    }

    @Test(arguments: [("[]", "an array"), ("\"text\"", "a string"), ("12", "a number"), ("null", "null"), (" true ", "a boolean")])
    func `JSON that is no object is refused for what it is`(body: String, kind: String) throws {
        let error = try #require(failure(body))
        #expect(error.message == "The request body must be a JSON object, but it is \(kind).")
        #expect(error.position == nil)
    }

    @Test func `an empty body is refused as empty`() {
        #expect(failure("")?.message.contains("empty") == true)
        #expect(failure(" \n")?.message.contains("empty") == true)
    }

    @Test func `a model name is bounded`() throws {
        let long = String(repeating: "m", count: ChatRequest.maxModelNameBytes)
        #expect(try decode(#"{"model":"\#(long)",\#(Self.messages)}"#).model == long)
        #expect(failure(#"{"model":"\#(long)m",\#(Self.messages)}"#)?.param == "model")
    }

    @Test func `depth is bounded`() throws {
        let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(failure(#"{"model":"m","x":\#(deep),\#(Self.messages)}"#) != nil)
    }

    @Test func `invalid UTF-8 is refused`() {
        let body = Array(#"{"model":"m","messages":[{"role":"user","content":""#.utf8) + [0xFF, 0xFE] + Array(#""}]}"#.utf8)
        #expect(throws: ChatRequestError.self) { try ChatRequest.decode(body) }
    }
}
