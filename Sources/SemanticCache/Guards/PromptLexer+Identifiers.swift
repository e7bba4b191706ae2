extension PromptLexer {
    /// Longest piece without white space that is looked at as one identifier, in scalars.
    private static let longest = 256

    /// URLs, e-mail addresses, paths, symbols of code, versions, flags, tags, hashes: whatever is one word to a machine.
    mutating func takeIdentifier() -> Bool {
        let first = scalars[position]
        guard ScalarClass.isLetter(first) || ScalarClass.isDigit(first) || "#@-/~.".unicodeScalars.contains(first) else { return false }
        var end = position
        let stop = min(scalars.count, position + Self.longest)
        while end < stop, !ScalarClass.isBlank(scalars[end]), !"\"`<>|".unicodeScalars.contains(scalars[end]) { end += 1 }
        var opens = 0
        var closes = 0
        for index in position..<end {
            if scalars[index] == "(" || scalars[index] == "[" || scalars[index] == "{" { opens += 1 }
            if scalars[index] == ")" || scalars[index] == "]" || scalars[index] == "}" { closes += 1 }
        }
        while end > position {
            let last = scalars[end - 1]
            if ".,;:!?'*".unicodeScalars.contains(last) {
                end -= 1
            } else if ")]}".unicodeScalars.contains(last), closes > opens {
                end -= 1
                closes -= 1
            } else {
                break
            }
        }
        guard end > position + 1 else { return false }
        let chunk = scalars[position..<end]
        let word = text(position..<end)
        let folded = word.lowercased()
        let known = folded.hasSuffix("'s") ? String(folded.dropLast(2)) : folded
        if let name = NameLexicon.signed[known] {
            append(.word, name, capitals: .initial)
            position = end
            return true
        }
        guard IdentifierShape.matches(chunk, folded) else { return false }
        append(.identifier, lexemes.isEmpty ? lowerFirst(word) : word)
        position = end
        return true
    }

    /// A prompt may begin with a capital or not.
    private func lowerFirst(_ word: String) -> String { word.prefix(1).lowercased() + word.dropFirst() }
}

/// What tells an identifier from a word.
enum IdentifierShape {
    static func matches(_ chunk: ArraySlice<Unicode.Scalar>, _ folded: String) -> Bool {
        guard let first = chunk.first else { return false }
        if folded.contains("://") || folded.hasPrefix("www.") { return true }
        let second = chunk.dropFirst().first
        let startsName = second.map(ScalarClass.isLetter) ?? false
        switch first {
        case "#", "@": return startsName
        case "-": return startsName || second == "-" && chunk.count > 2
        case "/", "~": return chunk.count > 1 && (startsName || second == "/" || second == ".")
        case ".": return startsName || second == "/" || chunk.count > 2 && second == "."
        default: break
        }
        return hasInnerStructure(chunk) || isHash(chunk) || isVersion(chunk)
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
