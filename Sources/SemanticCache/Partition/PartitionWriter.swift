internal import FastJSON

/// Writes what a partition is the hash of: one JSON array, so that no text can pass for another field.
struct PartitionWriter {
    private let request: CacheableRequest
    private let body: CanonicalJSON
    private var writer = JSONWriter()
    /// The whole array.
    var bytes: [UInt8] { writer.bytes }

    init(_ request: CacheableRequest) {
        self.request = request
        body = request.body
        writer.reserveCapacity(body.bytes.count + 256)
    }

    /// To be called once.
    mutating func write(tenant: [String], policy: String, version: String) {
        writer.beginArray()
        // Changes with this format and with the built-in rules.
        writer.string("qualm cache partition 1")
        writer.string(version)
        writer.array { list in tenant.forEach { list.string($0) } }
        writer.string(policy)
        writeTemperatureClass()
        writeTokenBucket()
        writeStop()
        writer.object { object in
            for member in request.exactMembers { object.raw(body.bytes(of: member)) }
        }
        writeMessages()
        writer.endArray()
    }

    private mutating func writeTemperatureClass() {
        switch request.temperature {
        case nil: writer.null()
        case 0: writer.string("0")
        default: writer.string("low")
        }
    }

    /// Powers of two: 1, 2...3, 4...7 and so on; 0 alone.
    private mutating func writeTokenBucket() {
        guard let tokens = request.maxTokens else { return writer.null() }
        writer.int(Int.bitWidth - max(0, tokens).leadingZeroBitCount)
    }

    private mutating func writeStop() {
        guard let stop = request.stop else { return writer.null() }
        let bytes = body.bytes(of: stop)
        if stop.kind == .array { writer.raw(bytes) } else { writer.array { $0.raw(bytes) } }
    }

    // MARK: Messages

    private mutating func writeMessages() {
        writer.beginArray()
        for message in request.messages.dropLast() { writeMessage(message, withoutTexts: false) }
        if let last = request.messages.last { writeMessage(last, withoutTexts: !request.lastTexts.isEmpty) }
        writer.endArray()
    }

    /// A message without its null members. Without texts it is an array of one object, so that it differs from every whole message.
    private mutating func writeMessage(_ message: CanonicalJSON.Value, withoutTexts: Bool) {
        if withoutTexts { writer.beginArray() }
        writer.beginObject()
        for member in body.members(of: message) where member.value.kind != .null {
            if body.isNamed("content", member) {
                writer.name("content")
                writeContent(member.value, withoutTexts: withoutTexts)
            } else {
                writer.raw(body.bytes(of: member))
            }
        }
        writer.endObject()
        if withoutTexts { writer.endArray() }
    }

    /// A text alone is written in the same way whether it came as a string or as the only part of an array.
    private mutating func writeContent(_ content: CanonicalJSON.Value, withoutTexts: Bool) {
        let parts = body.elements(of: content)
        if content.kind == .string {
            if withoutTexts { writer.null() } else { writer.raw(body.bytes(of: content)) }
        } else if parts.count == 1, let text = plainText(parts[0]) {
            if withoutTexts { writer.null() } else { writer.raw(body.bytes(of: text)) }
        } else {
            writer.beginArray()
            for part in parts { writePart(part, withoutText: withoutTexts) }
            writer.endArray()
        }
    }

    /// The text of a part that is nothing but `{"type": "text", "text": "..."}`.
    private func plainText(_ part: CanonicalJSON.Value) -> CanonicalJSON.Value? {
        guard let type = body.member("type", of: part), body.isString("text", type), let text = body.member("text", of: part),
            text.kind == .string, body.members(of: part).count(where: { $0.value.kind != .null }) == 2
        else { return nil }
        return text
    }

    private mutating func writePart(_ part: CanonicalJSON.Value, withoutText: Bool) {
        guard part.kind == .object else { return writer.raw(body.bytes(of: part)) }
        writer.beginObject()
        for member in body.members(of: part) where member.value.kind != .null {
            if withoutText && body.isNamed("text", member) { continue }
            writer.raw(body.bytes(of: member))
        }
        writer.endObject()
    }
}
