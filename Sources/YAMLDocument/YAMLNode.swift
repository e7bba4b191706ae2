/// A place in a YAML text, as an editor shows it: both numbers start at 1. A column counts Unicode code points, a tab as one.
public struct YAMLPosition: Sendable, Hashable, Comparable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One node of a YAML text: what it holds and where it stands.
///
/// A node that was reached through an alias (`*name`) keeps the position of its anchor's definition, because that is the text to correct.
public struct YAMLNode: Sendable, Equatable {
    /// What a node holds. Mappings keep the order of the text.
    public enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    public let content: Content
    /// The explicit tag (`!name`, or `tag:yaml.org,2002:str` for `!!str`), nil when the text gives none.
    public let tag: String?
    /// The first character; for a block mapping, that of its first key.
    public let start: YAMLPosition
    /// The place just after the last character.
    public let end: YAMLPosition

    public init(content: Content, tag: String? = nil, start: YAMLPosition, end: YAMLPosition) {
        self.content = content
        self.tag = tag
        self.start = start
        self.end = end
    }

    /// True for what YAML 1.2's core schema reads as null: nothing at all, `~` or `null`, unquoted.
    public var isNull: Bool {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return false }
        return scalar.text.isEmpty || scalar.text == "~" || scalar.text == "null"
    }
}

/// A scalar: the text after YAML's own unescaping and folding, and how it was written.
public struct YAMLScalar: Sendable, Hashable {
    /// How a scalar was written. Only a `plain` one may stand for a number, a truth value or null.
    public enum Style: Sendable, Hashable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    public let text: String
    public let style: Style

    public init(text: String, style: Style) {
        self.text = text
        self.style = style
    }
}

/// One `key: value` of a mapping.
public struct YAMLEntry: Sendable, Equatable {
    public let key: String
    public let keyStart: YAMLPosition
    public let keyEnd: YAMLPosition
    public let value: YAMLNode

    public init(key: String, keyStart: YAMLPosition, keyEnd: YAMLPosition, value: YAMLNode) {
        self.key = key
        self.keyStart = keyStart
        self.keyEnd = keyEnd
        self.value = value
    }
}
