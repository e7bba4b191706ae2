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
        guard tokens[start].traits.contains(.beginsPhrase), isWord(tokens[start]) else { return nil }
        let tree = PhraseLexicon.tree
        var best: Match?
        // Branches are met only at asterisks: all others are followed in place.
        var open: [Branch] = []
        var place = Branch(node: tree[0].next[tokens[start].text] ?? 0, index: start + 1)
        while true {
            if let replacement = tree[place.node].replacement, place.index - start > best?.width ?? 0 {
                best = Match(width: place.index - start, replacement: replacement, wild: place.wild)
            }
            if place.index < tokens.count {
                let isWord = isWord(tokens[place.index])
                let next = isWord ? tree[place.node].next[tokens[place.index].text] : nil
                let any = tree[place.node].any.flatMap { isWord || tokens[place.index].role == .identifier ? $0 : nil }
                if let any {
                    let branch = Branch(node: any, index: place.index + 1, wild: place.wild + [place.index - start])
                    guard let next else {
                        place = branch
                        continue
                    }
                    open.append(branch)
                    place = Branch(node: next, index: place.index + 1, wild: place.wild)
                    continue
                }
                if let next {
                    place.node = next
                    place.index += 1
                    continue
                }
            }
            guard let branch = open.popLast() else { return best }
            place = branch
        }
    }

    private struct Branch {
        var node: Int
        var index: Int
        var wild: [Int] = []
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
        guard start + 2 < tokens.count, tokens[start + 1].text == "you", ["can", "could", "would", "will"].contains(tokens[start].text)
        else { return nil }
        let width = tokens[start + 2].text == "please" ? 3 : 2
        guard start + width < tokens.count else { return nil }
        let order = tokens[start + width].text
        return width == 3 || QuestionLexicon.orders[order] != nil || ["tell", "help", "show", "give"].contains(order) ? width : nil
    }
}
