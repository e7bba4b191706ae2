internal import CLibYAML

/// What libyaml reports, without its C types.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    let kind: Kind
    var anchor: String?
    var tag: String?
    let start: YAMLPosition
    let end: YAMLPosition
}

/// The only file that touches libyaml. The parser owns C memory, so it is a value that cannot be copied and frees itself.
@safe struct EventParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// Calls `body` for every event of `bytes` in order, and stops at the first error, the parser's or the body's.
    static func forEachEvent(
        of bytes: [UInt8],
        _ body: (YAMLEvent) throws(YAMLError) -> Void
    ) throws(YAMLError) {
        let result: Result<Void, YAMLError> = unsafe bytes.withUnsafeBufferPointer { buffer in
            do throws(YAMLError) {
                let parser = try unsafe EventParser(reading: buffer)
                while let event = try unsafe parser.next(in: buffer) {
                    if let event = event.event { try body(event) }
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private init(reading buffer: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        unsafe parser = .allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw YAMLError(kind: .outOfMemory, message: "no memory for the parser", position: YAMLPosition(line: 1, column: 1))
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// An event, or the news that one passed which the tree does not need.
    private struct Step {
        let event: YAMLEvent?
    }

    /// The next event; nil once the stream has ended.
    private borrowing func next(in buffer: UnsafeBufferPointer<UInt8>) throws(YAMLError) -> Step? {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw unsafe failure(in: buffer) }
        defer { unsafe yaml_event_delete(&event) }

        let start = unsafe Self.position(event.start_mark)
        let end = unsafe Self.position(event.end_mark)
        func step(_ kind: YAMLEvent.Kind, anchor: String? = nil, tag: String? = nil) -> Step {
            Step(event: YAMLEvent(kind: kind, anchor: anchor, tag: tag, start: start, end: end))
        }
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT:
            return nil
        case YAML_DOCUMENT_START_EVENT:
            return step(.documentStart)
        case YAML_ALIAS_EVENT:
            return step(.alias(unsafe Self.text(event.data.alias.anchor) ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            let style = unsafe Self.style(scalar.style)
            return step(
                .scalar(YAMLScalar(text: text, style: style)), anchor: unsafe Self.text(scalar.anchor), tag: unsafe Self.text(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let sequence = unsafe event.data.sequence_start
            return step(.sequenceStart, anchor: unsafe Self.text(sequence.anchor), tag: unsafe Self.text(sequence.tag))
        case YAML_SEQUENCE_END_EVENT:
            return step(.sequenceEnd)
        case YAML_MAPPING_START_EVENT:
            let mapping = unsafe event.data.mapping_start
            return step(.mappingStart, anchor: unsafe Self.text(mapping.anchor), tag: unsafe Self.text(mapping.tag))
        case YAML_MAPPING_END_EVENT:
            return step(.mappingEnd)
        default:
            return Step(event: nil)
        }
    }

    /// libyaml's error in the words of this module. It gives reader errors (ill-formed UTF-8, control characters) as a byte offset only.
    private borrowing func failure(in buffer: UnsafeBufferPointer<UInt8>) -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "not YAML"
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(kind: .outOfMemory, message: "no memory left", position: YAMLPosition(line: 1, column: 1))
        case YAML_READER_ERROR:
            let offset = unsafe min(parser.pointee.problem_offset, buffer.count)
            let before = unsafe YAMLDocument.lines(of: Array(buffer[..<offset]))
            let position = YAMLPosition(line: before.count, column: (before.last?.unicodeScalars.count ?? 0) + 1)
            return YAMLError(kind: .syntax, message: problem, position: position)
        default:
            let position = unsafe Self.position(parser.pointee.problem_mark)
            guard let context = unsafe parser.pointee.context else {
                return YAMLError(kind: .syntax, message: problem, position: position)
            }
            let place = unsafe Self.position(parser.pointee.context_mark)
            let whereabouts = place.line == position.line ? "" : " (begun in line \(place.line))"
            let message = unsafe "\(problem) \(String(cString: context))\(whereabouts)"
            return YAMLError(kind: .syntax, message: message, position: position)
        }
    }

    private static func position(_ mark: yaml_mark_t) -> YAMLPosition {
        YAMLPosition(line: mark.line + 1, column: mark.column + 1)
    }

    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let bytes = unsafe bytes else { return nil }
        return unsafe String(cString: bytes)
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }
}
