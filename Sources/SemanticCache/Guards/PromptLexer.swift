/// Cuts a prompt into ``Lexeme``s in one pass from left to right; every position is looked at a bounded number of times.
struct PromptLexer {
    private(set) var lexemes: [Lexeme] = []
    /// Quoted strings, code and bracketed lists, white space collapsed, as they were written.
    private(set) var quotes: [String] = []

    let scalars: [Unicode.Scalar]
    /// ``scalars`` as UTF-8, and where in it each begins: pieces are copied out of it.
    private let bytes: [UInt8]
    private let offsets: [Int]
    /// The piece without white space that was looked at last.
    var piece = Piece()
    var position = 0
    var startsSentence = true
    private var quotedUntil = -1
    private var nextClosing: [Unicode.Scalar: [Int]] = [:]

    init(_ text: String) {
        scalars = text.unicodeScalars.map(ScalarClass.folded)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var offsets: [Int] = []
        offsets.reserveCapacity(scalars.count + 1)
        for scalar in scalars {
            offsets.append(bytes.count)
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
        offsets.append(bytes.count)
        self.bytes = bytes
        self.offsets = offsets
        lexemes.reserveCapacity(scalars.count / 4)
        while position < scalars.count { step() }
    }

    private mutating func step() {
        let scalar = scalars[position]
        if ScalarClass.isBlank(scalar) {
            position += 1
        } else if startsChunk, takeIdentifier() {
            return
        } else if openQuote(scalar) {
            return
        } else if ScalarClass.isDigit(scalar) {
            takeNumber()
        } else if ScalarClass.isLetter(scalar) {
            takeWord()
        } else {
            takeSymbol(scalar)
        }
    }

    /// At the beginning, after white space, or after an opening bracket or quote.
    private var startsChunk: Bool {
        guard position > 0 else { return true }
        let previous = scalars[position - 1]
        if ScalarClass.isBlank(previous) { return true }
        switch previous {
        case "(", "[", "{", "\"", "'", "`", ",", ";": return true
        default: return false
        }
    }

    func scalar(at index: Int) -> Unicode.Scalar? { index >= 0 && index < scalars.count ? scalars[index] : nil }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[offsets[range.lowerBound]..<offsets[range.upperBound]], as: UTF8.self)
    }

    mutating func append(_ kind: Lexeme.Kind, _ text: String, raw: String? = nil, capitals: Lexeme.Capitals = .none) {
        let isQuoted = position < quotedUntil
        lexemes.append(
            Lexeme(kind: kind, text: text, raw: raw, capitals: capitals, startsSentence: startsSentence && !isQuoted, isQuoted: isQuoted))
        if kind != .boundary, kind != .symbol { startsSentence = false }
    }

    // MARK: - Words and signs

    private mutating func takeWord() {
        let start = position
        if ScalarClass.isUnspaced(scalars[start]) {
            append(.word, text(start..<start + 1))
            position += 1
            return
        }
        var end = start
        var upper = 0
        var letters = 0
        while end < scalars.count {
            let scalar = scalars[end]
            if ScalarClass.isUnspaced(scalar) { break }
            if ScalarClass.isLetter(scalar) {
                if ScalarClass.isUpper(scalar) { upper += 1 }
                letters += 1
            } else if scalar == "'" {
                guard let next = self.scalar(at: end + 1), ScalarClass.isLetter(next), end > start else { break }
            } else {
                break
            }
            end += 1
        }
        let capitals: Lexeme.Capitals = upper == 0 ? .none : upper == letters && letters > 1 ? .all : .initial
        let raw = text(start..<end)
        append(
            .word, upper == 0 && raw.utf8.count == end - start ? raw : raw.lowercased(), raw: capitals == .none ? nil : raw,
            capitals: capitals)
        position = end
    }

    private mutating func takeSymbol(_ scalar: Unicode.Scalar) {
        if takeOperator(scalar) { return }
        switch scalar {
        case ".", "!", "?", "\u{3002}", "\u{061F}", "\u{0964}":
            append(.boundary, String(scalar))
            startsSentence = true
        case ":" where self.scalar(at: position + 1).map(ScalarClass.isBlank) ?? true:
            append(.boundary, ":")
            startsSentence = true
        case "$": append(.unit, "usd")
        case "\u{20AC}": append(.unit, "eur")
        case "\u{A3}": append(.unit, "gbp")
        case "\u{A5}": append(.unit, "jpy")
        case "\u{20B9}": append(.unit, "inr")
        case "%": append(.unit, "percent")
        case "&": append(.word, "and")
        case "\u{2192}": append(.word, "to")
        case "-" where self.scalar(at: position + 1) == ">":
            append(.word, "to")
            position += 1
        case "-" where isInnerHyphen: break
        case "-" where isSpaced: append(.symbol, "-", raw: " - ")
        case "[", "{":
            takeBracketed(scalar)
            append(.symbol, String(scalar))
        default:
            if ScalarClass.isPictograph(scalar) {
                append(.word, String(scalar))
            } else if !ScalarClass.isInvisible(scalar) {
                append(.symbol, String(scalar))
            }
        }
        position += 1
    }

    /// White space on either side.
    private var isSpaced: Bool {
        guard let before = scalar(at: position - 1), let after = scalar(at: position + 1) else { return false }
        return ScalarClass.isBlank(before) && ScalarClass.isBlank(after)
    }

    /// "Command-line" is "command line".
    private var isInnerHyphen: Bool {
        guard let before = scalar(at: position - 1), let after = scalar(at: position + 1) else { return false }
        return ScalarClass.isLetter(after) && (ScalarClass.isLetter(before) || ScalarClass.isDigit(before))
            || ScalarClass.isLetter(before) && ScalarClass.isDigit(after)
    }

    // MARK: - Quotes

    /// Notes what is quoted; its words are lexed all the same.
    private mutating func openQuote(_ mark: Unicode.Scalar) -> Bool {
        guard mark == "\"" || mark == "`" || mark == "'" else { return false }
        if position <= quotedUntil {
            position += 1
            return true
        }
        if mark == "'" {
            let before = scalar(at: position - 1)
            let isOpening = before.map { !ScalarClass.isLetter($0) && !ScalarClass.isDigit($0) } ?? true
            guard isOpening, scalar(at: position + 1).map({ !ScalarClass.isBlank($0) }) ?? false else {
                position += 1
                return true
            }
        }
        let start = position
        var width = 1
        if mark == "`" { while scalar(at: start + width) == "`" { width += 1 } }
        guard let close = closing(mark, after: start + width) else {
            position += width
            return true
        }
        var body = collapsed(start + width..<close)
        if width > 2, let space = body.firstIndex(of: " "), Self.codeLanguages.contains(String(body[..<space])) {
            body = String(body[body.index(after: space)...])
        }
        if !body.isEmpty { quotes.append(body) }
        position = start + width
        quotedUntil = close + width - 1
        return true
    }

    /// What is said of the code in the first line of a fence.
    private static let codeLanguages = FunctionWords.words(
        """
        swift python py javascript js typescript ts java c cpp csharp go rust ruby php kotlin scala bash sh shell console json yaml xml
        html css sql text
        diff ini toml
        """)

    /// The next mark that may close a quotation, from a table made once per mark.
    private mutating func closing(_ mark: Unicode.Scalar, after index: Int) -> Int? {
        if nextClosing[mark] == nil {
            var table = [Int](repeating: -1, count: scalars.count + 1)
            var last = -1
            for place in stride(from: scalars.count - 1, through: 0, by: -1) {
                if scalars[place] == mark {
                    let after = scalar(at: place + 1)
                    let before = scalar(at: place - 1)
                    let closes = mark != "'" || !(after.map(ScalarClass.isLetter) ?? false) && !(before.map(ScalarClass.isBlank) ?? true)
                    if closes { last = place }
                }
                table[place] = last
            }
            nextClosing[mark] = table
        }
        guard let table = nextClosing[mark], index < table.count, table[index] >= 0 else { return nil }
        return table[index]
    }

    private func collapsed(_ range: Range<Int>) -> String {
        var result = String.UnicodeScalarView()
        for scalar in scalars[range] {
            if ScalarClass.isBlank(scalar) {
                if let last = result.last, last != " " { result.append(" ") }
            } else {
                result.append(scalar)
            }
        }
        while result.last == " " { result.removeLast() }
        return String(result)
    }

    /// `[3, 1, 2]` and `{"a": 1}`: the order of what stands in brackets counts.
    private mutating func takeBracketed(_ open: Unicode.Scalar) {
        let close: Unicode.Scalar = open == "[" ? "]" : "}"
        guard position > quotedUntil, let end = closing(close, after: position + 1) else { return }
        quotes.append(text(position + 1..<end).filter { !$0.isWhitespace })
        quotedUntil = max(quotedUntil, end)
    }
}
