extension PromptLexer {
    /// Longest piece without white space that is looked at as one identifier, in scalars.
    private static let longest = 256

    /// What is known of a run of scalars without white space, quotes or angle brackets, however often it is looked at.
    struct Piece: Sendable {
        var end = -1
        /// The last scalar that may give it the structure of an identifier, and the last that is no letter.
        var lastMark = -1
        var lastSign = -1
    }

    /// URLs, e-mail addresses, paths, symbols of code, versions, flags, tags, hashes: whatever is one word to a machine.
    mutating func takeIdentifier() -> Bool {
        guard Self.mayBegin(scalars[position]) else { return false }
        if position >= piece.end { readPiece() }
        // Plain words: most of a prompt.
        if piece.lastSign < position, piece.lastMark <= position { return false }
        var end = trimmed(min(piece.end, position + Self.longest))
        if end < position + 2 { return false }
        if let name = signedName(&end) {
            append(.word, name, capitals: .initial)
            position = end
            return true
        }
        guard IdentifierShape.matches(scalars[position..<end], isMarked: piece.lastMark > position) else { return false }
        let word = text(position..<end)
        append(.identifier, lexemes.isEmpty ? lowerFirst(word) : word)
        position = end
        return true
    }

    private static func mayBegin(_ first: Unicode.Scalar) -> Bool {
        switch first {
        case "#", "@", "-", "/", "~", ".": true
        default: ScalarClass.isLetter(first) || ScalarClass.isDigit(first)
        }
    }

    private mutating func readPiece() {
        var read = Piece(end: position)
        var previous: Unicode.Scalar = " "
        while read.end < scalars.count {
            let scalar = scalars[read.end]
            if ScalarClass.isBlank(scalar) || Self.isFence(scalar) { break }
            if !ScalarClass.isLetter(scalar) {
                read.lastSign = read.end
                switch scalar {
                case "_", "@", "\\", ":", "(", ".", "/": read.lastMark = read.end
                default: break
                }
            } else if ScalarClass.isUpper(scalar), ScalarClass.isLower(previous) {
                read.lastMark = read.end
            }
            previous = scalar
            read.end += 1
        }
        piece = read
    }

    private static func isFence(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "`", "<", ">", "|": true
        default: false
        }
    }

    /// Without the punctuation and the closing brackets at its end.
    private func trimmed(_ stop: Int) -> Int {
        var end = stop
        var surplus: Int?
        while end > position {
            switch scalars[end - 1] {
            case ".", ",", ";", ":", "!", "?", "'", "*": end -= 1
            case ")", "]", "}":
                let left = surplus ?? closingSurplus(end)
                guard left > 0 else { return end }
                surplus = left - 1
                end -= 1
            default: return end
            }
        }
        return end
    }

    /// How many more brackets are closed than opened.
    private func closingSurplus(_ end: Int) -> Int {
        var surplus = 0
        for index in position..<end {
            switch scalars[index] {
            case "(", "[", "{": surplus -= 1
            case ")", "]", "}": surplus += 1
            default: break
            }
        }
        return surplus
    }

    /// Longest of the names that are looked up, in scalars.
    private static let longestName = 16

    private func signedName(_ end: inout Int) -> String? {
        guard end - position <= Self.longestName else { return nil }
        let folded = text(position..<end).lowercased()
        return NameLexicon.signed[folded.hasSuffix("'s") ? String(folded.dropLast(2)) : folded]
    }

    /// A prompt may begin with a capital or not.
    private func lowerFirst(_ word: String) -> String { word.prefix(1).lowercased() + word.dropFirst() }
}

/// What tells an identifier from a word.
enum IdentifierShape {
    /// - Parameter isMarked: whether anything in it may give it structure.
    static func matches(_ chunk: ArraySlice<Unicode.Scalar>, isMarked: Bool) -> Bool {
        guard let first = chunk.first else { return false }
        if isMarked, hasScheme(chunk) || chunk.prefix(4).elementsEqual("www.".unicodeScalars, by: { $0.value | 32 == $1.value | 32 }) {
            return true
        }
        let second = chunk.dropFirst().first
        let startsName = second.map(ScalarClass.isLetter) ?? false
        switch first {
        case "#", "@": return startsName
        case "-": return startsName || second == "-" && chunk.count > 2
        case "/", "~": return chunk.count > 1 && (startsName || second == "/" || second == ".")
        case ".": return startsName || second == "/" || chunk.count > 2 && second == "."
        default: break
        }
        return isMarked && hasInnerStructure(chunk) || isHash(chunk) || isVersion(chunk)
    }

    private static func hasScheme(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
        for index in chunk.indices.dropLast(2) where chunk[index] == ":" {
            if chunk[index + 1] == "/", chunk[index + 2] == "/" { return true }
        }
        return false
    }

    /// `snake_case`, `camelCase`, `file.ext`, `a@b.c`, `Foo::bar`, `call()`, `C:\dir`, `one/two/three`, `key=value`.
    private static func hasInnerStructure(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
        var previous: Unicode.Scalar = " "
        var slashes = 0
        var capitalAfterSmall = 0
        var isWord = true
        for index in chunk.indices {
            let scalar = chunk[index]
            let next = index + 1 < chunk.endIndex ? chunk[index + 1] : " "
            switch scalar {
            case "_" where ScalarClass.isLetter(previous) || ScalarClass.isDigit(previous) || ScalarClass.isLetter(next): return true
            case "@" where ScalarClass.isLetter(previous) && ScalarClass.isLetter(next): return true
            case "\\" where ScalarClass.isLetter(next) || previous == ":": return true
            case ":" where next == ":": return true
            case "(" where next == ")" && ScalarClass.isLetter(previous): return true
            case "." where isDot(chunk, index, previous, next): return true
            case "/": slashes += 1
            default: break
            }
            if ScalarClass.isUpper(scalar), ScalarClass.isLower(previous) { capitalAfterSmall += 1 }
            if !ScalarClass.isLetter(scalar) { isWord = false }
            previous = scalar
        }
        return slashes >= 2 && chunk.contains(where: ScalarClass.isLetter) || isWord && capitalAfterSmall > 0 && chunk.count > 2
    }

    /// A dot inside a name: two letters on either side, so that "e.g." and "U.S." are not meant.
    private static func isDot(_ chunk: ArraySlice<Unicode.Scalar>, _ index: Int, _ previous: Unicode.Scalar, _ next: Unicode.Scalar) -> Bool
    {
        guard ScalarClass.isLetter(next) || ScalarClass.isDigit(next) else { return false }
        if previous == ")" || previous == "]" { return true }
        guard ScalarClass.isLetter(previous) else { return false }
        let left = index - 2 >= chunk.startIndex && chunk[index - 2] != "."
        let right = index + 2 < chunk.endIndex && chunk[index + 2] != "."
        return left || right
    }

    /// Seven or more hexadecimal digits, letters and figures among them; UUIDs; `0x1f`.
    private static func isHash(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
        if chunk.count > 2, chunk.first == "0", chunk.dropFirst().first == "x" { return true }
        guard chunk.count >= 7 else { return false }
        var figures = 0
        var letters = 0
        for scalar in chunk {
            if ScalarClass.isDigit(scalar) {
                figures += 1
            } else if scalar.value | 32 >= 97 && scalar.value | 32 <= 102 {
                letters += 1
            } else if scalar != "-" {
                return false
            }
        }
        return figures > 0 && letters > 0
    }

    /// `v2`, `v1.2.3`, `1.2.3-beta`, `10.0.0.1`, `10.0.0.0/8`.
    private static func isVersion(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = chunk
        let isMarked = rest.first.map { $0.value | 32 == 118 } ?? false
        if isMarked { rest = rest.dropFirst() }
        guard let first = rest.first, ScalarClass.isDigit(first) else { return false }
        var points = 0
        for index in rest.indices {
            let scalar = rest[index]
            if scalar == ".", index + 1 < rest.endIndex, ScalarClass.isDigit(rest[index + 1]) {
                points += 1
            } else if !ScalarClass.isDigit(scalar) {
                // The third part of a date of dots is a year.
                return points >= 2 || isMarked && points > 0
            }
        }
        if points == 2, let last = rest.split(separator: ".").last, last.count == 4 { return false }
        return points >= 2 || isMarked
    }
}
