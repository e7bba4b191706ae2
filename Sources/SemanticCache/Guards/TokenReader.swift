/// Makes tokens of lexemes: contractions, phrases, number words, then each token's role and key.
struct TokenReader {
    private(set) var tokens: [PromptToken] = []
    private var forms: [String: Form] = [:]
    let isShouted: Bool
    /// Has a sign of mathematics that is no dash.
    let isFormula: Bool

    init(_ lexemes: [Lexeme]) {
        isShouted = Self.isShouted(lexemes)
        isFormula = lexemes.contains { $0.kind == .symbol && ($0.text == "=" || $0.text == "^") }
        tokens.reserveCapacity(lexemes.count + 8)
        for lexeme in lexemes { expand(lexeme) }
        tokens = PhraseRewriting.rewritten(PhraseRewriting.rewritten(tokens))
        tokens = NumberWords.merged(tokens)
        for index in tokens.indices { assignRole(index) }
        for index in tokens.indices.dropFirst() where tokens[index].role == .unit && tokens[index - 1].text == "1" {
            tokens[index - 1].isSoftOne = true
        }
        tokens.removeAll { $0.text == "\u{B0}" }
        for index in tokens.indices.dropFirst().reversed() where tokens[index].role == .unit && tokens[index - 1].key == "degree" {
            tokens.remove(at: index - 1)
        }
    }

    /// More capitals than small letters: then capitals say nothing.
    private static func isShouted(_ lexemes: [Lexeme]) -> Bool {
        var shouted = 0
        var words = 0
        for lexeme in lexemes.dropFirst() where lexeme.kind == .word && lexeme.text.utf8.count > 1 {
            words += 1
            if lexeme.capitals == .all { shouted += 1 }
        }
        return words >= 3 && shouted * 5 >= words * 3
    }

    // MARK: - Contractions

    private mutating func expand(_ lexeme: Lexeme) {
        var token = PromptToken(lexeme)
        if lexeme.kind == .identifier, lexeme.text.allSatisfy(\.isLetter) {
            token.role = .content
            token.raw = lexeme.text
            token.text = lexeme.text.lowercased()
            token.key = token.text
            token.isSymbol = true
            token.capitals = .initial
        }
        if token.text.utf8.count >= 7, token.text.hasSuffix("ise") { token.text = token.text.dropLast(2) + "ze" }
        guard lexeme.kind == .word else {
            tokens.append(token)
            return
        }
        if token.traits.contains(.contraction), let words = Contractions.whole[lexeme.text] {
            for word in words { tokens.append(part(word, of: token)) }
            return
        }
        guard lexeme.text.utf8.contains(UInt8(ascii: "'")) else {
            tokens.append(token)
            return
        }
        for word in Contractions.parts(lexeme.text) { tokens.append(part(word, of: token)) }
    }

    private func part(_ word: String, of token: PromptToken) -> PromptToken {
        var result = token
        result.text = word
        result.key = word
        if word != token.text { result.raw = token.raw.map { String($0.prefix(word.count)) } }
        return result
    }

    // MARK: - Roles

    private mutating func assignRole(_ index: Int) {
        guard tokens[index].role == .content else {
            if tokens[index].role == .sign { readSign(index) }
            if tokens[index].role == .number { tokens[index].key = "n:" + tokens[index].text }
            return
        }
        let token = tokens[index]
        if token.traits.contains(.spokenOperator), let sign = Self.spokenOperators[token.text], isOperand(previous(index)),
            isOperand(next(index)), previous(index)?.role == .number || next(index)?.role == .number, next(index)?.text != "a"
        {
            become(index, sign)
        } else if token.text.hasPrefix("<") {
            tokens[index].role = .function
        } else if isDate(index), let date = DateLexicon.word(token.text) {
            tokens[index].role = .date
            tokens[index].key = date
        } else if let unit = unit(index) {
            tokens[index].role = .unit
            tokens[index].key = unit
        } else {
            readWord(index)
        }
    }

    private mutating func readWord(_ index: Int) {
        let token = tokens[index]
        let isCapital = token.capitals != .none && !isShouted
        let isAcronym = isCapital && token.capitals == .all && ["it", "us", "who"].contains(token.text)
        if !isAcronym, !isLabel(index), !token.traits.isDisjoint(with: [.function, .denial]) {
            tokens[index].role = .function
            return
        }
        let isKnown = token.traits.contains(.name)
        let country = isKnown && isAttribute(index) ? NameLexicon.demonyms[token.text] : nil
        let known = token.text == "us" ? "usa" : isKnown ? country ?? NameLexicon.aliases[token.text] : nil
        tokens[index].isName =
            known != nil || isKnown && NameLexicon.contains(token.text) || isCapital && (!token.startsSentence || token.capitals == .all)
        let form = form(of: token.text)
        tokens[index].key = known ?? form.key
        if known.map(FunctionWords.softKeys.contains) ?? false || form.isSoft, !tokens[index].isName || token.startsSentence {
            tokens[index].role = .soft
        }
    }

    /// What a word comes to, kept for when it comes again.
    private struct Form {
        var key: String
        var isSoft: Bool
    }

    private mutating func form(of word: String) -> Form {
        if let known = forms[word] { return known }
        let stem = WordForms.stem(word)
        let key = SynonymLexicon.canonical(stem)
        let form = Form(key: key, isSoft: FunctionWords.softKeys.contains(key) || FunctionWords.softKeys.contains(stem))
        forms[word] = form
        return form
    }

    /// "A German bank", and not "German grammar".
    private func isAttribute(_ index: Int) -> Bool {
        if token(index, hasSuffix: "s"), !["swiss", "portuguese"].contains(tokens[index].text) { return true }
        guard let next = next(index), next.role == .content, next.isQuoted == tokens[index].isQuoted else { return false }
        return !FunctionWords.contains(next.text) && !NameLexicon.linguistic.contains(next.text)
    }

    private func token(_ index: Int, hasSuffix suffix: String) -> Bool { tokens[index].text.hasSuffix(suffix) }

    /// "Service A": a letter that names something.
    private func isLabel(_ index: Int) -> Bool {
        if isOperandLetter(index) { return true }
        guard tokens[index].text == "a", tokens[index].capitals != .none, !tokens[index].startsSentence, !isShouted else { return false }
        guard let next = next(index), next.role == .content else { return true }
        return FunctionWords.contains(next.text)
    }

    /// "Copy a to b", "a == b", "i++": neither an article nor a pronoun.
    private func isOperandLetter(_ index: Int) -> Bool {
        let text = tokens[index].text
        guard text == "a" || text == "i", tokens[index].capitals == .none || tokens[index].startsSentence else { return false }
        if let next = next(index), next.role == .sign, isOperatorSign(next.text) { return true }
        if let before = previous(index), before.key.hasPrefix("op:"), next(index)?.role != .content || text == "i" { return true }
        guard text == "a", index > 0 else { return false }
        guard let next = next(index) else { return true }
        return next.role == .boundary || ["to", "and", "or", "is", "are", "from", "into", "with", "by", "of", "in"].contains(next.text)
    }

    private func isOperatorSign(_ sign: String) -> Bool {
        PromptLexer.operators.contains(sign) || ["=", "<", ">", "+", "*", "^", "|", "&"].contains(sign)
    }

    private func isDate(_ index: Int) -> Bool {
        let token = tokens[index]
        guard token.traits.contains(.date) else { return false }
        if token.text == "bc" || token.text == "bce" { return previous(index)?.role == .number || previous(index)?.text == "century" }
        guard DateLexicon.ambiguous.contains(token.text) else { return true }
        if DateLexicon.abbreviations.contains(token.text) {
            return [next(index), previous(index)].contains { $0?.role == .number || $0.flatMap { DateLexicon.word($0.text) } != nil }
        }
        if next(index)?.role == .number || previous(index)?.role == .number { return true }
        if let before = previous(index)?.text,
            ["in", "since", "until", "last", "next", "during", "early", "late", "mid", "of", "by", "this"].contains(before)
        {
            return token.text != "second"
        }
        return token.capitals != .none && !token.startsSentence && !isShouted
    }

    private func unit(_ index: Int) -> String? {
        let token = tokens[index]
        if token.text.utf8.count == 1, previous(index)?.text == "in", next(index).map({ $0.role == .boundary }) ?? true,
            let unit = UnitLexicon.glued(token.text), !Self.shortWords.contains(token.text)
        {
            return unit
        }
        if let before = previous(index) {
            if before.text == "\u{B0}" || before.key == "degree", token.text == "c" || token.text == "f" || token.text == "k" {
                return UnitLexicon.glued(token.text.uppercased())
            }
            if before.text == "\u{B0}" { return UnitLexicon.glued(token.raw ?? token.text) }
            let isCapital = !isShouted && token.raw?.utf8.count == 1
            if before.role == .number, token.text.utf8.count <= 4, isCapital || !Self.shortWords.contains(token.text),
                let unit = UnitLexicon.glued(isShouted ? token.text : token.raw ?? token.text)
            {
                return unit
            }
        }
        return token.traits.contains(.unit) ? UnitLexicon.word(token.text) : nil
    }

    /// Signs of units that are letters or words as well: units only where glued to a figure.
    private static let shortWords: Set<String> = [
        "in", "a", "x", "u", "n", "p", "d", "y", "t", "c", "f", "s", "b", "v", "j", "bar", "cal", "ct", "pt",
    ]

    static let spokenOperators: [String: String] = ["plus": "+", "minus": "-", "times": "*", "*": "*", "/": "/", "\u{D7}": "*"]

    private mutating func readSign(_ index: Int) {
        let token = tokens[index]
        let isBetween = isOperand(previous(index)) && isOperand(next(index))
        let betweenNumbers = previous(index)?.role == .number && next(index)?.role == .number
        switch token.text {
        case "+", "*", "\u{D7}", "\u{F7}", "/":
            if isBetween || token.text == "+" {
                become(index, token.text == "\u{D7}" ? "*" : token.text == "\u{F7}" ? "/" : token.text)
            }
        case "-" where isBetween && (token.raw != nil || isFormula): become(index, "-")
        case "-" where betweenNumbers:
            tokens[index].role = .function
            tokens[index].key = "-"
        case "=", "<", ">", "^", "|", "~", "\\", "&": become(index, token.text)
        case let sign where PromptLexer.operators.contains(sign): become(index, sign)
        default: break
        }
    }

    /// A number, or a letter that stands for one.
    private func isOperand(_ token: PromptToken?) -> Bool {
        guard let token else { return false }
        return token.role == .number || token.text.utf8.count == 1 && (token.role == .content || token.role == .function)
    }

    private mutating func become(_ index: Int, _ sign: String) {
        tokens[index].role = .content
        tokens[index].key = "op:" + sign
    }

    private func previous(_ index: Int) -> PromptToken? { index > 0 ? tokens[index - 1] : nil }
    private func next(_ index: Int) -> PromptToken? { index + 1 < tokens.count ? tokens[index + 1] : nil }
}
