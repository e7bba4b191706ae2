/// Reads what the places of words say: denials and their targets, the sides of prepositions, forms of an answer with a number.
enum OrderReader {
    /// Whether a token between two words of substance says how they stand to each other.
    static func links(_ token: PromptToken) -> Bool {
        switch token.role {
        case .function:
            !token.traits.isDisjoint(with: [.joining, .denial])
        case .sign: token.text == ","
        default: false
        }
    }

    static func frame(_ tokens: [PromptToken]) -> [String: Int] {
        var result: [String: Int] = [:]
        for token in tokens where token.role == .function && !token.traits.contains(.article) {
            result[token.text, default: 0] += 1
        }
        return result
    }

    static func neighbours(_ tokens: [PromptToken], consumed: Set<Int>) -> [PromptFacts.Neighbours] {
        var result: [PromptFacts.Neighbours] = []
        var before = "^"
        var waiting = false
        for (index, token) in tokens.enumerated() {
            if token.role == .function, token.traits.contains(.article) { continue }
            let mark = token.role == .boundary || token.role == .sign ? "^" : token.isSubstance ? token.key : token.text
            if waiting {
                result[result.count - 1].after = mark
                waiting = false
            }
            if token.isSubstance, !consumed.contains(index) {
                result.append(.init(before: before, after: "^"))
                waiting = true
            }
            before = mark
        }
        return result
    }

    static func order(_ substance: [PromptToken], _ links: [String]) -> [PromptFacts.OrderedKey] {
        var result: [PromptFacts.OrderedKey] = []
        var pending = ""
        var index = 0
        while index < substance.count {
            let link = pending.isEmpty ? links[index] : links[index].isEmpty ? pending : pending + " " + links[index]
            pending = ""
            var end = index + 1
            if substance[index].role == .date || substance[index].role == .number {
                while end < substance.count, substance[end].role == .date || substance[end].role == .number, end < index + 4,
                    ["", ",", "of"].contains(links[end])
                {
                    end += 1
                }
            }
            let part = substance[index..<end]
            let isAmount =
                substance[index].role == .number && index + 1 < substance.count && substance[index + 1].role == .unit
                && links[index + 1].isEmpty
            if isAmount {
                end = index + 2
                result.append(.init(key: substance[index].key + " " + substance[index + 1].key, link: link, isFirm: true))
            } else if part.contains(where: { $0.role == .date }) {
                result.append(.init(key: part.map(\.key).sorted().joined(separator: " "), link: link, isFirm: false))
            } else {
                end = index + 1
                if substance[index].role == .soft || substance[index].role == .unit {
                    // What is left out here keeps its neighbours from being a plain list.
                    pending = link.isEmpty ? "~" : link + " ~"
                } else {
                    result.append(
                        .init(key: substance[index].key, link: link, isFirm: substance[index].isName || substance[index].role != .content))
                }
            }
            index = end
        }
        return result
    }

    static func denials(_ tokens: [PromptToken], consumed: Set<Int>) -> [PromptFacts.Denial] {
        var result: [PromptFacts.Denial] = []
        var waiting: [PromptFacts.Denial] = []
        for (index, token) in tokens.enumerated() {
            if token.role == .function, token.traits.contains(.denial), let kind = NegationLexicon.kind(token.text) {
                if !isTag(tokens, index) {
                    waiting.append(.init(kind: kind, target: token.isQuoted || isInverted(tokens, index) ? "" : "?"))
                }
            } else if !waiting.isEmpty, token.isSubstance, !consumed.contains(index) {
                let target = token.role == .soft ? "" : token.key
                for denial in waiting { result.append(.init(kind: denial.kind, target: denial.target.isEmpty ? "" : target)) }
                waiting.removeAll()
            }
        }
        for denial in waiting { result.append(.init(kind: denial.kind, target: "")) }
        return result
    }

    /// "Why don't penguins fly": what is denied does not come next.
    private static func isInverted(_ tokens: [PromptToken], _ index: Int) -> Bool {
        guard index > 0, QuestionLexicon.polar[tokens[index - 1].text] != nil else { return false }
        guard index > 1 else { return true }
        let before = tokens[index - 2]
        return before.role == .boundary || before.text == "," || QuestionLexicon.openings[before.text] != nil
    }

    /// "or not", "isn't it", and "no." before a number.
    private static func isTag(_ tokens: [PromptToken], _ index: Int) -> Bool {
        // "..., isn't it?"
        if tokens[index].text == "not", index > 1, tokens[index - 2].text == ",", QuestionLexicon.polar[tokens[index - 1].text] != nil,
            index + 1 < tokens.count, tokens[index + 1].role == .function, index + 2 >= tokens.count || tokens[index + 2].role == .boundary
        {
            return true
        }
        if tokens[index].text == "not", index > 0, tokens[index - 1].text == "or" {
            return index + 1 >= tokens.count || !tokens[index + 1].isSubstance
        }
        guard tokens[index].text == "no" else { return false }
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        if next?.role == .number { return true }
        return next?.role == .boundary && index + 2 < tokens.count && tokens[index + 2].role == .number
    }

    /// `before` and its like where a date or a number is near.
    static func dateRelations(_ tokens: [PromptToken]) -> [String] {
        var result: [String] = []
        for (index, token) in tokens.enumerated() where token.traits.contains(.dateRelation) {
            let near = tokens[(index + 1)..<min(tokens.count, index + 3)]
            if near.contains(where: { $0.role == .date || $0.role == .number && $0.text.utf8.count == 4 }) {
                result.append(token.text == "till" ? "until" : token.text)
            }
        }
        return result
    }

    /// "3 sentences": form and number belong together.
    static func numberedForms(_ substance: [PromptToken]) -> [String] {
        var result: [String] = []
        for (one, other) in zip(substance, substance.dropFirst())
        where one.role == .number && one.key != "n:1" && counted.contains(other.key) {
            result.append(one.key + " " + other.key)
        }
        return result
    }

    /// Stems of what an answer's length is counted in.
    private static let counted = Set(
        ["sentence", "paragraph", "word", "line", "page", "bullet", "character", "step", "point"].map(WordForms.stem))

    // MARK: - Sides

    private enum Marker {
        case between(String)
        case reversed(String)
        case source
    }

    static let markers: Set<String> = [
        "to", "into", "onto", "from", "than", "over", "instead_of", "before", "after", "by", "of", "for", "in", "on", "with", "against",
        "about", "as", "without", "under", "at", "through", "via",
    ]

    private static func marker(_ tokens: [PromptToken], _ index: Int) -> Marker? {
        let token = tokens[index]
        guard token.traits.contains(.marker), !token.isQuoted else { return nil }
        switch token.text {
        case "to", "into", "onto": return isInfinitive(tokens, index) ? nil : .between("to")
        case "from": return .source
        case "than", "over", "instead_of": return .between("than")
        case "before": return .between("before")
        case "after": return .reversed("before")
        case "by", "of", "for", "in", "on", "with", "against", "about", "as", "without", "under", "at", "through", "via":
            return .between(token.text)
        default: return nil
        }
    }

    /// "How to sort", "want to sell".
    static func isInfinitive(_ tokens: [PromptToken], _ index: Int) -> Bool {
        guard tokens[index].text == "to", index > 0 else { return tokens[index].text == "to" }
        let before = tokens[index - 1]
        return before.role == .function && !FunctionWords.prepositions.contains(before.text)
            || ["want", "need", "like", "try", "able", "way", "going", "ought", "have", "order", "used", "how", "necessary"].contains(
                before.text)
    }

    static func sides(_ tokens: [PromptToken]) -> [String: PromptFacts.Sides] {
        var result: [String: PromptFacts.Sides] = [:]
        var left: [String] = []
        // Kinds of the markers whose right side is being read; true when the sides are reversed.
        var open: (kind: String, isReversed: Bool)?
        for index in tokens.indices {
            let token = tokens[index]
            let marker = marker(tokens, index)
            if token.isSubstance, marker == nil {
                left.append(token.key)
                if left.count > 12 { left.removeFirst() }
                if let open {
                    if open.isReversed {
                        result[open.kind, default: .init()].left.insert(token.key)
                    } else {
                        result[open.kind, default: .init()].right.insert(token.key)
                        if open.kind == "from" { result["to", default: .init()].left.insert(token.key) }
                    }
                }
                continue
            }
            if let marker {
                switch marker {
                case .between(let kind):
                    result[kind, default: .init()].left.formUnion(left)
                    open = (kind, false)
                case .reversed(let kind):
                    result[kind, default: .init()].right.formUnion(left)
                    open = (kind, true)
                case .source:
                    result["from", default: .init()].left.formUnion(left)
                    open = ("from", false)
                }
                left.removeAll()
            } else if token.role != .function && token.text != "-"
                || token.role == .function && !token.traits.contains(.article)
            {
                left.removeAll()
                open = nil
            }
        }
        return result
    }
}
