internal import YAMLDocument

/// What one reading of a configuration shares between its sections: the text, the environment, and everything found wrong so far.
/// It lives during one `load` and never leaves it.
final class ConfigurationReader {
    /// Providers whose `api_key` stands in the file.
    var providersWithOwnKey: Set<String> = []
    let environment: [String: String]
    private(set) var problems: [ConfigurationProblem] = []
    /// Every key that was asked for, in order: the catalogue that the documentation is compared with.
    private(set) var keys: [ConfigurationKey] = []

    /// Every key there is, read or not yet.
    private(set) lazy var allKeys = GatewayConfiguration.keys

    private let fileName: String
    private let lines: [String]
    /// What must not be shown. Set as soon as the structure of the text is known.
    var mask = SecretMask()
    private var overrides: [String: ConfigurationOverride] = [:]
    private var overridesTaken: Set<String> = []
    private var messagesSaidOnce: Set<String> = []

    /// - Parameter overrides: the later ones win.
    init(fileName: String, lines: [String], environment: [String: String], overrides: [ConfigurationOverride]) {
        self.fileName = fileName
        self.lines = lines
        self.environment = environment
        for override in overrides { self.overrides[override.key] = override }
    }

    /// The value set from outside for `path`, if there is one.
    func setting(of path: String) -> ConfigurationOverride? {
        overridesTaken.insert(path)
        return overrides[path]
    }

    func declare(_ key: ConfigurationKey) {
        keys.append(key)
    }

    func report(_ severity: ConfigurationProblem.Severity, at range: SourceRange?, _ message: String) {
        let place = range.map { self.place(of: $0) }
        problems.append(ConfigurationProblem(severity: severity, source: fileName, place: place, message: message))
    }

    func report(_ severity: ConfigurationProblem.Severity, inSource source: String, _ message: String) {
        problems.append(ConfigurationProblem(severity: severity, source: source, place: nil, message: message))
    }

    /// Of the problems with this message only the first in the text is told.
    func sayOnce(_ message: String) {
        messagesSaidOnce.insert(message)
    }

    /// The white space that a line begins with; empty for a line that is not there.
    func indentation(ofLine line: Int) -> Substring {
        lines.indices.contains(line - 1) ? lines[line - 1].prefix { $0 == " " || $0 == "\t" } : ""
    }

    /// Reports overrides of keys that nobody asked for.
    func reportUnknownOverrides() {
        let known = keys.filter { !$0.section.contains("*") }.map(\.path)
        for (path, override) in overrides where !overridesTaken.contains(path) {
            let hint = EditDistance.nearest(to: path, among: known).map { "; did you mean '\($0)'?" } ?? ""
            report(.error, inSource: override.source, "unknown key '\(path)'\(hint)")
        }
    }

    /// The problems in the order of the text, those without a place last.
    func sortedProblems() -> [ConfigurationProblem] {
        var unsaid = messagesSaidOnce
        return problems.enumerated().sorted { left, right in
            switch (left.element.place, right.element.place) {
            case (let a?, let b?): (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
            case (.some, nil): true
            case (nil, .some): false
            case (nil, nil):
                (left.element.source, left.element.message, left.offset) < (right.element.source, right.element.message, right.offset)
            }
        }.map(\.element).filter { !messagesSaidOnce.contains($0.message) || unsaid.remove($0.message) != nil }
    }

    private func place(of range: SourceRange) -> ConfigurationProblem.Place {
        let line = range.start.line
        let text = lines.indices.contains(line - 1) ? mask.masked(lines[line - 1], line: line) : ""
        let rest = max(1, text.unicodeScalars.count - (range.start.column - 1))
        let wanted = range.end.line == line ? range.end.column - range.start.column : rest
        return ConfigurationProblem.Place(line: line, column: range.start.column, length: max(1, min(wanted, rest)), text: text)
    }
}

/// The stretch of text that a problem is about.
struct SourceRange {
    let start: YAMLPosition
    let end: YAMLPosition

    init(start: YAMLPosition, end: YAMLPosition) {
        self.start = start
        self.end = end
    }

    init(_ node: YAMLNode) {
        self.init(start: node.start, end: node.end)
    }

    init(keyOf entry: YAMLEntry) {
        self.init(start: entry.keyStart, end: entry.keyEnd)
    }
}
