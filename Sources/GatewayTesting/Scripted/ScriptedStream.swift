/// The bytes of OpenAI chat streams, event by event, with a chosen doubt at every token.
public enum ScriptedStream {
    /// The message begins.
    public static let role = event(#"{"delta":{"role":"assistant","content":""},"finish_reason":null}"#)
    /// The terminal marker.
    public static let done = Array("data: [DONE]\n\n".utf8)
    /// An SSE comment: no news of the model.
    public static let comment = Array(": PROCESSING\n\n".utf8)
    /// Not JSON.
    public static let malformed = Array("data: {\"choices\":[}\n\n".utf8)

    /// One generated token.
    ///
    /// - Parameters:
    ///   - text: without quotes, backslashes and control characters.
    ///   - alternatives: so many equally probable ones are listed, which makes lg(`alternatives`) bits; 0 sends no evidence.
    public static func token(_ text: String, alternatives: Int = 1) -> [UInt8] {
        event(#"{"delta":{"content":"\#(escaped(text))"},"logprobs":\#(logprobs(text, alternatives)),"finish_reason":null}"#)
    }

    /// A piece of a tool call.
    public static func toolCall(_ arguments: String, name: String? = nil, index: Int = 0) -> [UInt8] {
        let head = name.map { #""id":"call_\#(index)","type":"function","# + #""function":{"name":"\#($0)","# } ?? #""function":{"#
        return event(
            #"{"delta":{"tool_calls":[{"index":\#(index),\#(head)"arguments":"\#(escaped(arguments))"}}]},"finish_reason":null}"#)
    }

    /// The choice ends.
    public static func finish(_ reason: String = "stop") -> [UInt8] {
        event(#"{"delta":{},"finish_reason":"\#(reason)"}"#)
    }

    /// The usage chunk.
    public static func usage(input: Int, output: Int) -> [UInt8] {
        frame(
            #"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":\#(input),"#
                + #""completion_tokens":\#(output),"total_tokens":\#(input + output)}}"#)
    }

    /// An error inside a stream that began well.
    public static func failure(_ message: String) -> [UInt8] { frame(#"{"error":{"message":"\#(message)","type":"server_error"}}"#) }

    /// A whole answer: role, one event for each word, finish, and usage when it is given.
    public static func answer(
        _ words: [String], alternatives: Int = 1, finish reason: String = "stop", usage counts: (input: Int, output: Int)? = nil
    ) -> [UInt8] {
        role + words.flatMap { token($0, alternatives: alternatives) } + finish(reason)
            + (counts.map { usage(input: $0.input, output: $0.output) } ?? []) + done
    }

    private static func event(_ choice: String) -> [UInt8] {
        frame(#"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"# + choice.dropFirst() + "]}")
    }

    private static func frame(_ json: String) -> [UInt8] { Array("data: \(json)\n\n".utf8) }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            switch character {
            case "\n": out += "\\n"
            case "\"", "\\": out += "\\\(character)"
            default: out.append(character)
            }
        }
    }

    private static func logprobs(_ text: String, _ alternatives: Int) -> String {
        guard alternatives > 0 else { return "null" }
        // Natural logarithms of 1/n for the few n that tests need: no floating-point text to get wrong.
        let logprob =
            switch alternatives {
            case 1: "0.0"
            case 2: "-0.6931471805599453"
            case 4: "-1.3862943611198906"
            default: "-2.0794415416798357"
            }
        let listed = (0..<min(alternatives, 8)).map { position in
            let token = position == 0 ? escaped(text) : "other\(position)"
            return #"{"token":"\#(token)","logprob":\#(logprob),"bytes":null}"#
        }
        return
            #"{"content":[{"token":"\#(escaped(text))","logprob":\#(logprob),"bytes":null,"top_logprobs":[\#(listed.joined(separator: ","))]}]}"#
    }
}
