/// Writes JSON front to back into one byte array. Commas are its business; that objects and arrays are closed, and that members have
/// names, is the caller's.
///
///     var writer = JSONWriter()
///     writer.object { $0.member("id", "x"); $0.member("count", 2) }
public struct JSONWriter: Sendable {
    /// Everything written so far.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Continues after `bytes`, which are not looked at.
    public init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    /// Makes room for `count` bytes in all.
    public mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    // MARK: Containers

    /// Opens an object; members and ``endObject()`` must follow.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    /// Closes the innermost object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    /// Opens an array; elements and ``endArray()`` must follow.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    /// Closes the innermost array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// An object whose members `contents` writes.
    public mutating func object<Failure: Error>(_ contents: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginObject()
        try contents(&self)
        endObject()
    }

    /// An array whose elements `contents` writes.
    public mutating func array<Failure: Error>(_ contents: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginArray()
        try contents(&self)
        endArray()
    }

    /// The name of the member whose value comes next.
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// A string, escaped as RFC 8259 requires and no further.
    public mutating func string(_ value: String) {
        separate()
        JSONEscaping.append(value, to: &bytes)
    }

    /// A string given as UTF-8. Ill-formed sequences become U+FFFD.
    public mutating func string(utf8 value: Span<UInt8>) {
        separate()
        JSONEscaping.append(utf8: value, to: &bytes)
    }

    /// A whole number.
    public mutating func int(_ value: Int) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// A whole number.
    public mutating func int64(_ value: Int64) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// The shortest digits that read back as the same double; `null` when not finite, since JSON has no word for it.
    public mutating func double(_ value: Double) {
        separate()
        bytes.append(contentsOf: value.isFinite ? value.description.utf8 : "null".utf8)
    }

    /// `true` or `false`.
    public mutating func bool(_ value: Bool) { word(value ? "true" : "false") }
    /// `null`.
    public mutating func null() { word("null") }

    /// One whole JSON value, spliced in as it is.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// A whole tree.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .int(let value): int64(value)
        case .double(let value): double(value)
        case .string(let value): string(value)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let members): object { for member in members { $0.member(member.name, member.value) } }
        }
    }

    // MARK: Members

    /// A name and its value.
    public mutating func member(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }
    /// A name and one whole JSON value, spliced in as it is.
    public mutating func member(_ name: String, raw json: some Sequence<UInt8>) {
        self.name(name)
        raw(json)
    }

    // MARK: Bytes

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
    private mutating func begin(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }
    private mutating func end(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }
    private mutating func word(_ word: StaticString) {
        separate()
        bytes.append(contentsOf: word.description.utf8)
    }
}

extension JSONValue {
    /// This value as compact JSON. Members keep order and duplicates; doubles read back exactly; a double that is not finite is `null`.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
