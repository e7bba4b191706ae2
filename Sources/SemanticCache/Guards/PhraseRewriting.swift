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
            guard let match = longest(tokens, index) else {
                result.append(tokens[index])
                index += 1
                continue
            }
            append(match, tokens[index..<index + match.width], to: &result)
            index += match.width
        }
        return result
    }

    private struct Match {
        var width: Int
        var replacement: [String]
        /// Which of the tokens an asterisk stands for.
        var wild: [Int]
    }

    /// The longest pattern that begins here. A pattern has two asterisks at most, so that the branches are few.
    private static func longest(_ tokens: [PromptToken], _ start: Int) -> Match? {
        guard isWord(tokens[start]), PhraseLexicon.tree[0].next[tokens[start].text] != nil else { return nil }
        var best: Match?
        var open: [(node: Int, index: Int, wild: [Int])] = [(0, start, [])]
        while let (node, index, wild) = open.popLast() {
            if let replacement = PhraseLexicon.tree[node].replacement, index - start > best?.width ?? 0 {
                best = Match(width: index - start, replacement: replacement, wild: wild)
            }
            guard index < tokens.count else { continue }
            let token = tokens[index]
            if let any = PhraseLexicon.tree[node].any, isWord(token) || token.role == .identifier {
                open.append((any, index + 1, wild + [index - start]))
            }
            if isWord(token), let next = PhraseLexicon.tree[node].next[token.text] { open.append((next, index + 1, wild)) }
        }
        return best
    }

    private static func isWord(_ token: PromptToken) -> Bool { (token.role == .content || token.role == .number) && !token.isQuoted }

    private static func append(_ match: Match, _ matched: ArraySlice<PromptToken>, to result: inout [PromptToken]) {
        var wild = match.wild.makeIterator()
        let startsSentence = matched.first?.startsSentence ?? false
        for word in match.replacement {
            if word == "*" {
                if let place = wild.next() { result.append(matched[matched.startIndex + place]) }
                continue
            }
            var token = PromptToken(word: word)
            if word.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
                token.role = .number
                token.isSoftOne = word == "1"
            }
            if word == "*" || word == "/" { token.role = .sign }
            token.startsSentence = startsSentence
            result.append(token)
        }
    }

    /// "Could you please" before an order: how many tokens.
    private static func courtesy(_ tokens: [PromptToken], _ start: Int) -> Int? {
        guard start + 2 < tokens.count, ["can", "could", "would", "will"].contains(tokens[start].text), tokens[start + 1].text == "you"
        else { return nil }
        let width = tokens[start + 2].text == "please" ? 3 : 2
        guard start + width < tokens.count else { return nil }
        let order = tokens[start + width].text
        return width == 3 || QuestionLexicon.orders[order] != nil || ["tell", "help", "show", "give"].contains(order) ? width : nil
    }
}
