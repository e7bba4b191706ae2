internal import Cascade

/// The bytes of an entry. Version 1, integers little-endian:
///
///     "QC" version kind checksum(8) | fields
///
/// A text or byte field is its length (4 bytes) and its bytes. The checksum tells what this gateway wrote from what came out of a store
/// that was not written by it, or was cut; it is no protection from somebody who may write to the store.
extension StoredEntry {
    private static let version: UInt8 = 1
    private static let headBytes = 12

    private enum Kind: UInt8 {
        case answer = 0
        case tombstone = 1
    }

    func encoded() -> [UInt8] {
        var writer = EntryWriterBytes()
        switch self {
        case .tombstone(let partition):
            writer.head(Self.version, Kind.tombstone.rawValue, capacity: Self.headBytes + 4 + partition.utf8.count)
            writer.text(partition)
        case .answer(let answer):
            writer.head(Self.version, Kind.answer.rawValue, capacity: answer.body.count + (answer.prompt?.utf8.count ?? 0) + 256)
            writer.text(answer.partition)
            writer.text(answer.id)
            writer.byte(answer.prompt == nil ? 0 : 1)
            if let prompt = answer.prompt { writer.text(prompt) }
            writer.text(answer.model.provider)
            writer.text(answer.model.model)
            writer.text(answer.route.rawValue)
            writer.text(answer.tokens.source.rawValue)
            writer.integer(UInt64(bitPattern: Int64(answer.tokens.input)))
            writer.integer(UInt64(bitPattern: Int64(answer.tokens.cachedInput)))
            writer.integer(UInt64(bitPattern: Int64(answer.tokens.output)))
            writer.integer(answer.createdAt.bitPattern)
            writer.bytes(answer.body)
        }
        return writer.sealed()
    }

    /// - Returns: `nil` for bytes that this version did not write.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headBytes, bytes[0] == 0x51, bytes[1] == 0x43, bytes[2] == Self.version,
            let kind = Kind(rawValue: bytes[3])
        else { return nil }
        var reader = EntryReader(bytes, at: 4)
        guard reader.integer() == EntryChecksum.of(bytes, from: Self.headBytes), let partition = reader.text() else { return nil }
        switch kind {
        case .tombstone:
            self = .tombstone(partition: partition)
        case .answer:
            guard let answer = StoredAnswer(partition, &reader) else { return nil }
            self = .answer(answer)
        }
        guard reader.isAtEnd else { return nil }
    }
}

extension StoredAnswer {
    fileprivate init?(_ partition: String, _ reader: inout EntryReader) {
        guard let id = reader.text(), let hasPrompt = reader.byte(), hasPrompt <= 1 else { return nil }
        var prompt: String?
        if hasPrompt == 1 {
            guard let text = reader.text() else { return nil }
            prompt = text
        }
        guard let provider = reader.text(), let model = reader.text(), let route = reader.text().flatMap(AnswerRoute.init(rawValue:)),
            let source = reader.text().flatMap(TokenCount.Source.init(rawValue:)), let input = reader.count(),
            let cached = reader.count(), let output = reader.count(), let created = reader.integer().map(Double.init(bitPattern:)),
            created.isFinite, let body = reader.bytes()
        else { return nil }
        self.init(
            id: id, partition: partition, prompt: prompt, body: Array(body), model: ModelName(provider: provider, model: model),
            route: route,
            tokens: TokenCount(input: input, cachedInput: cached, output: output, source: source), createdAt: created)
    }
}

private struct EntryWriterBytes {
    private var buffer: [UInt8] = []

    mutating func head(_ version: UInt8, _ kind: UInt8, capacity: Int) {
        buffer.reserveCapacity(capacity)
        buffer += [0x51, 0x43, version, kind, 0, 0, 0, 0, 0, 0, 0, 0]
    }
    mutating func byte(_ value: UInt8) { buffer.append(value) }
    mutating func integer(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { buffer.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }
    mutating func bytes(_ value: some Collection<UInt8>) {
        let count = UInt32(value.count)
        for shift in stride(from: 0, to: 32, by: 8) { buffer.append(UInt8(truncatingIfNeeded: count >> UInt32(shift))) }
        buffer.append(contentsOf: value)
    }
    mutating func text(_ value: String) { bytes(value.utf8) }

    consuming func sealed() -> [UInt8] {
        let sum = EntryChecksum.of(buffer, from: 12)
        for position in 0..<8 { buffer[4 + position] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * position)) }
        return buffer
    }
}

private struct EntryReader {
    private let source: [UInt8]
    private var offset: Int

    init(_ source: [UInt8], at offset: Int) {
        self.source = source
        self.offset = offset
    }

    var isAtEnd: Bool { offset == source.count }

    mutating func byte() -> UInt8? {
        guard offset < source.count else { return nil }
        defer { offset += 1 }
        return source[offset]
    }
    mutating func integer() -> UInt64? {
        guard source.count - offset >= 8 else { return nil }
        defer { offset += 8 }
        return (0..<8).reduce(0) { $0 | UInt64(source[offset + $1]) << UInt64(8 * $1) }
    }
    /// Tokens: never negative, and small enough to be added up.
    mutating func count() -> Int? {
        guard let value = integer(), value < 1 << 40 else { return nil }
        return Int(value)
    }
    mutating func bytes() -> ArraySlice<UInt8>? {
        guard source.count - offset >= 4 else { return nil }
        let count = (0..<4).reduce(0) { $0 | Int(source[offset + $1]) << (8 * $1) }
        guard source.count - offset - 4 >= count else { return nil }
        defer { offset += 4 + count }
        return source[offset + 4..<offset + 4 + count]
    }
    /// `nil` also for what is not UTF-8.
    mutating func text() -> String? {
        guard let bytes = bytes() else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// FNV-1a over words of eight bytes instead of single ones: a body of 10 KB takes about a microsecond.
private enum EntryChecksum {
    static func of(_ bytes: [UInt8], from start: Int) -> UInt64 {
        let span = bytes.span
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(span.count - start)
        var at = start
        while at + 8 <= span.count {
            var word: UInt64 = 0
            for position in 0..<8 { word |= UInt64(span[at + position]) << UInt64(8 * position) }
            sum = (sum ^ word) &* 0x0000_0100_0000_01B3
            sum ^= sum >> 29
            at += 8
        }
        while at < span.count {
            sum = (sum ^ UInt64(span[at])) &* 0x0000_0100_0000_01B3
            at += 1
        }
        return sum ^ sum >> 32
    }
}
