/// A JSON document in one spelling: two documents that say the same have the same bytes, whoever wrote them.
///
/// - Objects: members ordered by the bytes of their written names, which is the order of their UTF-8 but for names that need escapes. Of
///   members with one name the last counts, as for most readers.
/// - No white space outside strings.
/// - Strings: escaped as RFC 8259 demands and no further, with the two-letter escapes where there are some. No Unicode normalisation. An
///   unpaired surrogate stays the escape that it was, in lower case, for it has no UTF-8.
/// - Numbers: whole ones exactly, however many digits and in whatever notation (`1.0`, `1e0` and `1` are `1`); all others as the shortest digits
///   that read as the same double. `-0` is `0`.
///
/// Much like RFC 8785, which orders names by UTF-16 and cuts whole numbers to doubles. The values can be visited in place, without a tree.
public struct CanonicalJSON: Sendable {
    /// One value of the document, and where it stands in ``CanonicalJSON/bytes``. Belongs to the document that gave it.
    public struct Value: Sendable, Hashable {
        public let kind: JSONKind
        /// Quotes and brackets included.
        public let range: Range<Int>
        let position: Int
    }

    /// One member of an object.
    public struct Member: Sendable, Hashable {
        /// The written name without its quotes: a range of ``CanonicalJSON/bytes``.
        public let name: Range<Int>
        public let value: Value
    }

    /// The canonical document.
    public let bytes: [UInt8]
    public let root: Value
    /// Some object has two members of one name: readers differ in which of them counts.
    public let hasDuplicateNames: Bool
    private let nodes: [CanonicalNode]

    /// Validates `json`, as ``JSONValue/parse(_:)-([UInt8])`` does, and spells it canonically. Time linear in the document, but for sorting
    /// the names of each object.
    public init(_ json: [UInt8]) throws(JSONSyntaxError) {
        let writer = try CanonicalWriter(json)
        bytes = writer.output
        nodes = writer.nodes
        hasDuplicateNames = writer.hasDuplicateNames
        root = writer.nodes[0].value(at: 0)
    }

    /// The tree spelled canonically: its whole numbers are as exact as ``JSONValue`` holds them.
    ///
    /// - Throws: ``JSONSyntaxError`` when it is more than 256 containers deep.
    public init(_ value: JSONValue) throws(JSONSyntaxError) { try self.init(value.serialized()) }

    // MARK: Visiting

    /// The elements of an array; empty for everything else.
    public func elements(of value: Value) -> [Value] {
        guard value.kind == .array else { return [] }
        var elements: [Value] = []
        var next = value.position + 1
        while next < nodes[value.position].after {
            elements.append(nodes[next].value(at: next))
            next = nodes[next].after
        }
        return elements
    }

    /// The members of an object in canonical order; empty for everything else.
    public func members(of value: Value) -> [Member] {
        guard value.kind == .object else { return [] }
        var members: [Member] = []
        var next = value.position + 1
        while next < nodes[value.position].after {
            let name = nodes[next]
            members.append(Member(name: name.start + 1..<name.end - 1, value: nodes[next + 1].value(at: next + 1)))
            next = nodes[next + 1].after
        }
        return members
    }

    /// The member of that name; `nil` when there is none or when the value is no object.
    /// - Parameter name: as it is written, without escapes.
    public func member(_ name: StaticString, of value: Value) -> Value? {
        guard value.kind == .object else { return nil }
        var next = value.position + 1
        while next < nodes[value.position].after {
            if isName(name, at: next) { return nodes[next + 1].value(at: next + 1) }
            next = nodes[next + 1].after
        }
        return nil
    }

    /// Whether the member has that name.
    public func isNamed(_ name: StaticString, _ member: Member) -> Bool { isText(name, in: member.name) }

    /// Whether the value is that string.
    /// - Parameter text: as it is written, without escapes.
    public func isString(_ text: StaticString, _ value: Value) -> Bool {
        value.kind == .string && isText(text, in: value.range.lowerBound + 1..<value.range.upperBound - 1)
    }

    /// The value's canonical bytes.
    public func bytes(of value: Value) -> ArraySlice<UInt8> { bytes[value.range] }

    /// The member's canonical bytes: its name, a colon, its value.
    public func bytes(of member: Member) -> ArraySlice<UInt8> { bytes[member.name.lowerBound - 1..<member.value.range.upperBound] }

    /// The text of a string, its escapes decoded, unpaired surrogates as U+FFFD; `nil` when the value is no string.
    public func text(of value: Value) -> String? {
        guard value.kind == .string else { return nil }
        return text(in: value.range.lowerBound + 1..<value.range.upperBound - 1)
    }

    /// The member's name, its escapes decoded.
    public func text(ofName member: Member) -> String { text(in: member.name) }

    private func text(in range: Range<Int>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe JSONScanner.text(range, escaped: bytes[range].contains(0x5C), of: $0) }
    }

    private func isName(_ name: StaticString, at position: Int) -> Bool {
        isText(name, in: nodes[position].start + 1..<nodes[position].end - 1)
    }

    private func isText(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return unsafe bytes[range].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension CanonicalJSON: Hashable {
    public static func == (left: CanonicalJSON, right: CanonicalJSON) -> Bool { left.bytes == right.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// A value in the flat list of a document: containers are followed by what they hold, names by their values.
struct CanonicalNode: Sendable {
    var kind: JSONKind
    var start: Int
    var end: Int
    /// The position behind everything that belongs to this value.
    var after: Int

    func value(at position: Int) -> CanonicalJSON.Value { CanonicalJSON.Value(kind: kind, range: start..<end, position: position) }
}
