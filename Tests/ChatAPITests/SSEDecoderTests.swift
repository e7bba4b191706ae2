import ChatAPI
import Testing

@Suite struct SSEDecoderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var stream: String
        var events: [(name: String, data: String)]
        init(_ stream: String, _ events: [(String, String)]) {
            self.stream = stream
            self.events = events
        }
        var testDescription: String { stream.debugDescription }
    }

    static let cases: [Case] = [
        Case("data: a\n\n", [("", "a")]),
        Case("data:a\n\ndata:  b\n\n", [("", "a"), ("", " b")]),
        Case("data: a\r\n\r\ndata: b\r\n\r\n", [("", "a"), ("", "b")]),
        Case("data: a\r\ndata: b\r\n\r\n", [("", "a\nb")]),
        Case("data: a\rdata: b\r\r", [("", "a\nb")]),
        Case("data: a\r\rdata: b\r\r", [("", "a"), ("", "b")]),
        Case("data: a\r\n\ndata: b\n\r\n", [("", "a"), ("", "b")]),
        Case(": hello\n\ndata: a\n:x\n\n:\n", [("", "a")]),
        Case("data: a\ndata:b\ndata\ndata: c\n\n", [("", "a\nb\n\nc")]),
        Case("data: a\n\n\n\ndata: b\n\n", [("", "a"), ("", "b")]),
        Case("event: error\ndata: x\n\ndata: y\n\n", [("error", "x"), ("", "y")]),
        Case("event:ping\n\ndata: y\n\n", [("", "y")]),
        Case("event: a\nevent\ndata: y\n\n", [("", "y")]),
        Case("data: y\nevent: late\nid: 7\nretry: 10\nwhatever: z\nplain\n\n", [("late", "y")]),
        Case("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", [("", "a")]),
        Case("data:\n\n", [("", "")]),
        Case("database: a\n\ndata : b\n\nDATA: c\n\n", []),
        Case("data: {\"a\": \"\\n\"}\n\ndata: [DONE]\n\n", [("", "{\"a\": \"\\n\"}"), ("", "[DONE]")]),
        Case("data: unfinished", []),
        Case("data: undispatched\n", []),
        Case("", []),
        Case("\n\n\r\r\n", []),
    ]

    private func decode(_ pieces: [[UInt8]]) throws -> [ServerSentEvent] {
        var decoder = ServerSentEventDecoder()
        return try pieces.flatMap { try decoder.events(in: $0) }
    }

    @Test(arguments: cases)
    func everyRuleHoldsHoweverTheStreamIsCut(test: Case) throws {
        let bytes = Array(test.stream.utf8)
        let expected = test.events.map { ServerSentEvent(name: $0.name, data: Array($0.data.utf8)) }
        #expect(try decode([bytes]) == expected)
        #expect(try decode(bytes.map { [$0] }) == expected)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]].map(Array.init)
                #expect(try decode(pieces) == expected, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func aLineOfAnyLengthUpToTheBoundIsRead() throws {
        for length in [0, 1, 63, 64, 65, 4096, 100_000] {
            let bytes = Array("data: ".utf8) + Array(repeating: UInt8(ascii: "x"), count: length) + Array("\n\n".utf8)
            var decoder = ServerSentEventDecoder(maxEventBytes: 100_000)
            var events: [ServerSentEvent] = []
            var start = 0
            while start < bytes.count {
                events += try decoder.events(in: Array(bytes[start..<min(start + 1000, bytes.count)]))
                start += 1000
            }
            #expect(events.map(\.data.count) == [length])
        }
    }

    static let oversized = [
        "data: " + String(repeating: "x", count: 1100), "data: " + String(repeating: "x", count: 1100) + "\n\n",
        String(repeating: "data: 0123456789\n", count: 110), ": " + String(repeating: "x", count: 1100),
        String(repeating: "data:\n", count: 1100),
    ]

    @Test(arguments: oversized)
    func beyondTheBoundItThrows(stream: String) {
        var whole = ServerSentEventDecoder(maxEventBytes: 1000)
        #expect(throws: ServerSentEventError.eventTooLarge(limit: 1000)) { try whole.events(in: Array(stream.utf8)) }
        var byByte = ServerSentEventDecoder(maxEventBytes: 1000)
        #expect(throws: ServerSentEventError.eventTooLarge(limit: 1000)) {
            for byte in stream.utf8 { _ = try byByte.events(in: [byte]) }
        }
    }

    @Test func manyEventsTogetherMayExceedTheBound() throws {
        var decoder = ServerSentEventDecoder(maxEventBytes: 1000)
        let events = try decoder.events(in: Array(String(repeating: "data: 0123456789\n\n", count: 1000).utf8))
        #expect(events.count == 1000)
    }

    @Test func anUnfinishedEventIsKnown() throws {
        for (stream, isPartial) in [
            ("", false), ("data: a\n\n", false), (":c\n", false), ("dat", true), ("data: a", true), ("data: a\n", true),
        ] {
            var decoder = ServerSentEventDecoder()
            _ = try decoder.events(in: Array(stream.utf8))
            _ = try decoder.events(in: [])
            #expect(decoder.hasPartialEvent == isPartial, "\(stream)")
            #expect(decoder.partialData == (stream.hasPrefix("data: a") && isPartial ? Array("a".utf8) : nil), "\(stream)")
        }
    }
}
