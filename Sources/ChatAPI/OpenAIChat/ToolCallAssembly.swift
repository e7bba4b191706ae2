/// The tool calls of one choice while their pieces come in.
///
/// A piece belongs to the call last begun at its `index`, unless it brings another id: then it begins a new call, because some
/// providers give every parallel call the index 0. A piece without `index` is told by its id, and without one continues the last call.
struct ToolCallAssembly: Sendable {
    /// The members of a call, or of its `function`: `name` and `arguments` joined, `id` and `type` as first seen.
    struct Fields: Sendable {
        private var members: [DeltaMember] = []
        /// `function` and `custom`: objects whose strings come in pieces, too.
        private var nested: [(name: [UInt8], fields: [DeltaMember])] = []

        mutating func append(_ piece: Range<Int>, in json: Span<UInt8>) throws {
            var object = RawJSON.Members(objectAt: piece.lowerBound)
            while let member = try object.next(in: json) {
                if RawJSON.matches(member.name, "index", in: json) { continue }
                if RawJSON.matches(member.name, "function", in: json) || RawJSON.matches(member.name, "custom", in: json),
                    RawJSON.isObject(member.value, in: json)
                {
                    try appendNested(member, in: json)
                } else if RawJSON.matches(member.name, "id", in: json) || RawJSON.matches(member.name, "type", in: json) {
                    try setOnce(member, in: json)
                } else {
                    try Self.join(member, to: &members, in: json)
                }
            }
        }

        var id: [UInt8]? { members.first { $0.isNamed("id") && !$0.isBlank }?.bytes }

        func write(to out: inout [UInt8]) {
            var object: [UInt8] = []
            for member in members { member.write(to: &object) }
            for (name, fields) in nested {
                object.append(contentsOf: ",\"".utf8)
                object.append(contentsOf: name)
                object.append(contentsOf: "\":{".utf8)
                var inner: [UInt8] = []
                for field in fields { field.write(to: &inner) }
                object.append(contentsOf: inner.dropFirst())
                object.append(UInt8(ascii: "}"))
            }
            out.append(UInt8(ascii: "{"))
            out.append(contentsOf: object.dropFirst())
            out.append(UInt8(ascii: "}"))
        }

        private mutating func setOnce(_ member: RawJSON.Member, in json: Span<UInt8>) throws {
            guard let known = members.firstIndex(where: { RawJSON.equals(member.name, $0.name, in: json) }) else {
                try members.join(member, in: json)
                return
            }
            if members[known].isBlank { members[known].replace(member.value, in: json) }
        }

        private mutating func appendNested(_ member: RawJSON.Member, in json: Span<UInt8>) throws {
            let position: Int
            if let known = nested.firstIndex(where: { RawJSON.equals(member.name, $0.name, in: json) }) {
                position = known
            } else {
                position = nested.count
                nested.append((RawJSON.bytes(member.name, in: json), []))
            }
            var object = RawJSON.Members(objectAt: member.value.lowerBound)
            while let field = try object.next(in: json) { try Self.join(field, to: &nested[position].fields, in: json) }
        }

        /// Joins, but a name that is sent whole with every piece is kept once.
        private static func join(_ member: RawJSON.Member, to fields: inout [DeltaMember], in json: Span<UInt8>) throws {
            if RawJSON.matches(member.name, "name", in: json), RawJSON.isString(member.value, in: json),
                let known = fields.first(where: { $0.isNamed("name") }),
                RawJSON.equals(RawJSON.escapedText(member.value), known.bytes, in: json)
            {
                return
            }
            try fields.join(member, in: json)
        }
    }

    private struct Call: Sendable {
        var index: Int?
        var fields = Fields()
    }

    private var calls: [Call] = []

    /// More calls than this in one answer are refused.
    static let maxCalls = 1_024

    var isEmpty: Bool { calls.isEmpty }

    /// Takes the array of pieces of one delta.
    mutating func append(_ pieces: Range<Int>, in json: Span<UInt8>) throws {
        var elements = RawJSON.Elements(arrayAt: pieces.lowerBound)
        while let piece = try elements.next(in: json) {
            guard RawJSON.isObject(piece, in: json) else { throw AssemblyError.malformed(detail: "a tool call is not an object") }
            let index = try RawJSON.member("index", of: piece, in: json).flatMap { RawJSON.integer($0, in: json) }
            let id = try RawJSON.member("id", of: piece, in: json).flatMap {
                RawJSON.isString($0, in: json) ? RawJSON.escapedText($0) : nil
            }
            let position = try self.position(index: index, id: id, in: json)
            try calls[position].fields.append(piece, in: json)
        }
    }

    private mutating func position(index: Int?, id: Range<Int>?, in json: Span<UInt8>) throws -> Int {
        let id = id.flatMap { $0.isEmpty ? nil : $0 }
        if let index {
            if let known = calls.lastIndex(where: {
                $0.index == index && Self.isCompatible($0.fields.id, with: id, in: json)
            }) {
                return known
            }
        } else if let id {
            if let known = calls.firstIndex(where: { $0.fields.id.map { RawJSON.equals(id, $0, in: json) } ?? false }) { return known }
        } else if let last = calls.indices.last {
            return last
        }
        guard calls.count < Self.maxCalls else { throw AssemblyError.malformed(detail: "more than \(Self.maxCalls) tool calls") }
        calls.append(Call(index: index))
        return calls.count - 1
    }

    /// A piece without an id, or for a call that has none yet, fits.
    private static func isCompatible(_ known: [UInt8]?, with id: Range<Int>?, in json: Span<UInt8>) -> Bool {
        guard let known, let id else { return true }
        return RawJSON.equals(id, known, in: json)
    }

    /// Writes `,"tool_calls":[...]` in order of index, or nothing when there are none. The position is the index, as unstreamed.
    func write(to out: inout [UInt8]) {
        guard !calls.isEmpty else { return }
        out.append(contentsOf: ",\"tool_calls\":[".utf8)
        let ordered = calls.enumerated().sorted { ($0.element.index ?? .max, $0.offset) < ($1.element.index ?? .max, $1.offset) }
        for (position, call) in ordered.enumerated() {
            if position > 0 { out.append(UInt8(ascii: ",")) }
            call.element.fields.write(to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }
}
