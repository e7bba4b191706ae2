/// Changes members of an object and leaves every other byte as it was: white space, order, number spelling, duplicates.
///
///     var editor = JSONObjectEditor(index)
///     editor.set("model", to: "gpt-4o")
///     editor.remove("qualm")
///     let body = editor.applied()
///
/// Later calls win over earlier ones for the same name. Of duplicates, `set` keeps the last and drops the others, so that no reader
/// can pick a value that was replaced; `remove` drops all.
public struct JSONObjectEditor: Sendable {
    private enum Change: Sendable {
        case set([UInt8])
        case remove
    }

    private let index: JSONObjectIndex
    private var changes: [(name: String, change: Change)] = []

    /// Edits the indexed object; a nested index edits within the whole document.
    public init(_ index: JSONObjectIndex) { self.index = index }

    /// Validates `bytes`, which must be an object.
    public init(_ bytes: [UInt8]) throws(JSONSyntaxError) { index = try JSONObjectIndex(bytes) }

    /// Replaces the member's value where it stands, or inserts the member behind the last one. `json` is one whole JSON value.
    public mutating func set(_ name: String, raw json: [UInt8]) { change(name, .set(json)) }
    /// Replaces or inserts the member, as ``set(_:raw:)`` does.
    public mutating func set(_ name: String, to value: JSONValue) { set(name, raw: value.serialized()) }
    /// Removes every member of that name and the comma beside each.
    public mutating func remove(_ name: String) { change(name, .remove) }

    private mutating func change(_ name: String, _ change: Change) {
        if let known = changes.firstIndex(where: { $0.name == name }) {
            changes[known].change = change
        } else {
            changes.append((name, change))
        }
    }

    /// The document with the changes.
    public func applied() -> [UInt8] {
        let source = index.bytes
        let members = index.members
        var output: [UInt8] = []
        output.reserveCapacity(source.count + 64 * changes.count)
        // Up to the first member, or up to the closing brace when there is none.
        output.append(contentsOf: source[..<(members.first?.range.lowerBound ?? index.range.upperBound - 1)])
        var isEmpty = true
        for (position, member) in members.enumerated() {
            let change = changes.first { $0.name == member.name }?.change
            if let change {
                guard case .set = change, !members[(position + 1)...].contains(where: { $0.name == member.name }) else { continue }
            }
            // A kept member brings the separator in front of it; the first kept one needs none.
            if !isEmpty { output.append(contentsOf: source[members[position - 1].range.upperBound..<member.range.lowerBound]) }
            isEmpty = false
            if case .set(let json)? = change {
                output.append(contentsOf: source[member.range.lowerBound..<member.value.lowerBound])
                output.append(contentsOf: json)
            } else {
                output.append(contentsOf: source[member.range])
            }
        }
        for (name, change) in changes {
            guard case .set(let json) = change, !index.contains(name) else { continue }
            if !isEmpty { output.append(UInt8(ascii: ",")) }
            isEmpty = false
            JSONEscaping.append(name, to: &output)
            output.append(UInt8(ascii: ":"))
            output.append(contentsOf: json)
        }
        output.append(contentsOf: source[(members.last?.range.upperBound ?? index.range.upperBound - 1)...])
        return output
    }
}
