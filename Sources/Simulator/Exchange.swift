import NIOCore

/// One response on its way out: its plan and how far it has got. Stays on its connection's event loop.
final class Exchange {
    let live: LiveRequest?
    let plan: ResponsePlan
    let keepsAlive: Bool
    var nextEvent = 0
    /// When the next paced event is due; the gaps are counted from the first one, so that they do not drift.
    var due = NIODeadline.now()
    /// A timer, or a stall, comes before the next event.
    var isWaiting = true
    var isPumping = false
    var hasSentHead = false

    init(live: LiveRequest?, plan: ResponsePlan, keepsAlive: Bool) {
        self.live = live
        self.plan = plan
        self.keepsAlive = keepsAlive
    }

    /// Status line and header fields up to the empty line.
    func writeHead(into buffer: inout ByteBuffer) {
        buffer.writeString("HTTP/1.1 \(plan.status) \(plan.reason)\r\n")
        for header in plan.headers { buffer.writeString("\(header.name): \(header.value)\r\n") }
        switch plan.body {
        case .whole(let bytes, _): buffer.writeString("content-length: \(bytes.count)\r\n")
        case .stream: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        }
        buffer.writeString(keepsAlive ? "\r\n" : "connection: close\r\n\r\n")
    }
}

extension StreamPlan {
    /// Writes one event as one chunk of the body.
    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        let lineEnd = usesCRLF ? 2 : 1
        let opening: StaticString = "{\"index\":"
        let bridge: StaticString = ",\"delta\":"
        let comment: StaticString = ": keep-alive"
        var length = 6 + event.json.count + 2 * lineEnd
        if !event.isWhole { length += prefix.count + opening.utf8CodeUnitCount + 1 + bridge.utf8CodeUnitCount + suffix.count }
        if sendsComments { length += comment.utf8CodeUnitCount + 2 * lineEnd }
        Self.writeChunkSize(length, into: &buffer)
        if sendsComments {
            buffer.writeStaticString(comment)
            writeBlankLine(into: &buffer)
        }
        buffer.writeStaticString("data: ")
        if event.isWhole {
            buffer.writeBytes(event.json)
        } else {
            buffer.writeBytes(prefix)
            buffer.writeStaticString(opening)
            // A single digit: at most eight choices.
            buffer.writeInteger(UInt8(ascii: "0") + UInt8(event.choice))
            buffer.writeStaticString(bridge)
            buffer.writeBytes(event.json)
            buffer.writeBytes(suffix)
        }
        writeBlankLine(into: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// `[DONE]`, unless it is to be left out, and the end of the chunked body.
    func writeEnd(into buffer: inout ByteBuffer) {
        if sendsDone {
            Self.writeChunkSize(12 + (usesCRLF ? 4 : 2), into: &buffer)
            buffer.writeStaticString("data: [DONE]")
            writeBlankLine(into: &buffer)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("0\r\n\r\n")
    }

    private func writeBlankLine(into buffer: inout ByteBuffer) {
        if usesCRLF { buffer.writeStaticString("\r\n\r\n") } else { buffer.writeStaticString("\n\n") }
    }

    private static func writeChunkSize(_ size: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(size, radix: 16))
        buffer.writeStaticString("\r\n")
    }
}
