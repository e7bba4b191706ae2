internal import YAMLDocument

/// Reads one mapping of the file. Asking for a key declares it: there is no second list of keys to keep in step.
struct SectionReader {
    /// `routing`, `providers.openai`; empty for the whole file.
    let path: String
    let reader: ConfigurationReader
    /// Where the section stands, for problems that belong to no key; nil if the file does not have it.
    let range: SourceRange?

    private let entries: [YAMLEntry]
    private var known: [String] = []
    /// The path under which keys are declared (`providers.*`); nil while a further entry of the same map is read.
    private let cataloguePath: String?

    /// - Parameter node: nil when the file does not have the section; null counts as empty.
    init(path: String, cataloguePath: String?, node: YAMLNode?, range: SourceRange?, reader: ConfigurationReader) {
        self.path = path
        self.cataloguePath = cataloguePath
        self.range = range
        self.reader = reader
        switch node?.content {
        case .mapping(let entries)?:
            self.entries = entries
        case .some(let content) where node?.isNull == false:
            entries = []
            let whole = path.isEmpty ? "the file" : "'\(path)'"
            let found = Self.name(of: content)
            reader.report(.error, at: node.map { SourceRange($0) }, "\(whole) must be a mapping of keys to values, not \(found)")
        default:
            entries = []
        }
    }

    /// The value of `name`: from a flag or the environment, else from the file, else `fallback`. What is wrong with it is reported, and
    /// `fallback` returned so that reading can go on.
    ///
    /// - Parameters:
    ///   - defaultText: replaces the text of `fallback` in the catalogue; `.some(nil)` for a default that differs from entry to entry.
    ///   - whenUnset: stands for a `${NAME}` without default whose variable is not set, with a warning; nil makes that an error.
    mutating func read<Value>(
        _ name: String,
        _ value: ConfigurationValue<Value>,
        default fallback: Value,
        defaultText: String?? = nil,
        whenUnset: Value? = nil,
        _ summary: String
    ) -> Value {
        let defaultText = defaultText ?? value.text(fallback)
        declare(name, type: value.type, defaultText: defaultText, range: value.range, unit: value.unit, summary)
        return find(name, value, whenUnset: whenUnset) ?? fallback
    }

    /// The same for a key that must be there. `standIn` stands in for the rest of the reading when it is not.
    mutating func require<Value>(_ name: String, _ value: ConfigurationValue<Value>, standIn: Value, _ summary: String) -> Value {
        declare(name, type: value.type, defaultText: nil, range: value.range, unit: value.unit, summary)
        if !isSet(name) { reader.report(.error, at: range, "'\(path)' needs '\(name)': \(value.expectation)") }
        return find(name, value) ?? standIn
    }

    /// Nil if the key is not set, or after an error has been reported.
    private func find<Value>(_ name: String, _ value: ConfigurationValue<Value>, whenUnset: Value? = nil) -> Value? {
        let fullName = path + "." + name
        if let override = reader.setting(of: fullName) {
            do throws(ValueFault) {
                return try value.decode(ScalarText(text: override.value, isPlain: true, isNull: false))
            } catch {
                let found = value.isSecret ? "what it holds" : "'\(override.value)'"
                let hint = error.hint.map { "; \($0)" } ?? ""
                reader.report(.error, inSource: override.source, "'\(fullName)' must be \(value.expectation), not \(found)\(hint)")
                return nil
            }
        }
        guard let entry = entry(name) else { return nil }
        return decode(entry.value, as: value, name: fullName, keyRange: SourceRange(keyOf: entry), whenUnset: whenUnset)
    }

    /// One scalar, expanded and decoded; nil after an error has been reported. Also used for the items of lists and maps.
    func decode<Value>(
        _ node: YAMLNode,
        as value: ConfigurationValue<Value>,
        name: String,
        keyRange: SourceRange? = nil,
        whenUnset: Value? = nil
    ) -> Value? {
        let range = node.isNull ? keyRange ?? SourceRange(node) : SourceRange(node)
        guard case .scalar(let scalar) = node.content else {
            let found = Self.name(of: node.content)
            reader.report(.error, at: range, "'\(name)' must be \(value.expectation), not \(found)")
            return nil
        }
        let expansion = EnvironmentExpansion(scalar.text, environment: reader.environment)
        if let fault = expansion.fault {
            reader.report(.error, at: range, "'\(name)': \(fault)")
            return nil
        }
        if let variable = expansion.unset.first {
            if let whenUnset {
                let message =
                    "environment variable '\(variable)' is not set, so '\(name)' is empty; '${\(variable):-}' says that this is meant"
                reader.report(.warning, at: range, message)
                return whenUnset
            }
            let remedy = "set it, or write '${\(variable):-...}' with a default"
            reader.report(.error, at: range, "'\(name)' needs the environment variable '\(variable)', which is not set; \(remedy)")
            return nil
        }
        do throws(ValueFault) {
            return try value.decode(
                ScalarText(text: expansion.text, isPlain: scalar.style == .plain || expansion.isExpanded, isNull: node.isNull))
        } catch {
            let isSecret = value.isSecret || SecretMask.looksLikeCredential(expansion.text)
            var found = node.isNull ? "empty" : isSecret ? "what stands here" : "'\(expansion.text)'"
            if expansion.isExpanded && !isSecret { found += " (from '\(scalar.text)')" }
            let hint = error.hint.map { "; \($0)" } ?? ""
            reader.report(.error, at: range, "'\(name)' must be \(value.expectation), not \(found)\(hint)")
            return nil
        }
    }

    /// The section `name` of this one.
    mutating func section(_ name: String) -> SectionReader {
        known.append(name)
        let entry = entry(name)
        return SectionReader(
            path: path.isEmpty ? name : path + "." + name,
            cataloguePath: cataloguePath.map { $0.isEmpty ? name : $0 + "." + name },
            node: entry?.value,
            range: entry.map { SourceRange(keyOf: $0) },
            reader: reader
        )
    }

    /// The entries of the map `name`, in the order of the file, each as a section of its own. The first one read declares the keys as
    /// those of `name.*`; so that they are declared even for an empty map, `wantedNames` come first, whether the file has them or not.
    mutating func map(_ name: String, wantedNames: [String] = [], declaring: Bool) -> [(name: String, section: SectionReader)] {
        let map = section(name)
        var names = wantedNames
        for entry in map.entries where !names.contains(entry.key) { names.append(entry.key) }
        return names.enumerated().map { index, key in
            let entry = map.entry(key)
            let section = SectionReader(
                path: name + "." + key,
                cataloguePath: declaring && index == 0 ? name + ".*" : nil,
                node: entry?.value,
                range: entry.map { SourceRange(keyOf: $0) },
                reader: reader
            )
            return (key, section)
        }
    }

    /// The items of the list `name`; nil if the file does not have it.
    mutating func list(_ name: String, of type: String, expectation: String, _ summary: String) -> [YAMLNode]? {
        declare(name, type: "list of \(type)s", defaultText: "[]", range: nil, unit: nil, summary)
        guard let node = entry(name)?.value, !node.isNull else { return nil }
        guard case .sequence(let items) = node.content else {
            let found = Self.name(of: node.content)
            reader.report(.error, at: SourceRange(node), "'\(path).\(name)' must be \(expectation), not \(found)")
            return nil
        }
        return items
    }

    /// The entries of a map from names to texts; empty if the file does not have it.
    mutating func texts(_ name: String, defaultText: String, _ summary: String) -> [YAMLEntry] {
        declare(name, type: "map of texts", defaultText: defaultText, range: nil, unit: nil, summary)
        guard let entry = entry(name), !entry.value.isNull else { return [] }
        guard case .mapping(let entries) = entry.value.content else {
            let found = Self.name(of: entry.value.content)
            reader.report(.error, at: SourceRange(entry.value), "'\(path).\(name)' must be a mapping of names to texts, not \(found)")
            return []
        }
        return entries
    }

    /// True if the file, a flag or the environment sets `name`.
    func isSet(_ name: String) -> Bool {
        entry(name) != nil || reader.setting(of: path + "." + name) != nil
    }

    /// Reports something about the value of `name`, or about the section if the file does not set it.
    func report(_ severity: ConfigurationProblem.Severity = .error, at name: String, _ message: String) {
        if let override = reader.setting(of: path + "." + name) {
            reader.report(severity, inSource: override.source, message)
            return
        }
        let entry = entry(name)
        let place = entry.map { $0.value.isNull ? SourceRange(keyOf: $0) : SourceRange($0.value) }
        reader.report(severity, at: place ?? range, message)
    }

    /// Reports the keys that nobody asked for. Call it after the last `read`.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            let place = path.isEmpty ? "at the top of the file" : "in '\(path)'"
            var hint = ""
            if let near = EditDistance.nearest(to: entry.key, among: known) {
                hint = "; did you mean '\(near)'?"
            } else if let other = reader.allKeys.first(where: { $0.name == entry.key && $0.section != cataloguePath }) {
                hint = "; it belongs in '\(other.section)'"
            } else if entry.key == "<<" {
                hint = "; merge keys are not supported, an alias as the whole value is"
            } else {
                hint = "; known here: \(known.joined(separator: ", "))"
            }
            reader.report(.error, at: SourceRange(keyOf: entry), "unknown key '\(entry.key)' \(place)\(hint)")
        }
    }

    func entry(_ name: String) -> YAMLEntry? {
        entries.first { $0.key == name }
    }

    private mutating func declare(
        _ name: String, type: String, defaultText: String?, range: String?, unit: String?, _ summary: String
    ) {
        known.append(name)
        guard let cataloguePath else { return }
        reader.declare(
            ConfigurationKey(
                section: cataloguePath, name: name, type: type, defaultText: defaultText, range: range, unit: unit, summary: summary))
    }

    static func name(of content: YAMLNode.Content) -> String {
        switch content {
        case .scalar(let scalar): scalar.text.isEmpty ? "empty" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
