/// Markdown code blocks of an answer (CommonMark 0.31, section 4.5, without indentation rules).
struct FencedBlock: Sendable, Hashable {
    /// The first word behind the opening fence, in lower case; may be empty.
    var language: String
    /// The lines between the fences.
    var content: String

    /// The blocks in their order. A block that is not closed reaches to the end.
    static func all(in text: String) -> [FencedBlock] {
        var blocks: [FencedBlock] = []
        var open: (fence: Substring, language: String, lines: [Substring])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map({ $0.hasSuffix("\r") ? $0.dropLast() : $0 }) {
            let bare = line.drop { $0 == " " || $0 == "\t" }
            let fence = bare.prefix { $0 == bare.first && ($0 == "`" || $0 == "~") }
            if let block = open {
                if fence.count >= block.fence.count, fence.first == block.fence.first,
                    bare.dropFirst(fence.count).allSatisfy(\.isWhitespace)
                {
                    blocks.append(FencedBlock(language: block.language, content: block.lines.joined(separator: "\n")))
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if fence.count >= 3 {
                let info = bare.dropFirst(fence.count)
                let language = info.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() } ?? ""
                open = (fence, language, [])
            }
        }
        if let open { blocks.append(FencedBlock(language: open.language, content: open.lines.joined(separator: "\n"))) }
        return blocks
    }

    /// The text without white space around it, and without the fence if the whole of it is one code block.
    static func unwrapped(_ text: String) -> String {
        let bare = text.trimmed
        guard bare.hasPrefix("```") || bare.hasPrefix("~~~") else { return String(bare) }
        let blocks = all(in: String(bare))
        let lastLine = bare.split(separator: "\n").last?.trimmed ?? ""
        guard blocks.count == 1, let block = blocks.first, lastLine.allSatisfy({ $0 == "`" || $0 == "~" }) else { return String(bare) }
        return String(Substring(block.content).trimmed)
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: SubSequence {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return rest
    }
}
