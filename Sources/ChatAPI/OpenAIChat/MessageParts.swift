/// The members of a whole message, sorted by the chunk of a stream that they belong to. All as raw JSON.
struct MessageParts {
    /// What is said once, in the first chunk: role, and every member that is neither text nor tool call. With leading commas.
    private var once: [UInt8] = []
    /// Name and escaped text, reasoning before content before refusal.
    private(set) var texts: [(name: [UInt8], text: [UInt8])] = []
    /// The members of each call with a leading comma, `index` left out, and the closing brace.
    private(set) var toolCalls: [[UInt8]] = []

    init(_ message: Range<Int>, in json: Span<UInt8>) throws {
        var reasoning: [([UInt8], [UInt8])] = []
        var content: [([UInt8], [UInt8])] = []
        var refusal: [([UInt8], [UInt8])] = []
        var object = RawJSON.Members(objectAt: message.lowerBound)
        while let member = try object.next(in: json) {
            if RawJSON.matches(member.name, "tool_calls", in: json), RawJSON.isArray(member.value, in: json) {
                try readCalls(member.value, in: json)
            } else if !RawJSON.isString(member.value, in: json) || RawJSON.matches(member.name, "role", in: json) {
                RawJSON.append(member, to: &once, in: json)
            } else {
                let escaped = RawJSON.escapedText(member.value)
                let part = (RawJSON.bytes(member.name, in: json), RawJSON.bytes(escaped, in: json))
                // An empty text is said in the first chunk, for no later one would say it.
                if escaped.isEmpty {
                    RawJSON.append(member, to: &once, in: json)
                } else if RawJSON.matches(member.name, "content", in: json) {
                    content.append(part)
                } else if RawJSON.matches(member.name, "refusal", in: json) {
                    refusal.append(part)
                } else {
                    reasoning.append(part)
                }
            }
        }
        texts = reasoning + content + refusal
    }

    /// The members of the first delta.
    func opening() -> [UInt8] { Array(once.dropFirst()) }

    private mutating func readCalls(_ calls: Range<Int>, in json: Span<UInt8>) throws {
        var elements = RawJSON.Elements(arrayAt: calls.lowerBound)
        while let call = try elements.next(in: json) {
            guard RawJSON.isObject(call, in: json) else { throw AssemblyError.malformed(detail: "a tool call is not an object") }
            var members: [UInt8] = []
            var object = RawJSON.Members(objectAt: call.lowerBound)
            while let member = try object.next(in: json) {
                if !RawJSON.matches(member.name, "index", in: json) { RawJSON.append(member, to: &members, in: json) }
            }
            members.append(UInt8(ascii: "}"))
            toolCalls.append(members)
        }
    }
}

extension RawJSON {
    /// Appends `,"name":value`.
    static func append(_ member: Member, to out: inout [UInt8], in json: Span<UInt8>) {
        out.append(contentsOf: ",\"".utf8)
        append(member.name, of: json, to: &out)
        out.append(contentsOf: "\":".utf8)
        append(member.value, of: json, to: &out)
    }
}
