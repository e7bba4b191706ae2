/// One parsed YAML 1.1 text (the dialect of libyaml), as a tree of nodes that know their place.
public struct YAMLDocument: Sendable {
    /// The top node; nil for a text that holds nothing but comments and white space.
    public let root: YAMLNode?
    /// Every key that stands a second time in its mapping, in the order of the text. The tree keeps the first one.
    ///
    /// They are data rather than a thrown error so that a reader can report them together with whatever else is wrong; a document
    /// that has any must not be used.
    public let duplicateKeys: [YAMLDuplicateKey]

    /// A text without anything in it.
    public static let empty = YAMLDocument(root: nil, duplicateKeys: [])

    /// Parses `bytes`, which must be UTF-8 (a byte order mark is skipped) and hold at most one document.
    ///
    /// - Throws: ``YAMLError`` for the first thing that is not YAML, or goes past one of `limits`.
    public static func parse(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> YAMLDocument {
        guard bytes.count <= limits.maxBytes else {
            throw YAMLError(
                kind: .limit,
                message: "the text has \(bytes.count) bytes; at most \(limits.maxBytes) are read",
                position: YAMLPosition(line: 1, column: 1)
            )
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
        var builder = TreeBuilder(limits: limits)
        try EventParser.forEachEvent(of: text) { (event) throws(YAMLError) in try builder.take(event) }
        return YAMLDocument(root: builder.root, duplicateKeys: builder.duplicateKeys)
    }

    /// Splits a text into lines exactly as libyaml counts them: CR, LF, CRLF, NEL, LS and PS end a line. The line of position `p`
    /// is element `p.line - 1`, without its line break. Ill-formed UTF-8 shows as U+FFFD.
    public static func lines(of bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var afterCarriageReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar == "\n" && afterCarriageReturn {
                afterCarriageReturn = false
                continue
            }
            afterCarriageReturn = scalar == "\r"
            switch scalar {
            case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line.removeAll(keepingCapacity: true)
            case "\u{FEFF}" where lines.isEmpty && line.isEmpty:
                break
            default:
                line.append(scalar)
            }
        }
        lines.append(String(line))
        return lines
    }
}

/// A key that stands twice in one mapping.
public struct YAMLDuplicateKey: Sendable, Equatable {
    public let key: String
    public let start: YAMLPosition
    public let end: YAMLPosition
    /// Where the same key stood before.
    public let first: YAMLPosition
    /// Its value, which the tree does not have.
    public let value: YAMLNode
}

/// Bounds on what a text may ask for. Going past one is a ``YAMLError`` of kind `limit`.
public struct YAMLLimits: Sendable, Equatable {
    /// Size of the text in bytes. Default 1 MiB.
    public var maxBytes: Int
    /// How deep sequences and mappings may nest. Default 64.
    public var maxDepth: Int
    /// Nodes of the tree, those that aliases repeat counted every time. Default 100,000. Keeps a "billion laughs" text small.
    public var maxNodes: Int

    public init(maxBytes: Int = 1_048_576, maxDepth: Int = 64, maxNodes: Int = 100_000) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxNodes = maxNodes
    }
}

/// Why a text could not be parsed, and where.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// Not YAML, or not UTF-8.
        case syntax
        /// YAML that this parser does not take: a second document, a key that is no scalar, an alias without an anchor.
        case unsupported
        /// Past one of ``YAMLLimits``.
        case limit
        /// libyaml could not get memory.
        case outOfMemory
    }

    public let kind: Kind
    public let message: String
    public let position: YAMLPosition

    public init(kind: Kind, message: String, position: YAMLPosition) {
        self.kind = kind
        self.message = message
        self.position = position
    }

    public var description: String { "\(position.line):\(position.column): \(message)" }
}
