import FastJSON

/// The tool calls of one simulated answer.
struct ToolScript: Sendable {
    struct Call: Sendable {
        var id: String
        var name: String
        var argumentPieces: [String]
    }

    private(set) var calls: [Call]

    /// Uses the request's first tool, and its second for the second of two parallel calls if there is one; a request without tools gets
    /// calls of a tool named `lookup`.
    init(_ request: ChatRequest, _ kind: Behaviour.ToolCalls, seed: UInt64) {
        let fallback = ChatRequest.Tool(
            name: "lookup", parameters: ["type": "object", "properties": ["query": ["type": "string"]], "required": ["query"]])
        let first = request.tools.first ?? fallback
        var chosen = [first]
        if kind == .parallel { chosen.append(request.tools.dropFirst().first ?? first) }
        calls = chosen.enumerated().map { position, tool in
            let sample = SchemaSample(schema: tool.parameters)
            var text = String(decoding: (kind == .mismatched ? sample.mismatched() : sample.valid()).serialized(), as: UTF8.self)
            if kind == .broken { text.removeLast() }
            return Call(
                id: "call_" + StableHash.hexadecimal(seed &+ UInt64(position)), name: kind == .unknown ? "no_such_tool" : tool.name,
                argumentPieces: Tokeniser.pieces(of: text))
        }
    }
}
