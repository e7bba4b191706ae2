/// A piece of HTML or SVG. Text and attribute values are escaped on the way in, and names are literals of this program, so that nothing a
/// model wrote can become markup: there is no way to make one from an unescaped string.
public struct Markup: Sendable, Hashable {
    /// Well-formed XML, which is well-formed HTML, too.
    public private(set) var text: String

    static let empty = Markup(text: "")

    /// Text content.
    init(_ content: String) { text = Escaping.escaped(content) }

    /// An element that is closed at once when it has no content.
    init(element name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, content: Markup) {
        var text = "<\(name)"
        for (name, value) in attributes { text += " \(name)=\"\(Escaping.escaped(value))\"" }
        // `<g/>` is right in SVG but opens an element for good in HTML: only there are they void or not.
        text += content.text.isEmpty && Self.isVoid(name) ? "/>" : ">\(content.text)</\(name)>"
        self.text = text
    }

    /// A stylesheet of this program: it is neither text nor markup.
    init(stylesheet: StaticString) { text = "<style>\(stylesheet)</style>" }

    private init(text: String) { self.text = text }

    static func + (left: Markup, right: Markup) -> Markup { Markup(text: left.text + right.text) }

    static func joined(_ parts: [Markup]) -> Markup {
        var text = ""
        text.reserveCapacity(parts.reduce(0) { $0 + $1.text.utf8.count })
        for part in parts { text += part.text }
        return Markup(text: text)
    }

    private static func isVoid(_ name: StaticString) -> Bool {
        switch "\(name)" {
        case "meta", "path", "line", "circle", "rect", "polyline", "polygon", "br", "col": true
        default: false
        }
    }
}

/// An element. A missing attribute is one that is not named; a value of any text is safe.
func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], @MarkupBuilder _ content: () -> Markup = { .empty }
) -> Markup {
    Markup(element: name, attributes, content: content())
}

/// Writes markup as a list of elements and strings; strings become escaped text.
@resultBuilder
enum MarkupBuilder {
    static func buildExpression(_ text: String) -> Markup { Markup(text) }
    static func buildExpression(_ markup: Markup) -> Markup { markup }
    static func buildExpression(_ parts: [Markup]) -> Markup { .joined(parts) }
    static func buildBlock(_ parts: Markup...) -> Markup { .joined(parts) }
    static func buildOptional(_ part: Markup?) -> Markup { part ?? .empty }
    static func buildEither(first: Markup) -> Markup { first }
    static func buildEither(second: Markup) -> Markup { second }
    static func buildArray(_ parts: [Markup]) -> Markup { .joined(parts) }
}
