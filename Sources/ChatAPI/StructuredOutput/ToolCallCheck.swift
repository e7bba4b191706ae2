internal import FastJSON

/// Whether a draft's tool calls may be released: complete, and valid against their schemas. The facts for the tool-call gate.
public enum ToolCallCheck {
    /// What is wrong with the first bad call, for the decision's record; `nil` when every call is sound.
    ///
    /// - Parameters:
    ///   - calls: in order; `argumentsJSON` as joined from the stream.
    ///   - tools: what the request defined.
    ///   - choice: the request's `tool_choice`: a call where none is allowed, no call where one is required, or another function than the
    ///     named one is a problem, too.
    public static func problem(
        calls: [(name: String, argumentsJSON: String)], tools: [ToolDefinition], choice: ToolChoice = .unspecified
    ) -> String? {
        switch choice {
        case .none where !calls.isEmpty: return "a tool was called although tool_choice is 'none'"
        case .required where calls.isEmpty: return "no tool was called although tool_choice is 'required'"
        case .function(let name) where calls.isEmpty: return "no tool was called although tool_choice names '\(name)'"
        default: break
        }
        for (position, call) in calls.enumerated() {
            if let problem = problem(call, tools: tools, choice: choice) { return "tool call \(position): \(problem)" }
        }
        return nil
    }

    private static func problem(
        _ call: (name: String, argumentsJSON: String), tools: [ToolDefinition], choice: ToolChoice
    ) -> String? {
        guard let tool = tools.first(where: { $0.name == call.name }) else {
            return call.name.isEmpty
                ? "the function's name is missing" : "the function \(ChatRequestError.quoted(call.name)) is not among the request's tools"
        }
        if case .function(let name) = choice, name != call.name { return "'\(call.name)' was called, but tool_choice names '\(name)'" }
        if tool.isFreeform { return nil }
        let arguments: JSONValue
        do {
            arguments = try JSONValue.parse(call.argumentsJSON)
        } catch {
            return "the arguments of '\(call.name)' are not JSON: \(error)"
        }
        guard arguments.object != nil else { return "the arguments of '\(call.name)' must be an object, but are \(arguments.kindName)" }
        guard let schema = tool.parameters, let violation = JSONSchemaValidator(schema).violation(in: arguments) else { return nil }
        return "the arguments of '\(call.name)' do not match its schema: \(violation)"
    }
}
