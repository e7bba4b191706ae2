import ChatAPI
import FastJSON
import Testing

@Suite struct ChatRequestRoutingTests {
    private func view(_ members: String) throws -> ChatRequest.RoutingView {
        try ChatRequest.decode(Array(#"{"model":"auto",\#(members)}"#.utf8)).routingView()
    }

    private func failure(_ members: String) -> ChatRequestError? {
        do {
            _ = try view(members)
            return nil
        } catch {
            return error as? ChatRequestError
        }
    }

    @Test("Member names and roles mean the same when they are written with escapes")
    func escapedNames() throws {
        let plain = try view(#""messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]"#)
        let escaped = try view(#""messages":[{"r\u006fle":"\u0075ser","conten\u0074":[{"\u0074ype":"te\u0078t","text":"hi"}]}]"#)
        #expect(escaped.lastUserText == "hi")
        #expect(escaped.lastUserText == plain.lastUserText)
        #expect(escaped.hasNonTextParts == plain.hasNonTextParts)
    }

    @Test func `texts are counted decoded, whether strings or parts`() throws {
        let view = try view(
            #""messages":[{"role":"system","content":"é\n\u00e9"},{"role":"user","content":[{"type":"text","text":"first"},{"text":"\ud83d\ude00","type":"text"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]"#
        )
        #expect(view.messageCount == 4)
        #expect(view.promptBytes == 5 + 5 + 4 + 7 + 2)
        #expect(view.lastUserText == "first\n😀")
        #expect(!view.hasNonTextParts)
    }

    @Test func `the last user message is the one that counts`() throws {
        let view = try view(
            #""messages":[{"role":"user","content":"old"},{"role":"assistant","content":"yes"},{"content":"new \"one\"","role":"user"},{"role":"assistant","content":"prefill"}]"#
        )
        #expect(view.lastUserText == #"new "one""#)
    }

    @Test func `a long user text is cut on a character`() throws {
        let text = String(repeating: "a", count: ChatRequest.maxUserTextBytes - 1) + "éé"
        let view = try view(#""messages":[{"role":"user","content":"\#(text)"}]"#)
        #expect(view.lastUserText == String(repeating: "a", count: ChatRequest.maxUserTextBytes - 1) + "é")
        #expect(view.promptBytes == text.utf8.count)
    }

    @Test func `image, audio and file parts are seen`() throws {
        for part in [#"{"type":"image_url","image_url":{"url":"data:,"}}"#, #"{"type":"input_audio","input_audio":{}}"#] {
            #expect(try view(#""messages":[{"role":"user","content":[{"type":"text","text":"x"},\#(part)]}]"#).hasNonTextParts)
        }
    }

    @Test func `tools, their schemas and the choice are read`() throws {
        let view = try view(
            #""messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"custom","custom":{"name":"sh"}},{"type":"web_search"}],"tool_choice":{"type":"function","function":{"name":"f"}},"functions":[{"name":"old"}],"metadata":{"team":"a"},"user":"u1""#
        )
        #expect(
            view.tools == [
                ToolDefinition(name: "f", parameters: ["type": "object"]), ToolDefinition(name: "sh", isFreeform: true),
                ToolDefinition(name: "old"),
            ])
        #expect(view.toolChoice == .function("f"))
        #expect(view.metadata == [JSONMember("team", "a")])
        #expect(view.user == "u1")
        #expect(view.definitionBytes > 0)
    }

    @Test(
        arguments: [
            (#""none""#, ToolChoice.none), (#""auto""#, .auto), (#""required""#, .required), (#"{"type":"allowed_tools"}"#, .other),
            ("null", .unspecified),
        ])
    func `tool_choice has its documented forms`(json: String, choice: ToolChoice) throws {
        #expect(try view(#""messages":[{"role":"user","content":"x"}],"tool_choice":\#(json)"#).toolChoice == choice)
    }

    @Test(
        arguments: [
            (#"{"type":"text"}"#, ResponseFormat.text), (#"{"type":"json_object"}"#, .jsonObject),
            (#"{"type":"grammar"}"#, .other("grammar")),
            (
                #"{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}"#,
                .jsonSchema(name: "n", schema: ["type": "object"])
            ),
        ])
    func `response_format has its documented forms`(json: String, format: ResponseFormat) throws {
        #expect(try view(#""messages":[{"role":"user","content":"x"}],"response_format":\#(json)"#).responseFormat == format)
    }

    @Test(
        arguments: [
            (#""messages":["hi"]"#, "messages[0]"), (#""messages":[{"role":"user","content":"x"},{"content":"x"}]"#, "messages[1].role"),
            (#""messages":[{"role":"user","content":5}]"#, "messages[0].content"),
            (#""messages":[{"role":"user","content":[{"type":"text","text":"a"},7]}]"#, "messages[0].content[1]"),
            (#""messages":[{"role":"user","content":"x"}],"tools":{}"#, "tools"),
            (#""messages":[{"role":"user","content":"x"}],"tools":[1]"#, "tools[0]"),
            (#""messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]"#, "tools[0].function.name"),
            (#""messages":[{"role":"user","content":"x"}],"response_format":"json""#, "response_format"),
            (#""messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}"#, "response_format.json_schema"),
        ])
    func `a message or definition of another shape is refused by name`(members: String, param: String) throws {
        #expect(failure(members)?.param == param)
    }
}
