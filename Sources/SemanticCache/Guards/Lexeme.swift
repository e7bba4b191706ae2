/// A piece of a prompt as ``PromptLexer`` cuts it.
struct Lexeme: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word
        /// `text` is the canonical value: digits, perhaps a sign and a fraction.
        case number
        /// `text` is the canonical unit.
        case unit
        /// `text` is canonical: `t:870` minutes of a day, `d:3/4/2024`, `1990s`.
        case date
        /// `text` is the identifier as it was written.
        case identifier
        /// An operator, bracket or other sign.
        case symbol
        /// The end of a sentence or line.
        case boundary
    }

    enum Capitals: Sendable, Hashable {
        case none
        case initial
        case all
    }

    var kind: Kind
    /// Lower case, width and quotes folded; see ``Kind`` for others than words.
    var text: String
    /// As written, where that differs from `text`.
    var raw: String?
    var capitals: Capitals = .none
    /// Nothing but signs stands before it in its sentence.
    var startsSentence = false
    /// Inside quotes or code.
    var isQuoted = false
}
