internal import Cascade
internal import FastJSON

/// Tells tools that only read from those that may change something: an answer that calls one of the latter must not come from a cache.
///
/// A tool is taken to read only when the operator says so, when it says so itself (`"annotations": {"readOnlyHint": true}`, as in the Model
/// Context Protocol), or when its name begins with a reading verb. Everything else may change something: tools that the provider hosts,
/// tools of unknown types and tools that declare `readOnlyHint: false` included.
struct ToolEffects: Sendable {
    private let names: Set<String>
    private let prefixes: [String]

    /// - Parameter readOnly: exact names; a trailing `*` stands for any ending.
    init(readOnly: [String]) {
        names = Set(readOnly.filter { !$0.hasSuffix("*") })
        prefixes = readOnly.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    }

    /// ``CacheBypass/tools`` when some tool may change something and may be called.
    func bypass(_ request: CacheableRequest) -> CacheBypass? {
        if let choice = request.toolChoice, request.body.isString("none", choice) { return nil }
        let onlyRead =
            request.tools.allSatisfy { tool in onlyReads(tool, in: request.body) }
            && request.functions.allSatisfy { function in onlyReads(function: function, of: function, in: request.body) }
        return onlyRead ? nil : .tools
    }

    private func onlyReads(_ tool: CanonicalJSON.Value, in body: CanonicalJSON) -> Bool {
        guard let type = body.member("type", of: tool) else {
            return body.member("function", of: tool).map { onlyReads(function: $0, of: tool, in: body) } ?? false
        }
        if body.isString("function", type), let function = body.member("function", of: tool) {
            return onlyReads(function: function, of: tool, in: body)
        }
        if body.isString("custom", type), let custom = body.member("custom", of: tool) {
            return onlyReads(function: custom, of: tool, in: body)
        }
        return false
    }

    private func onlyReads(function: CanonicalJSON.Value, of tool: CanonicalJSON.Value, in body: CanonicalJSON) -> Bool {
        guard let name = body.member("name", of: function).flatMap(body.text(of:)) else { return false }
        if isListed(name) { return true }
        for holder in [function, tool] {
            guard let annotations = body.member("annotations", of: holder),
                let hint = body.member("readOnlyHint", of: annotations), hint.kind == .bool
            else { continue }
            return body.bytes(of: hint).elementsEqual("true".utf8)
        }
        return ToolName.soundsReadOnly(name)
    }

    private func isListed(_ name: String) -> Bool {
        names.contains(name) || prefixes.contains { name.utf8.starts(with: $0.utf8) }
    }
}

/// What a tool's name gives away.
enum ToolName {
    /// Whether its first word is a reading verb, and every verb behind an `and`, `or` or `then` is one, too. In names with a name space
    /// (`calendar.list_events`, `github__list_issues`) the last section counts.
    static func soundsReadOnly(_ name: String) -> Bool {
        let words = words(name)
        guard let first = words.first, readingVerbs.contains(first) else { return false }
        if words.count > 1, otherMeanings[first]?.contains(words[1]) == true { return false }
        for (word, next) in zip(words, words.dropFirst()) where conjunctions.contains(word) {
            guard readingVerbs.contains(next) else { return false }
        }
        return true
    }

    /// The words of a name in snake_case, camelCase, PascalCase or kebab-case, in lower case.
    static func words(_ name: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var previous: UInt8 = 0
        let bytes = Array(name.utf8)
        for (index, byte) in bytes.enumerated() {
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            let isLetter = isUpper || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            // `listFiles` and `HTTPGet`: a capital begins a word after a small letter, and before one.
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            let nextIsSmall = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next)
            if !isLetter && !isDigit || isUpper && (nextIsSmall || previous >= UInt8(ascii: "a")) {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word = []
            }
            let isBoundary = [".", "/", ":"].contains(UnicodeScalar(byte)) || byte == UInt8(ascii: "_") && previous == byte
            if isBoundary { words = [] }
            if isLetter || isDigit { word.append(isUpper ? byte | 0x20 : byte) }
            previous = byte
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static let conjunctions: Set<String> = ["and", "or", "then"]

    /// Words that make an act of a reading verb: `check_out`, `get_rid_of`, `read_write`.
    private static let otherMeanings: [String: Set<String>] = [
        "check": ["in", "out", "off"], "get": ["rid"], "look": ["after"], "read": ["write"], "show": ["up"], "count": ["down"],
    ]

    private static let readingVerbs: Set<String> = [
        "get", "list", "search", "find", "look", "lookup", "read", "fetch", "query", "calculate", "compute", "calc", "convert", "describe",
        "check", "show", "count", "translate", "view", "browse", "retrieve", "inspect", "explain", "summarize", "summarise", "analyze",
        "analyse", "compare", "validate", "verify", "parse", "preview", "detect", "classify", "extract", "measure", "estimate", "lint",
        "geocode", "recall", "is", "has", "exists", "whois", "grep", "glob", "enumerate", "tokenize", "tokenise",
    ]
}
