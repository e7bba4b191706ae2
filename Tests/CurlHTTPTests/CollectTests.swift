import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CollectTests {
    @Test
    func aBodyOfExactlyTheLimitIsCollectedAndOneByteMoreIsNot() async throws {
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil { _ = Framing.chunked.answer(connection, Array(repeating: "0123456789", count: 100)) }
        }) { server, transport in
            let request = HTTPExchangeRequest(url: server.url())
            let outcome = try await transport.collect(request, maxBytes: 1000)
            #expect(outcome.body.count == 1000)
            let error = await #expect(throws: HTTPTransportError.self) { try await transport.collect(request, maxBytes: 999) }
            #expect(error?.kind == .tooLarge)
            #expect(error?.detail.contains("999 bytes") == true)
        }
    }

    @Test
    func anEndlessBodyIsGivenUpAtTheLimit() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send("for ever and ever ") {}
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 100_000)
            }
            try await eventually("the server sees the peer go") { server.departures == 1 }
        }
    }

    @Test
    func cancellingTheTaskCancelsTheExchange() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            try await withThrowingTaskGroup(of: HTTPTransportError?.self) { group in
                group.addTask {
                    do throws(HTTPTransportError) {
                        _ = try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 10)
                        return nil
                    } catch {
                        return error
                    }
                }
                try await eventually("the request arrived") { server.requests.count == 1 }
                group.cancelAll()
                let outcome = try await group.next()
                #expect(outcome == .some(.cancelled))
            }
            try await eventually("the server sees the peer go") { server.departures == 1 }
        }
    }

    @Test
    func aTaskThatIsAlreadyCancelledGetsNoResponse() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    let error = await #expect(throws: HTTPTransportError.self) {
                        try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 10)
                    }
                    #expect(error == .cancelled)
                }
            }
        }
    }
}
