import ChatAPI
import FastJSON
import Testing

@Suite struct ToolCallCheckTests {
    private static let tools = [
        ToolDefinition(
            name: "weather",
            parameters: ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"], "additionalProperties": false]),
        ToolDefinition(name: "time"), ToolDefinition(name: "shell", isFreeform: true),
    ]

    @Test(arguments: [("weather", #"{"city":"Oslo"}"#), ("time", "{}"), ("time", #"{"any":1}"#), ("shell", "ls -l")])
    func `a sound call is accepted`(name: String, arguments: String) {
        #expect(ToolCallCheck.problem(calls: [(name, arguments)], tools: Self.tools) == nil)
    }

    @Test(
        arguments: [
            ("forecast", "{}", "not among the request's tools"), ("", "{}", "name is missing"), ("weather", "", "not JSON"),
            ("weather", #"{"city":"Os"#, "not JSON"), ("weather", #""Oslo""#, "must be an object, but are a string"),
            ("weather", "{}", "'city' is missing"), ("weather", #"{"city":1}"#, "/city"), ("weather", #"{"city":"x","y":1}"#, "/y"),
            ("time", "[]", "must be an object"),
        ])
    func `an unsound call is told`(name: String, arguments: String, words: String) throws {
        let problem = try #require(ToolCallCheck.problem(calls: [("time", "{}"), (name, arguments)], tools: Self.tools))
        #expect(problem.hasPrefix("tool call 1: "))
        #expect(problem.contains(words), "\(problem)")
    }

    @Test func `tool_choice is kept`() {
        let call = [(name: "time", argumentsJSON: "{}")]
        #expect(ToolCallCheck.problem(calls: call, tools: Self.tools, choice: .none) != nil)
        #expect(ToolCallCheck.problem(calls: [], tools: Self.tools, choice: .required) != nil)
        #expect(ToolCallCheck.problem(calls: [], tools: Self.tools, choice: .function("time")) != nil)
        #expect(ToolCallCheck.problem(calls: call, tools: Self.tools, choice: .function("weather")) != nil)
        #expect(ToolCallCheck.problem(calls: call, tools: Self.tools, choice: .function("time")) == nil)
        #expect(ToolCallCheck.problem(calls: [], tools: Self.tools, choice: .auto) == nil)
    }

    private static let schema = ResponseFormat.jsonSchema(name: "point", schema: ["type": "object", "required": ["x"]])

    @Test func `an answer without a promised format is never a problem`() {
        #expect(StructuredOutputCheck.problem(text: "no json", format: .text) == nil)
        #expect(StructuredOutputCheck.problem(text: "no json", format: .other("grammar")) == nil)
    }

    @Test(arguments: [(ResponseFormat.jsonObject, " {\"a\":1}\n"), (schema, #"{"x":1}"#), (.jsonSchema(name: "n", schema: .null), "[1]")])
    func `an answer as promised is accepted`(format: ResponseFormat, text: String) {
        #expect(StructuredOutputCheck.problem(text: text, format: format) == nil)
    }

    @Test(
        arguments: [
            (ResponseFormat.jsonObject, "", "empty"), (.jsonObject, "```json\n{\"a\":1}\n```", "Markdown"),
            (.jsonObject, "Here: {}", "not JSON"),
            (.jsonObject, "{\"a\":1", "not JSON"), (.jsonObject, "{} {}", "not JSON"),
            (.jsonObject, "[1]", "must be a JSON object, but is an array"),
            (schema, "{}", "'x' is missing"), (schema, "nope", "not JSON"),
        ])
    func `a broken promise is told`(format: ResponseFormat, text: String, words: String) throws {
        let problem = try #require(StructuredOutputCheck.problem(text: text, format: format))
        #expect(problem.contains(words), "\(problem)")
    }
}
