public import FastJSON

/// A function that the client lets the model call.
public struct ToolDefinition: Sendable, Hashable {
    public var name: String
    /// The JSON schema of its arguments; `nil` when the client gave none (any object is then valid).
    public var parameters: JSONValue?
    /// A custom tool (`type: custom`): its input is free text and is not checked.
    public var isFreeform: Bool

    public init(name: String, parameters: JSONValue? = nil, isFreeform: Bool = false) {
        self.name = name
        self.parameters = parameters
        self.isFreeform = isFreeform
    }
}

/// The client's `tool_choice`, summarised.
public enum ToolChoice: Sendable, Hashable {
    /// Not sent: the provider's default.
    case unspecified
    case none
    case auto
    /// Some tool must be called.
    case required
    /// This function must be called.
    case function(String)
    /// A form that is newer than this code (`allowed_tools`, custom tools); passed on untouched.
    case other
}

/// The client's `response_format`.
public enum ResponseFormat: Sendable, Hashable {
    case text
    /// `json_object`: any JSON object.
    case jsonObject
    /// `json_schema`: JSON that satisfies the schema; `schema` is `.null` when the client sent none.
    case jsonSchema(name: String, schema: JSONValue)
    /// A type that is newer than this code (`grammar`, ...); passed on untouched and not checked.
    case other(String)

    /// The answer must be JSON.
    public var isJSON: Bool {
        switch self {
        case .jsonObject, .jsonSchema: true
        case .text, .other: false
        }
    }
}
