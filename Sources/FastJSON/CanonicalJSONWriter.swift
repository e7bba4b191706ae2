internal import CSimdjson

/// Writes the scanner's flat list of values in canonical order and spelling.
struct CanonicalWriter {
    private(set) var output: [UInt8] = []
    private(set) var nodes: [CanonicalNode] = []
    private(set) var hasDuplicateNames = false
    private let input: [UInt8]
    private let source: [qj_node]
    /// For each node of the source, the index behind everything that belongs to it.
    private let after: [Int]

    init(_ json: [UInt8]) throws(JSONSyntaxError) {
        let list: Result<[qj_node], JSONSyntaxError> = unsafe json.withUnsafeBufferPointer { buffer in
            var nodes: UnsafePointer<qj_node>?
            var count = 0
            var offset = 0
            let status = unsafe qj_parse(buffer.baseAddress, buffer.count, &nodes, &count, &offset)
            defer { if json.count > JSONScanner.everydayBytes { qj_trim() } }
            guard status == QJ_OK else { return .failure(JSONScanner.error(status, at: offset, in: json)) }
            return unsafe .success(Array(UnsafeBufferPointer(start: nodes, count: count)))
        }
        input = json
        source = try list.get()
        after = Self.ends(of: source)
        output.reserveCapacity(json.count)
        nodes.reserveCapacity(source.count)
        write(0)
    }

    /// One pass from the back: what a container holds is measured before the container is.
    private static func ends(of source: [qj_node]) -> [Int] {
        var after = Array(repeating: 0, count: source.count)
        for index in source.indices.reversed() {
            var next = index + 1
            switch qj_kind(rawValue: UInt32(source[index].kind)) {
            case QJ_ARRAY: for _ in 0..<source[index].count { next = after[next] }
            case QJ_OBJECT: for _ in 0..<source[index].count { next = after[next + 1] }
            default: break
            }
            after[index] = next
        }
        return after
    }

    // MARK: Values

    /// The scanner bounds the depth, and with it this recursion.
    private mutating func write(_ index: Int) {
        let node = source[index]
        let position = nodes.count
        nodes.append(CanonicalNode(kind: .null, start: output.count, end: 0, after: 0))
        switch qj_kind(rawValue: UInt32(node.kind)) {
        case QJ_NULL: copy(node)
        case QJ_FALSE, QJ_TRUE:
            nodes[position].kind = .bool
            copy(node)
        case QJ_INT:
            nodes[position].kind = .int
            copy(node)
        case QJ_DOUBLE:
            nodes[position].kind = .double
            CanonicalNumber.append(input[Int(node.start)..<Int(node.end)], to: &output)
        case QJ_STRING:
            nodes[position].kind = .string
            writeString(node)
        case QJ_ARRAY:
            nodes[position].kind = .array
            writeElements(of: index)
        default:
            nodes[position].kind = .object
            writeMembers(of: index)
        }
        nodes[position].end = output.count
        nodes[position].after = nodes.count
    }

    private mutating func copy(_ node: qj_node) { output.append(contentsOf: input[Int(node.start)..<Int(node.end)]) }

    private mutating func writeElements(of index: Int) {
        output.append(UInt8(ascii: "["))
        var next = index + 1
        for element in 0..<source[index].count {
            if element > 0 { output.append(UInt8(ascii: ",")) }
            write(next)
            next = after[next]
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func writeMembers(of index: Int) {
        var names: [Int] = []
        names.reserveCapacity(Int(source[index].count))
        var next = index + 1
        for _ in 0..<source[index].count {
            names.append(next)
            next = after[next + 1]
        }
        // The later of two equal names comes first, so that the first of each run is the one that counts.
        names.sort { left, right in
            switch order(of: left, right) {
            case 0: left > right
            case let order: order < 0
            }
        }
        output.append(UInt8(ascii: "{"))
        var previous: Int?
        for name in names {
            if let previous {
                if order(of: previous, name) == 0 {
                    hasDuplicateNames = true
                    continue
                }
                output.append(UInt8(ascii: ","))
            }
            previous = name
            write(name)
            output.append(UInt8(ascii: ":"))
            write(name + 1)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Below, at or above zero as the first written name stands before, equals or stands behind the second.
    private func order(of left: Int, _ right: Int) -> Int {
        let (one, other) = (writtenName(left), writtenName(right))
        let common = min(one.count, other.count)
        for offset in 0..<common {
            let (a, b) = (one[one.startIndex + offset], other[other.startIndex + offset])
            if a != b { return a < b ? -1 : 1 }
        }
        return one.count - other.count
    }

    private func writtenName(_ index: Int) -> ArraySlice<UInt8> {
        let node = source[index]
        let raw = input[Int(node.start)..<Int(node.end)]
        guard node.escaped != 0 else { return raw }
        var written: [UInt8] = []
        CanonicalString.append(raw, to: &written)
        return written[...]
    }

    private mutating func writeString(_ node: qj_node) {
        let raw = input[Int(node.start)..<Int(node.end)]
        output.append(UInt8(ascii: "\""))
        if node.escaped == 0 { output.append(contentsOf: raw) } else { CanonicalString.append(raw, to: &output) }
        output.append(UInt8(ascii: "\""))
    }
}
