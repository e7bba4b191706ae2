/// A member of a delta while its pieces come in.
struct DeltaMember: Sendable {
    /// How the pieces of a value become one.
    enum Kind: Sendable {
        /// A string: `bytes` is what stands between the quotes.
        case text
        /// An array: `bytes` is what stands between the brackets.
        case list
        /// Anything else, `null` included: the last piece.
        case single
    }

    /// Escaped, without quotes.
    let name: [UInt8]
    private(set) var kind: Kind
    private(set) var bytes: [UInt8]

    init(_ member: RawJSON.Member, in json: Span<UInt8>) {
        name = RawJSON.bytes(member.name, in: json)
        (kind, bytes) = Self.read(member.value, in: json)
    }

    /// A piece of the same kind is joined, one of another kind replaces; `null` never takes anything back.
    mutating func join(_ value: Range<Int>, in json: Span<UInt8>) {
        if RawJSON.isNull(value, in: json) { return }
        switch kind {
        case .text where RawJSON.isString(value, in: json):
            RawJSON.append(RawJSON.escapedText(value), of: json, to: &bytes)
        case .list where RawJSON.isArray(value, in: json):
            let inner = RawJSON.inside(value, in: json)
            if !bytes.isEmpty, !inner.isEmpty { bytes.append(UInt8(ascii: ",")) }
            RawJSON.append(inner, of: json, to: &bytes)
        default: (kind, bytes) = Self.read(value, in: json)
        }
    }

    mutating func replace(_ value: Range<Int>, in json: Span<UInt8>) { (kind, bytes) = Self.read(value, in: json) }

    func isNamed(_ text: StaticString) -> Bool { RawJSON.matches(0..<name.count, text, in: name.span) }

    /// Nothing, `""`, `[]` or `null`.
    var isBlank: Bool { bytes.isEmpty || (kind == .single && RawJSON.isNull(0..<bytes.count, in: bytes.span)) }

    /// Writes `,"name":value`.
    func write(to out: inout [UInt8]) {
        out.append(contentsOf: ",\"".utf8)
        out.append(contentsOf: name)
        out.append(contentsOf: "\":".utf8)
        writeValue(to: &out)
    }

    func writeValue(to out: inout [UInt8]) {
        switch kind {
        case .text:
            out.append(UInt8(ascii: "\""))
            out.append(contentsOf: bytes)
            out.append(UInt8(ascii: "\""))
        case .list: RawJSON.writeArray(bytes, to: &out)
        case .single: out.append(contentsOf: bytes)
        }
    }

    private static func read(_ value: Range<Int>, in json: Span<UInt8>) -> (Kind, [UInt8]) {
        if RawJSON.isString(value, in: json) { return (.text, RawJSON.bytes(RawJSON.escapedText(value), in: json)) }
        if RawJSON.isArray(value, in: json) { return (.list, RawJSON.bytes(RawJSON.inside(value, in: json), in: json)) }
        return (.single, RawJSON.bytes(value, in: json))
    }
}

extension [DeltaMember] {
    /// Joins the member to the one of its name, or begins it.
    mutating func join(_ member: RawJSON.Member, in json: Span<UInt8>) throws {
        if let known = firstIndex(where: { RawJSON.equals(member.name, $0.name, in: json) }) {
            self[known].join(member.value, in: json)
        } else {
            try begin(member, in: json)
        }
    }

    /// The last value counts.
    mutating func set(_ member: RawJSON.Member, in json: Span<UInt8>) {
        if let known = firstIndex(where: { RawJSON.equals(member.name, $0.name, in: json) }) {
            self[known].replace(member.value, in: json)
        } else {
            append(DeltaMember(member, in: json))
        }
    }

    /// Bounded, so that joining stays linear: no provider has more than a handful.
    private mutating func begin(_ member: RawJSON.Member, in json: Span<UInt8>) throws {
        guard count < 256 else { throw AssemblyError.malformed(detail: "more than 256 different members in the deltas of one choice") }
        append(DeltaMember(member, in: json))
    }
}

extension RawJSON {
    /// What stands between the brackets, without white space at the ends.
    static func inside(_ value: Range<Int>, in json: Span<UInt8>) -> Range<Int> {
        let start = skipWhitespace(value.lowerBound + 1, in: json)
        var end = value.upperBound - 1
        while end > start, json[end - 1] == 0x20 || json[end - 1] == 0x0A || json[end - 1] == 0x0D || json[end - 1] == 0x09 { end -= 1 }
        return start < end ? start..<end : start..<start
    }

    /// Appends the elements of an array value, if it is one, to what is kept without brackets.
    static func joinArray(_ value: Range<Int>, to list: inout [UInt8]?, in json: Span<UInt8>) {
        guard isArray(value, in: json) else { return }
        let inner = inside(value, in: json)
        var joined = list ?? []
        list = nil
        if !joined.isEmpty, !inner.isEmpty { joined.append(UInt8(ascii: ",")) }
        append(inner, of: json, to: &joined)
        list = joined
    }

    static func writeArray(_ list: [UInt8]?, to out: inout [UInt8]) {
        guard let list else {
            out.append(contentsOf: "null".utf8)
            return
        }
        out.append(UInt8(ascii: "["))
        out.append(contentsOf: list)
        out.append(UInt8(ascii: "]"))
    }
}
