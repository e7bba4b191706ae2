/// Walks JSON text without building anything: ranges of members and elements, the end of a value, the text of a string.
///
/// Meant for documents that a parser has accepted; for others it reports ``Malformed`` and never reads outside the bytes. It does not
/// replace a parser: literals and numbers are only measured. Offsets are relative to the span.
enum RawJSON {
    /// The text is not JSON at this offset.
    struct Malformed: Error, Hashable {
        var offset: Int
    }

    /// One member of an object: the name between its quotes, still escaped, and the value.
    struct Member {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// Yields the members of an object in order. Holds offsets only, so that the bytes may be passed along by borrowing.
    struct Members {
        private var position: Int
        private var isFirst = true
        private let known: Range<Int>?

        /// - Parameters:
        ///   - objectAt: the offset of the `{`.
        ///   - known: a value whose extent is already known (a chunk's logprobs) and which is stepped over without reading it.
        init(objectAt: Int, known: Range<Int>? = nil) {
            position = objectAt
            self.known = known
        }

        mutating func next(in json: Span<UInt8>) throws(Malformed) -> Member? {
            guard let at = try RawJSON.advance(&position, in: json, isFirst: &isFirst, open: 0x7B, close: 0x7D) else { return nil }
            guard at < json.count, json[at] == 0x22 else { throw Malformed(offset: at) }
            let nameEnd = try RawJSON.endOfString(at, in: json)
            let colon = RawJSON.skipWhitespace(nameEnd, in: json)
            guard colon < json.count, json[colon] == 0x3A else { throw Malformed(offset: colon) }
            let start = RawJSON.skipWhitespace(colon + 1, in: json)
            let end: Int
            if let known, known.lowerBound == start {
                end = known.upperBound
            } else {
                end = try RawJSON.endOfValue(start, in: json, known: known)
            }
            position = end
            return Member(name: (at + 1)..<(nameEnd - 1), value: start..<end)
        }
    }

    /// Yields the elements of an array in order.
    struct Elements {
        private var position: Int
        private var isFirst = true
        private let known: Range<Int>?

        /// - Parameter arrayAt: the offset of the `[`.
        init(arrayAt: Int, known: Range<Int>? = nil) {
            position = arrayAt
            self.known = known
        }

        mutating func next(in json: Span<UInt8>) throws(Malformed) -> Range<Int>? {
            guard let start = try RawJSON.advance(&position, in: json, isFirst: &isFirst, open: 0x5B, close: 0x5D) else { return nil }
            let end = try RawJSON.endOfValue(start, in: json, known: known)
            position = end
            return start..<end
        }
    }

    /// Steps to the next member or element: over the opening bracket or a comma. `nil` at the closing bracket.
    private static func advance(
        _ position: inout Int, in json: Span<UInt8>, isFirst: inout Bool, open: UInt8, close: UInt8
    ) throws(Malformed) -> Int? {
        var at = skipWhitespace(position, in: json)
        if isFirst {
            guard at < json.count, json[at] == open else { throw Malformed(offset: at) }
            at = skipWhitespace(at + 1, in: json)
            isFirst = false
            if at < json.count, json[at] == close { return nil }
            return at
        }
        guard at < json.count else { throw Malformed(offset: at) }
        if json[at] == close { return nil }
        guard json[at] == 0x2C else { throw Malformed(offset: at) }
        return skipWhitespace(at + 1, in: json)
    }

    static func skipWhitespace(_ start: Int, in json: Span<UInt8>) -> Int {
        var at = start
        while at < json.count {
            switch json[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return at
            }
        }
        return at
    }

    /// The offset behind the closing quote of the string that opens at `quote`.
    static func endOfString(_ quote: Int, in json: Span<UInt8>) throws(Malformed) -> Int {
        var at = quote + 1
        while at < json.count {
            switch json[at] {
            case 0x22: return at + 1
            case 0x5C: at += 2
            default: at += 1
            }
        }
        throw Malformed(offset: quote)
    }

    /// The offset behind the value that begins at `start`. Brackets are counted, not matched by kind: a parser has done that.
    static func endOfValue(_ start: Int, in json: Span<UInt8>, known: Range<Int>? = nil) throws(Malformed) -> Int {
        guard start < json.count else { throw Malformed(offset: start) }
        switch json[start] {
        case 0x22: return try endOfString(start, in: json)
        case 0x7B, 0x5B: return try endOfContainer(start, in: json, known: known)
        default:
            var at = start
            scalar: while at < json.count {
                switch json[at] {
                case 0x2C, 0x5D, 0x7D, 0x20, 0x0A, 0x0D, 0x09, 0x22, 0x3A, 0x7B, 0x5B: break scalar
                default: at += 1
                }
            }
            guard at > start else { throw Malformed(offset: start) }
            return at
        }
    }

    private static func endOfContainer(_ start: Int, in json: Span<UInt8>, known: Range<Int>?) throws(Malformed) -> Int {
        var depth = 0
        var at = start
        while at < json.count {
            switch json[at] {
            case 0x22:
                at = try endOfString(at, in: json)
                continue
            case 0x7B, 0x5B:
                if let known, known.lowerBound == at {
                    at = known.upperBound
                    continue
                }
                depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        throw Malformed(offset: start)
    }
}
