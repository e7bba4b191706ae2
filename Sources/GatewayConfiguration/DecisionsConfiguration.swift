/// `decisions`: the ring of recent decisions behind `/v1/decisions`.
public struct DecisionsConfiguration: Sendable, Equatable {
    /// Decisions kept; the oldest goes first. 0 keeps none. Default 1000.
    public let capacity: Int
    /// Tokens of the trace kept per decision; later ones are counted, not kept. Default 2048.
    public let traceTokens: Int
    /// Tokens of all traces together; beyond it the oldest traces go, their decisions stay. Default 262,144.
    public let traceTokensTotal: Int
    /// Keep the tokens' text as well as their numbers. Default false.
    public let recordText: Bool

    init(_ section: inout SectionReader) {
        capacity = section.read(
            "capacity", .integer(0...100_000, unit: "decisions"), default: 1000,
            "decisions kept in memory, the oldest goes first; 0 keeps none")
        traceTokens = section.read(
            "trace_tokens", .integer(0...131_072, unit: "tokens"), default: 2048,
            "tokens of the entropy trace kept per decision")
        traceTokensTotal = section.read(
            "trace_tokens_total", .integer(0...67_108_864, unit: "tokens"), default: 262_144,
            "tokens of all traces together; beyond it the oldest traces go")
        recordText = section.read("record_text", .truth, default: false, "keep the text of the tokens, not only their numbers")
        section.finish()
    }
}
