extension PromptLexer {
    /// Operators of several signs, `\d`, and `!` before a word: each is one sign to the guards.
    mutating func takeOperator(_ first: Unicode.Scalar) -> Bool {
        if first == "\\" { return takeEscape() }
        guard Self.isOperator(first) else { return false }
        var end = position
        while end < position + 4, let scalar = scalar(at: end), Self.isOperator(scalar) { end += 1 }
        guard end < position + 4 || scalar(at: end).map({ !Self.isOperator($0) }) ?? true else { return false }
        let sign = text(position..<end)
        guard end - position > 1, Self.operators.contains(sign), isOperator(sign, end) else { return false }
        append(.symbol, sign)
        position = end
        return true
    }

    /// Not a dash, and not the stars around bold text.
    private func isOperator(_ sign: String, _ end: Int) -> Bool {
        let isOpen = scalar(at: position - 1).map(ScalarClass.isBlank) ?? true
        let isClosed = scalar(at: end).map { ScalarClass.isBlank($0) || ").,;?".unicodeScalars.contains($0) } ?? true
        switch sign {
        case "--": return isOpen != isClosed
        case "**": return isOpen == isClosed
        // Not two question marks, nor one before a full stop or a colon.
        case "??", "?:": return isOpen && hasMore(after: end)
        case "?.": return scalar(at: end).map(ScalarClass.isLetter) ?? false
        default: return true
        }
    }

    private func hasMore(after end: Int) -> Bool {
        var next = end
        while let scalar = scalar(at: next) {
            if !ScalarClass.isBlank(scalar) { return true }
            next += 1
        }
        return false
    }

    /// `\d` is not `\D`.
    private mutating func takeEscape() -> Bool {
        guard let letter = scalar(at: position + 1), letter.isASCII, ScalarClass.isLetter(letter) else { return false }
        if let after = scalar(at: position + 2), ScalarClass.isLetter(after) || ScalarClass.isDigit(after) { return false }
        append(.identifier, text(position..<position + 2))
        position += 2
        return true
    }

    private static func isOperator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "<", ">", "!", "&", "|", "+", "-", "*", "/", "%", "^", "~", ":", "?": true
        default: false
        }
    }

    /// What is one sign in a programming language.
    static let operators: Set<String> = [
        "==", "===", "!=", "!==", "<=", ">=", "<=>", "<>", "&&", "||", "++", "--", "<<", ">>", ">>>", ":=", "=>", "+=", "-=", "*=", "/=",
        "%=", "**", "//", "??", "?.", "?:", "|>", "=~", "~=", "&=", "|=", "^=", "<-",
    ]
}
