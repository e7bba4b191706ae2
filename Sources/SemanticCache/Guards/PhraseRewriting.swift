/// Applies ``PhraseLexicon`` from left to right, the longest rule first.
enum PhraseRewriting {
    static func rewritten(_ tokens: [PromptToken]) -> [PromptToken] {
        var result: [PromptToken] = []
        result.reserveCapacity(tokens.count)
        var index = 0
        while index < tokens.count {
            if let width = courtesy(tokens, index) {
                index += width
                continue
            }
            guard isWord(tokens[index]), let rules = PhraseLexicon.rules[tokens[index].text],
                let rule = rules.first(where: { matches($0, tokens, index) })
            else {
                result.append(tokens[index])
                index += 1
                continue
            }
            append(rule, tokens[index..<index + rule.pattern.count], to: &result)
            index += rule.pattern.count
        }
        return result
    }

    private static func isWord(_ token: PromptToken) -> Bool { (token.role == .content || token.role == .number) && !token.isQuoted }

    private static func matches(_ rule: PhraseLexicon.Rule, _ tokens: [PromptToken], _ start: Int) -> Bool {
        guard start + rule.pattern.count <= tokens.count else { return false }
        for (offset, word) in rule.pattern.enumerated() {
            let token = tokens[start + offset]
            guard word == "*" ? isWord(token) || token.role == .identifier : isWord(token) && word == token.text else { return false }
        }
        return true
    }

    private static func append(_ rule: PhraseLexicon.Rule, _ matched: ArraySlice<PromptToken>, to result: inout [PromptToken]) {
        var wild = zip(rule.pattern, matched).filter { $0.0 == "*" }.map(\.1).makeIterator()
        let startsSentence = matched.first?.startsSentence ?? false
        for word in rule.replacement {
            if word == "*" {
                if let token = wild.next() { result.append(token) }
                continue
            }
            var token = PromptToken(word: word)
            if word.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) { token.role = .number; token.isSoftOne = word == "1" }
            token.startsSentence = startsSentence
            result.append(token)
        }
    }

    /// "Could you please" before an order: how many tokens.
    private static func courtesy(_ tokens: [PromptToken], _ start: Int) -> Int? {
        guard start + 2 < tokens.count, ["can", "could", "would", "will"].contains(tokens[start].text), tokens[start + 1].text == "you" else { return nil }
        let width = tokens[start + 2].text == "please" ? 3 : 2
        guard start + width < tokens.count else { return nil }
        let order = tokens[start + width].text
        return width == 3 || QuestionLexicon.orders[order] != nil || ["tell", "help", "show", "give"].contains(order) ? width : nil
    }
}
