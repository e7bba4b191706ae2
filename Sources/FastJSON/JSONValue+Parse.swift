internal import CSimdjson

extension JSONValue {
    /// Parses one whole document: RFC 8259, UTF-8 (validated), at most 256 containers deep, below 2 GiB. White space may surround it.
    ///
    /// Numbers that are exact 64-bit integers become `.int`, all others the nearest `.double`; one too large for a double is an error.
    /// An unpaired `\u` surrogate becomes U+FFFD.
    public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        let result: Result<JSONValue, JSONSyntaxError> = unsafe bytes.withUnsafeBufferPointer { buffer in
            var nodes: UnsafePointer<qj_node>?
            var count = 0
            var offset = 0
            let status = unsafe qj_parse(buffer.baseAddress, buffer.count, &nodes, &count, &offset)
            defer { if bytes.count > JSONScanner.everydayBytes { qj_trim() } }
            guard status == QJ_OK else { return .failure(JSONScanner.error(status, at: offset, in: bytes)) }
            var reader = unsafe NodeReader(nodes: UnsafeBufferPointer(start: nodes, count: count), bytes: buffer)
            return .success(unsafe reader.value())
        }
        return try result.get()
    }

    /// Parses the UTF-8 of `text`. See ``parse(_:)-([UInt8])``.
    public static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue { try parse(Array(text.utf8)) }
}

/// Builds the tree from the scanner's flat list. The scanner bounds the depth, and with it this recursion.
@unsafe private struct NodeReader {
    let nodes: UnsafeBufferPointer<qj_node>
    let bytes: UnsafeBufferPointer<UInt8>
    var next = 0

    init(nodes: UnsafeBufferPointer<qj_node>, bytes: UnsafeBufferPointer<UInt8>) {
        unsafe self.nodes = unsafe nodes
        unsafe self.bytes = unsafe bytes
    }

    mutating func value() -> JSONValue {
        let node = unsafe nodes[next]
        unsafe next += 1
        switch qj_kind(rawValue: UInt32(node.kind)) {
        case QJ_NULL: return .null
        case QJ_FALSE: return .bool(false)
        case QJ_TRUE: return .bool(true)
        case QJ_INT: return .int(node.integer)
        case QJ_DOUBLE: return .double(node.number)
        case QJ_STRING: return unsafe .string(text(of: node))
        case QJ_ARRAY:
            var elements: [JSONValue] = []
            elements.reserveCapacity(Int(node.count))
            for _ in 0..<node.count { unsafe elements.append(value()) }
            return .array(elements)
        default:
            var members: [JSONMember] = []
            members.reserveCapacity(Int(node.count))
            for _ in 0..<node.count {
                let name = unsafe text(of: nodes[next])
                unsafe next += 1
                unsafe members.append(JSONMember(name, value()))
            }
            return .object(members)
        }
    }

    private func text(of node: qj_node) -> String {
        unsafe JSONScanner.text(Int(node.start)..<Int(node.end), escaped: node.escaped != 0, of: bytes)
    }
}
