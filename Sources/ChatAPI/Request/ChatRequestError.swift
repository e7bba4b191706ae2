/// Why a request body or a `x-qualm-*` header was refused: the client's mistake, told so that it can be mended.
///
/// `message` says what was wrong, where and what would be right; it never repeats message text of the conversation.
public struct ChatRequestError: Error, Sendable, Hashable {
    /// A place in the body.
    public struct Position: Sendable, Hashable {
        /// Bytes from the start of the body, from 0.
        public var offset: Int
        /// From 1.
        public var line: Int
        /// In Unicode scalars of the line, from 1.
        public var column: Int

        public init(offset: Int, line: Int, column: Int) {
            self.offset = offset
            self.line = line
            self.column = column
        }
    }

    public var message: String
    /// The member at fault in OpenAI's notation (`messages[0].content`), or the header's name; `nil` when the whole body is.
    public var param: String?
    /// OpenAI's code for the case: `invalid_json`, `missing_required_parameter`, `invalid_type`, `invalid_value`.
    public var code: String?
    /// Set when the body is not JSON.
    public var position: Position?

    public init(_ message: String, param: String? = nil, code: String? = nil, position: Position? = nil) {
        self.message = message
        self.param = param
        self.code = code
        self.position = position
    }
}

extension ChatRequestError: CustomStringConvertible {
    public var description: String { message }
}

extension ChatRequestError {
    static func malformed(_ reason: String, offset: Int, line: Int, column: Int) -> ChatRequestError {
        ChatRequestError(
            "The request body is not valid JSON: \(reason) at line \(line), column \(column) (byte \(offset)).", code: "invalid_json",
            position: Position(offset: offset, line: line, column: column))
    }

    static func missing(_ param: String, _ expected: String) -> ChatRequestError {
        ChatRequestError("Missing required parameter: '\(param)' (\(expected)).", param: param, code: "missing_required_parameter")
    }

    static func wrongType(_ param: String, expected: String, got: String) -> ChatRequestError {
        ChatRequestError("Invalid type for '\(param)': expected \(expected), but got \(got) instead.", param: param, code: "invalid_type")
    }

    static func wrongValue(_ param: String, expected: String, got: String) -> ChatRequestError {
        ChatRequestError("Invalid value for '\(param)': expected \(expected), but got \(got).", param: param, code: "invalid_value")
    }

    /// What a client sent, short and printable enough to be repeated in a message: at most 40 characters, no control characters.
    static func quoted(_ text: some StringProtocol) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < 40 else { return "'\(shown)...'" }
            count += 1
            if scalar.value >= 0x20 && scalar.value != 0x7F { shown.unicodeScalars.append(scalar) } else { shown += "?" }
        }
        return "'\(shown)'"
    }
}
