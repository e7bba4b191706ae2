/// What a token's text looks like and where in the answer it stands.
public struct TokenShape: OptionSet, Sendable, Hashable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// First token with content of a sentence, a line, or a list item (also after the item's marker).
    public static let opensUnit = TokenShape(rawValue: 1)
    /// First token with content of a sentence or a line. A list item's words belong to the span of its line.
    public static let opensSpan = TokenShape(rawValue: 2)
    /// Holds a decimal digit.
    public static let holdsDigit = TokenShape(rawValue: 4)
    /// Begins a word with a capital letter.
    public static let startsCapitalised = TokenShape(rawValue: 8)
    /// Makes the word it belongs to look like an identifier: `snake_case`, `camelCase`, a digit after a letter.
    public static let isIdentifierLike = TokenShape(rawValue: 16)

    /// Where facts live: numbers, names, identifiers.
    public static let factual: TokenShape = [.holdsDigit, .startsCapitalised, .isIdentifierLike]
}
