import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct StressTests {
    /// splitmix64, so that a failure can be played again.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    @Test(arguments: [1, 2, 3])
    func twoHundredStreamsWithRandomDisconnectsLeaveNothingBehind(seed: UInt64) async throws {
        var random = Seeded(state: seed)
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                let events = Int(request.header("x-events") ?? "") ?? 0
                for event in 0..<events {
                    guard connection.sendChunk("data: \(event)\n\n" + String(repeating: "x", count: 300)) else { return }
                    if event % 8 == 7 { connection.pause(milliseconds: 1) }
                }
                if request.header("x-cut") != nil { return connection.reset() }
                connection.send("0\r\n\r\n")
            }
        }
        defer { server.stop() }
        var options = CurlTransportOptions()
        options.loopCount = 2
        let transport = try CurlTransport(options: options)
        var running: [(sink: RecordingSink, exchange: any HTTPExchange, isCut: Bool, events: Int, isCancelled: Bool)] = []
        for _ in 0..<200 {
            let events = Int.random(in: 0...200, using: &random)
            let isCut = Int.random(in: 0..<10, using: &random) == 0
            let sink = RecordingSink(pausesAfter: { $0 % 7 == 3 })
            let headers = [HTTPHeader("x-events", "\(events)")] + (isCut ? [HTTPHeader("x-cut", "1")] : [])
            let exchange = transport.start(HTTPExchangeRequest(method: .post, url: server.url(), headers: headers), sink: sink)
            running.append((sink, exchange, isCut, events, false))
        }
        while running.contains(where: { $0.sink.record.results.isEmpty }) {
            for index in running.indices {
                running[index].exchange.resume()
                if Int.random(in: 0..<100, using: &random) == 0 {
                    running[index].exchange.cancel()
                    running[index].isCancelled = true
                }
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        for stream in running {
            let record = stream.sink.record
            #expect(record.violations == 0 && record.results.count == 1)
            switch try #require(record.results.first) {
            case .success:
                #expect(!stream.isCut)
                let expected = (0..<stream.events).reduce(into: "") { $0 += "data: \($1)\n\n" + String(repeating: "x", count: 300) }
                #expect(stream.sink.text == expected)
            case .failure(let error):
                #expect(error == .cancelled ? stream.isCancelled : stream.isCut, "\(error)")
            }
        }
        // What the transport counts is what the kernel has.
        let held = Kernel.socketsConnected(toPort: server.port)
        #expect(transport.snapshot == CurlTransport.Snapshot(activeTransfers: 0, openSockets: held))
        transport.shutdown()
        #expect(Kernel.socketsConnected(toPort: server.port) == 0)
        #expect(transport.snapshot == CurlTransport.Snapshot(activeTransfers: 0, openSockets: 0))
    }
}
