internal import YAMLDocument

/// Blots out credentials in the lines that problems show. A configuration error must not put a key into a log.
struct SecretMask {
    /// Per line, the stretches to blot out: columns from the first to just before the last, counted from 1.
    private var stretches: [Int: [Range<Int>]] = [:]
    /// False while nothing is known of the structure (a syntax error): then whole ends of lines are blotted out by the look of them.
    private var isStructural = false

    /// Without a tree.
    init() {}

    /// Every scalar under a key that names a credential or comes near to it, and every scalar that looks like one.
    init(_ document: YAMLDocument) {
        isStructural = true
        if let root = document.root { collect(root, isSecret: false) }
        for duplicate in document.duplicateKeys { collect(duplicate.value, isSecret: Self.namesCredential(duplicate.key)) }
    }

    /// True for texts that are credentials by their look, wherever they stand.
    static func looksLikeCredential(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower.hasPrefix("sk-") || lower.hasPrefix("bearer ") || (lower.contains("://") && lower.contains("@"))
    }

    /// The line with every letter of a credential replaced by `*`, so that columns stay. References such as `${NAME}` stay too.
    func masked(_ text: String, line: Int) -> String {
        guard isStructural else { return Self.maskedByLook(text) }
        var letters = Array(text.unicodeScalars)
        for stretch in stretches[line] ?? [] {
            let place = max(0, stretch.lowerBound - 1)..<min(letters.count, stretch.upperBound - 1)
            guard !place.isEmpty, !Self.isHarmless(String(String.UnicodeScalarView(letters[place]))[...]) else { continue }
            for index in place { letters[index] = "*" }
        }
        return String(String.UnicodeScalarView(letters))
    }

    private mutating func collect(_ node: YAMLNode, isSecret: Bool) {
        switch node.content {
        case .scalar(let scalar):
            guard isSecret || Self.looksLikeCredential(scalar.text) else { return }
            for line in node.start.line...max(node.start.line, node.end.line) {
                let first = line == node.start.line ? node.start.column : 1
                let last = line == node.end.line ? node.end.column : Int.max
                if first < last { stretches[line, default: []].append(first..<last) }
            }
        case .sequence(let items):
            for item in items { collect(item, isSecret: isSecret) }
        case .mapping(let entries):
            for entry in entries { collect(entry.value, isSecret: isSecret || Self.namesCredential(entry.key)) }
        }
    }

    private static func namesCredential(_ key: String) -> Bool {
        let plain = key.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
        if ["key", "secret", "password", "authorization"].contains(where: plain.contains) || plain.hasSuffix("token") { return true }
        return ["apikey", "apikeys", "headers"].contains { EditDistance.between($0, String(plain.prefix(64))) <= 2 }
    }

    private static func maskedByLook(_ line: String) -> String {
        let lower = line.lowercased()
        guard lower.utf8.count == line.utf8.count else { return line }
        var cut: String.Index?
        // In a flow mapping the key is what stands between the nearest brace or comma and its colon.
        for colon in lower.indices where lower[colon] == ":" {
            let key = lower[..<colon].reversed().prefix { !"{,[:".contains($0) }.reversed()
            if namesCredential(String(key.filter { $0 != "\"" && $0 != "'" })) {
                cut = lower.index(after: colon)
                break
            }
        }
        for token in ["sk-", "bearer ", "://"] {
            guard let range = lower.firstRange(of: token), token != "://" || lower[range.upperBound...].contains("@") else { continue }
            cut = min(cut ?? lower.endIndex, range.lowerBound)
        }
        guard let cut else { return line }
        let position = line.utf8.index(line.startIndex, offsetBy: lower.utf8.distance(from: lower.startIndex, to: cut))
        let value = line[position...]
        if isHarmless(value) { return line }
        return line[..<position] + String(value.map { $0 == " " ? " " : "*" })
    }

    /// True for references, brackets and quotes only: nothing is left once every `${...}` and a comment are taken out.
    private static func isHarmless(_ value: Substring) -> Bool {
        var rest = value.firstRange(of: " #").map { value[..<$0.lowerBound] } ?? value
        while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
            if rest[..<open.lowerBound].contains(where: { $0.isLetter || $0.isNumber }) { return false }
            rest = rest[rest.index(after: close)...]
        }
        return !rest.contains { $0.isLetter || $0.isNumber }
    }
}
