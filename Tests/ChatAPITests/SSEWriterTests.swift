import ChatAPI
import Testing

@Suite struct SSEWriterTests {
    private func text(_ write: (inout [UInt8]) -> Void) -> String {
        var out: [UInt8] = []
        write(&out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test func commentsDataAndTheMarkerAreFramed() {
        #expect(text { ServerSentEventWriter.appendComment("keep-alive".utf8, to: &$0) } == ": keep-alive\n\n")
        #expect(text { ServerSentEventWriter.appendComment("a\r\nb\rc\nd".utf8, to: &$0) } == ": a\n: b\n: c\n: d\n\n")
        #expect(text { ServerSentEventWriter.appendEvent(data: "{}".utf8, to: &$0) } == "data: {}\n\n")
        #expect(
            text { ServerSentEventWriter.appendEvent(name: "message_stop", data: "{}".utf8, to: &$0) }
                == "event: message_stop\ndata: {}\n\n")
        #expect(text { ServerSentEventWriter.appendDone(to: &$0) } == "data: [DONE]\n\n")
    }

    @Test(arguments: ["", "a", " a", "a\nb", "\n", "a\n\nb\n", "data: x"])
    func whatIsWrittenIsReadBack(data: String) throws {
        var out: [UInt8] = []
        ServerSentEventWriter.appendComment("note".utf8, to: &out)
        ServerSentEventWriter.appendEvent(name: "x", data: data.utf8, to: &out)
        var decoder = ServerSentEventDecoder()
        #expect(try decoder.events(in: out) == [ServerSentEvent(name: "x", data: Array(data.utf8))])
    }
}
