/// One pass over the `messages` array of an accepted body: counts, sizes and the last user text, without a tree.
struct MessageScan {
    private(set) var count = 0
    private(set) var promptBytes = 0
    private(set) var lastUserText: [UInt8] = []
    private(set) var hasNonTextParts = false

    mutating func run(over body: [UInt8], messages: Range<Int>) throws(ChatRequestError) {
        let json = body.span
        do {
            var elements = RawJSON.Elements(arrayAt: messages.lowerBound)
            while let message = try elements.next(in: json) {
                guard RawJSON.isObject(message, in: json) else {
                    throw ChatRequestError.wrongType("messages[\(count)]", expected: "an object", got: RawJSON.kindName(message, in: json))
                }
                try scan(message, in: json)
                count += 1
            }
        } catch let error as ChatRequestError {
            throw error
        } catch {
            // Not reachable for an accepted body.
            throw ChatRequestError("'messages' could not be read.", param: "messages", code: "invalid_value")
        }
    }

    private mutating func scan(_ message: Range<Int>, in json: Span<UInt8>) throws {
        var role: Range<Int>?
        var content: Range<Int>?
        var members = RawJSON.Members(objectAt: message.lowerBound)
        while let member = try members.next(in: json) {
            if RawJSON.matches(member.name, "role", in: json) {
                role = member.value
            } else if RawJSON.matches(member.name, "content", in: json) {
                content = member.value
            } else if RawJSON.matches(member.name, "tool_calls", in: json), RawJSON.isArray(member.value, in: json) {
                try countArguments(of: member.value, in: json)
            }
        }
        guard let role, RawJSON.isString(role, in: json) else {
            throw ChatRequestError.missing("messages[\(count)].role", "'system', 'developer', 'user', 'assistant' or 'tool'")
        }
        let isUser = RawJSON.matches(RawJSON.escapedText(role), "user", in: json)
        if isUser { lastUserText.removeAll(keepingCapacity: true) }
        guard let content else { return }
        if RawJSON.isString(content, in: json) {
            take(content, isUser: isUser, in: json)
        } else if RawJSON.isArray(content, in: json) {
            try scanParts(content, isUser: isUser, in: json)
        } else if !RawJSON.isNull(content, in: json) {
            throw ChatRequestError.wrongType(
                "messages[\(count)].content", expected: "a string or an array of parts", got: RawJSON.kindName(content, in: json))
        }
    }

    private mutating func scanParts(_ parts: Range<Int>, isUser: Bool, in json: Span<UInt8>) throws {
        var elements = RawJSON.Elements(arrayAt: parts.lowerBound)
        var index = -1
        while let part = try elements.next(in: json) {
            index += 1
            guard RawJSON.isObject(part, in: json) else {
                // Some clients send bare strings as parts.
                guard RawJSON.isString(part, in: json) else {
                    throw ChatRequestError.wrongType(
                        "messages[\(count)].content[\(index)]", expected: "an object", got: RawJSON.kindName(part, in: json))
                }
                take(part, isUser: isUser, in: json)
                continue
            }
            var text: Range<Int>?
            var isText = false
            var members = RawJSON.Members(objectAt: part.lowerBound)
            while let member = try members.next(in: json) {
                if RawJSON.matches(member.name, "type", in: json) {
                    isText =
                        RawJSON.matches(member.value, "\"text\"", in: json) || RawJSON.matches(member.value, "\"refusal\"", in: json)
                } else if RawJSON.matches(member.name, "text", in: json) || RawJSON.matches(member.name, "refusal", in: json) {
                    text = member.value
                }
            }
            if !isText { hasNonTextParts = true }
            if isText, let text, RawJSON.isString(text, in: json) { take(text, isUser: isUser, in: json) }
        }
    }

    private mutating func take(_ value: Range<Int>, isUser: Bool, in json: Span<UInt8>) {
        let escaped = RawJSON.escapedText(value)
        promptBytes += RawJSON.decodedLength(escaped, in: json)
        guard isUser, lastUserText.count < ChatRequest.maxUserTextBytes else { return }
        if !lastUserText.isEmpty { lastUserText.append(0x0A) }
        RawJSON.appendDecoded(escaped, of: json, to: &lastUserText, limit: ChatRequest.maxUserTextBytes - lastUserText.count)
    }

    private mutating func countArguments(of calls: Range<Int>, in json: Span<UInt8>) throws {
        var elements = RawJSON.Elements(arrayAt: calls.lowerBound)
        while let call = try elements.next(in: json) {
            guard RawJSON.isObject(call, in: json), let function = try RawJSON.member("function", of: call, in: json),
                RawJSON.isObject(function, in: json), let arguments = try RawJSON.member("arguments", of: function, in: json),
                RawJSON.isString(arguments, in: json)
            else { continue }
            promptBytes += RawJSON.decodedLength(RawJSON.escapedText(arguments), in: json)
        }
    }
}
