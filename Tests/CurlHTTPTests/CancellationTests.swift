import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
    enum Moment: CaseIterable, Sendable {
        case beforeHead
        case afterHead
        case midBody
        case whilePaused
        case whilePausedWithDataWaiting
    }

    @Test(arguments: Moment.allCases)
    func cancellingClosesTheSocketAndTheServerSeesIt(_ moment: Moment) async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            if moment != .beforeHead { connection.send("HTTP/1.1 200 OK\r\n\r\n") }
            if moment != .beforeHead && moment != .afterHead { connection.send("first") }
            if moment == .whilePausedWithDataWaiting {
                _ = connection.sendUntilBlocked(Array(repeating: 0x31, count: 4096), limit: 1 << 30, patience: 200)
            }
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            let pauses = moment == .whilePaused || moment == .whilePausedWithDataWaiting
            let sink = RecordingSink(pausesAfter: { _ in pauses })
            let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            switch moment {
            case .beforeHead: try await eventually("the request arrived") { server.requests.count == 1 }
            case .afterHead: try await eventually("the head came") { sink.record.heads.count == 1 }
            default: try await eventually("the body began") { sink.record.pieces >= 1 }
            }
            if moment == .whilePausedWithDataWaiting { try await Task.sleep(for: .milliseconds(100)) }
            exchange.cancel()
            exchange.cancel()
            let outcome = try await sink.failure()
            #expect(outcome == .cancelled)
            try await eventually("the server sees the peer go") { server.departures == 1 }
            exchange.cancel()
            exchange.resume()
            #expect(transport.snapshot == CurlTransport.Snapshot(activeTransfers: 0, openSockets: 0))
            #expect(sink.record.results.count == 1)
            if pauses { #expect(sink.record.pieces == 1) }
        }
    }

    @Test
    func cancellingBeforeTheLoopSawTheStartEndsItOnceWithoutAnyConnection() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            // The loop's thread is busy in this sink, so that what follows stays in its queue.
            let isBusy = Gate()
            let blocker = RecordingSink(onBody: { isBusy.enterAndWait() })
            _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: blocker)
            try await eventually("the loop is busy") { isBusy.isEntered }
            let sinks = (0..<20).map { _ in RecordingSink() }
            for sink in sinks { transport.start(HTTPExchangeRequest(url: server.url()), sink: sink).cancel() }
            isBusy.open()
            for sink in sinks {
                let outcome = try await sink.failure()
                #expect(outcome == .cancelled)
            }
            _ = try await blocker.result().get()
            #expect(server.requests.count == 1)
        }
    }

    @Test
    func cancellingFromInsideTheSinkEndsTheBody() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.sendChunk(String(repeating: "z", count: 500)) {}
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            let sink = CancellingSink()
            let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            sink.arm(exchange)
            try await eventually("the exchange ends") { sink.results.count == 1 }
            #expect(sink.results == [.failure(.cancelled)])
            try await eventually("the server sees the peer go") { server.departures == 1 }
        }
    }

    @Test
    func cancellingAfterTheEndLeavesTheConnectionForTheNext() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            for _ in 0..<10 {
                let sink = RecordingSink()
                let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
                _ = try await sink.result().get()
                exchange.cancel()
            }
            #expect(server.acceptedConnections == 1)
        }
    }

    @Test
    func shutdownEndsWhatRunsClosesEverySocketAndRefusesWhatComesLater() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            let sinks = (0..<10).map { _ in RecordingSink() }
            let exchanges = sinks.map { transport.start(HTTPExchangeRequest(url: server.url()), sink: $0) }
            try await eventually("all requests arrived") { server.requests.count == 10 }
            transport.shutdown()
            for sink in sinks { #expect(sink.record.results == [.failure(.cancelled)]) }
            #expect(transport.snapshot == CurlTransport.Snapshot(activeTransfers: 0, openSockets: 0))
            try await eventually("the server sees all peers go") { server.departures == 10 }
            for exchange in exchanges {
                exchange.cancel()
                exchange.resume()
            }
            let late = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: late)
            #expect(late.record.results == [.failure(.cancelled)])
            transport.shutdown()
        }
    }

    @Test
    func aTransportThatIsLetGoTakesItsThreadsAndSocketsWithIt() async throws {
        let server = try LoopbackServer(answerOK)
        defer { server.stop() }
        let sink = RecordingSink()
        var transport: CurlTransport? = try CurlTransport()
        _ = transport?.start(HTTPExchangeRequest(url: server.url()), sink: sink)
        transport = nil
        _ = try await sink.result()
    }
}
