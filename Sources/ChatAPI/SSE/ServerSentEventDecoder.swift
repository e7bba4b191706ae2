/// Takes `text/event-stream` apart (WHATWG HTML, section 9.2.6), in pieces of any size: CR, LF and CRLF, a byte order mark, comments,
/// data with or without a space and over several lines, named events. `id` and `retry` are read and ignored.
///
/// An event whose data is one line inside one piece is not copied; that is nearly every event. What must outlive a piece (an unfinished
/// line, data of an unfinished event) is held, at most `maxEventBytes`; beyond that the decoder throws, and must not be used again.
public struct ServerSentEventDecoder: Sendable {
    /// Where the data of the event just read stands.
    public enum DataLocation: Sendable, Hashable {
        /// In the piece given to ``next(in:from:)``.
        case piece(Range<Int>)
        /// In ``data``, until the next call.
        case held
    }

    /// Data of the event just read, when its location is ``DataLocation/held``. Lines are joined by LF.
    public private(set) var data: [UInt8] = []
    /// Name of the event just read; empty when it has none.
    public private(set) var name: [UInt8] = []
    /// More than this in one event or one line is an error.
    public let maxEventBytes: Int

    private var line: [UInt8] = []
    /// The event's only data line so far, in the current piece.
    private var inPiece: Range<Int>?
    private var hasHeldData = false
    private var wasDispatched = false
    private var skipsLineFeed = false
    private var isFirstLine = true

    /// - Parameter maxEventBytes: at least 1; 4 MiB by default.
    public init(maxEventBytes: Int = 4 << 20) { self.maxEventBytes = max(1, maxEventBytes) }

    /// The input ended inside an event: an unfinished line, or data without the blank line that dispatches it.
    public var hasPartialEvent: Bool { !line.isEmpty || (hasHeldData && !wasDispatched) }

    /// The data an unfinished event would have if the input ended here properly; `nil` when there is none.
    public var partialData: [UInt8]? {
        var copy = self
        let ending: [UInt8] = [UInt8(ascii: "\n"), UInt8(ascii: "\n")]
        var offset = 0
        guard let location = try? copy.next(in: ending.span, from: &offset), location == .held else { return nil }
        return copy.data
    }

    /// Reads the next event out of `piece`, beginning at `offset`, which it moves. `nil` when the piece has no further event; the
    /// rest of it is then held. Give every piece once and in order, and call until `nil`.
    public mutating func next(in piece: Span<UInt8>, from offset: inout Int) throws(ServerSentEventError) -> DataLocation? {
        if wasDispatched { reset() }
        while offset < piece.count {
            if skipsLineFeed {
                skipsLineFeed = false
                if piece[offset] == UInt8(ascii: "\n") {
                    offset += 1
                    continue
                }
            }
            guard let end = Self.lineEnd(in: piece, from: offset) else {
                try check(line.count + piece.count - offset)
                Self.append(piece, offset..<piece.count, to: &line)
                offset = piece.count
                break
            }
            let range = offset..<end
            offset = end + 1
            if piece[end] == UInt8(ascii: "\r") { skipsLineFeed = true }
            try check(line.count + range.count)
            let isDispatch: Bool
            if line.isEmpty {
                isDispatch = read(piece, range, isInPiece: true)
            } else {
                Self.append(piece, range, to: &line)
                // Swapped out and back: a second reference would make emptying it allocate.
                var whole: [UInt8] = []
                swap(&whole, &line)
                isDispatch = read(whole.span, 0..<whole.count, isInPiece: false)
                whole.removeAll(keepingCapacity: true)
                swap(&whole, &line)
            }
            if isDispatch {
                wasDispatched = true
                if let inPiece { return .piece(inPiece) }
                return .held
            }
            if data.count + (inPiece?.count ?? 0) > maxEventBytes { throw .eventTooLarge(limit: maxEventBytes) }
        }
        hold(piece)
        return nil
    }

    /// Every event of the piece, copied. For streams that are not hot.
    public mutating func events(in piece: [UInt8]) throws(ServerSentEventError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var offset = 0
        while let location = try next(in: piece.span, from: &offset) {
            let name = String(decoding: name, as: UTF8.self)
            switch location {
            case .piece(let range): events.append(ServerSentEvent(name: name, data: Array(piece[range])))
            case .held: events.append(ServerSentEvent(name: name, data: data))
            }
        }
        return events
    }

    // MARK: Lines

    /// Reads one line without its end. `true` when it completes an event that has data.
    private mutating func read(_ source: Span<UInt8>, _ range: Range<Int>, isInPiece: Bool) -> Bool {
        var range = range
        if isFirstLine {
            isFirstLine = false
            if Self.has(source, range, "\u{FEFF}") { range = range.lowerBound + 3..<range.upperBound }
        }
        if range.isEmpty {
            if hasHeldData || inPiece != nil { return true }
            name.removeAll(keepingCapacity: true)
            return false
        }
        if Self.has(source, range, "data:") {
            addData(source, Self.value(source, range, after: 5), isInPiece: isInPiece)
        } else if Self.has(source, range, "event:") {
            name.removeAll(keepingCapacity: true)
            Self.append(source, Self.value(source, range, after: 6), to: &name)
        } else if range.count == 4, Self.has(source, range, "data") {
            addData(source, range.upperBound..<range.upperBound, isInPiece: isInPiece)
        } else if range.count == 5, Self.has(source, range, "event") {
            name.removeAll(keepingCapacity: true)
        }
        return false
    }

    private mutating func addData(_ source: Span<UInt8>, _ range: Range<Int>, isInPiece: Bool) {
        if isInPiece, inPiece == nil, !hasHeldData {
            inPiece = range
            return
        }
        if let first = inPiece {
            // Both lines are in the same piece: data of an earlier piece was held when that piece ended.
            Self.append(source, first, to: &data)
            inPiece = nil
            hasHeldData = true
        }
        if hasHeldData { data.append(UInt8(ascii: "\n")) }
        hasHeldData = true
        Self.append(source, range, to: &data)
    }

    /// Keeps what the unfinished event has in a piece that is about to go away.
    private mutating func hold(_ piece: Span<UInt8>) {
        guard let range = inPiece else { return }
        inPiece = nil
        hasHeldData = true
        Self.append(piece, range, to: &data)
    }

    private mutating func reset() {
        wasDispatched = false
        hasHeldData = false
        inPiece = nil
        data.removeAll(keepingCapacity: true)
        name.removeAll(keepingCapacity: true)
    }

    private func check(_ bytes: Int) throws(ServerSentEventError) {
        // A line may be longer than its data by the field name and a space.
        if bytes > maxEventBytes + 8 { throw .eventTooLarge(limit: maxEventBytes) }
    }

    // MARK: Bytes

    private static func value(_ source: Span<UInt8>, _ range: Range<Int>, after count: Int) -> Range<Int> {
        let start = range.lowerBound + count
        return start < range.upperBound && source[start] == UInt8(ascii: " ") ? start + 1..<range.upperBound : start..<range.upperBound
    }

    private static func has(_ source: Span<UInt8>, _ range: Range<Int>, _ prefix: StaticString) -> Bool {
        guard range.count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount where source[range.lowerBound + index] != prefix.utf8Start[index] { return false }
        return true
    }

    private static func append(_ source: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
        source.withUnsafeBufferPointer { bytes.append(contentsOf: $0[range]) }
    }

    /// The first CR or LF at or behind `offset`.
    private static func lineEnd(in piece: Span<UInt8>, from offset: Int) -> Int? {
        // A CR counts only when it stands in front of the next LF.
        let lineFeed = ByteSearch.firstIndex(of: 0x0A, in: piece, offset..<piece.count)
        return ByteSearch.firstIndex(of: 0x0D, in: piece, offset..<(lineFeed ?? piece.count)) ?? lineFeed
    }
}
