internal import FastJSON

/// Whether an answer keeps the promise of the request's `response_format`: the facts for the structured-output gate.
public enum StructuredOutputCheck {
    /// What is wrong with the answer, for the decision's record; `nil` when it is as asked, or when nothing was asked.
    ///
    /// The whole text must be one JSON value, white space around it allowed. A value inside a Markdown fence or after a sentence is not: a
    /// client that asked for JSON gives the text to a parser. The text itself is not repeated in the message, single values are.
    public static func problem(text: String, format: ResponseFormat) -> String? {
        guard format.isJSON else { return nil }
        let value: JSONValue
        do {
            value = try JSONValue.parse(text)
        } catch {
            if text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) { return "the answer is empty, but JSON was asked for" }
            let isFenced = text.drop { $0.isWhitespace }.hasPrefix("```")
            return "the answer is not JSON" + (isFenced ? " but a Markdown code block" : "") + ": \(error)"
        }
        switch format {
        case .jsonObject: return value.object == nil ? "the answer must be a JSON object, but is \(value.kindName)" : nil
        case .jsonSchema(let name, let schema):
            return JSONSchemaValidator(schema).violation(in: value).map { "the answer does not match the schema '\(name)': \($0)" }
        case .text, .other: return nil
        }
    }
}
