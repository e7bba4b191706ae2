import CurlHTTP
import Foundation
import HTTPTransport
import Testing

/// Against a server of another make, over TLS.
@Suite(
    .serialized, .timeLimit(.minutes(1)),
    .enabled(if: HTTP2Peer.isAvailable, "needs openssl and a Python with the package h2 (QUALM_TEST_PYTHON, or python3)"))
struct HTTP2Tests {
    private func withPeer(
        trusting: Bool = true, _ change: (inout CurlTransportOptions) -> Void = { _ in },
        _ body: (HTTP2Peer, CurlTransport) async throws -> Void
    ) async throws {
        let peer = try HTTP2Peer()
        defer { peer.stop() }
        var options = CurlTransportOptions()
        options.proxy = .none
        if trusting { options.certificateAuthorityFile = peer.certificateFile }
        change(&options)
        let transport = try CurlTransport(options: options)
        defer { transport.shutdown() }
        try await body(peer, transport)
    }

    private func statistics(_ peer: HTTP2Peer, _ transport: CurlTransport) async throws -> HTTP2Peer.Statistics {
        let response = try await transport.collect(HTTPExchangeRequest(url: "https://localhost:\(peer.tlsPort)/stats"), maxBytes: 1000)
        return try JSONDecoder().decode(HTTP2Peer.Statistics.self, from: Data(response.body))
    }

    /// Polls the server's own count over the same connection.
    private func eventuallyResets(_ count: Int, _ peer: HTTP2Peer, _ transport: CurlTransport) async throws {
        for _ in 0..<1000 {
            if try await statistics(peer, transport).resets == count { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("the server never saw \(count) stream resets")
    }

    @Test
    func aCertificateIsAcceptedOnlyFromATrustedAuthorityAndForItsHost() async throws {
        try await withPeer(trusting: false) { peer, transport in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: "https://localhost:\(peer.tlsPort)/ok"), maxBytes: 10)
            }
            #expect(error?.kind == .tls, "\(String(describing: error))")
        }
        try await withPeer { peer, transport in
            let response = try await transport.collect(HTTPExchangeRequest(url: "https://localhost:\(peer.tlsPort)/ok"), maxBytes: 10)
            #expect(response.body == Array("ok".utf8))
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: "https://127.0.0.1:\(peer.tlsPort)/ok"), maxBytes: 10)
            }
            #expect(error?.kind == .tls, "\(String(describing: error))")
        }
        try await withPeer({ $0.certificateAuthorityFile = "/nowhere/ca.pem" }) { peer, transport in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: "https://localhost:\(peer.tlsPort)/ok"), maxBytes: 10)
            }
            #expect(error?.kind == .tls, "\(String(describing: error))")
        }
    }

    @Test
    func exchangesAtTheSameTimeShareOneConnectionFromTheFirstOnwards() async throws {
        try await withPeer { peer, transport in
            let sinks = (0..<50).map { _ in RecordingSink() }
            for (index, sink) in sinks.enumerated() {
                let request = HTTPExchangeRequest(
                    method: .post, url: "https://localhost:\(peer.tlsPort)/echo", headers: [HTTPHeader("Content-Type", "text/plain")],
                    body: Array("body \(index)".utf8))
                _ = transport.start(request, sink: sink)
            }
            for (index, sink) in sinks.enumerated() {
                let timings = try await sink.result().get()
                #expect(timings.httpVersion == 20)
                #expect(sink.text == "body \(index)")
                #expect(sink.record.heads.first?.header("X-Path") == "/echo")
            }
            let seen = try await statistics(peer, transport)
            #expect(seen.connections == 1)
        }
    }

    @Test
    func aLargeBodyGoesBothWays() async throws {
        try await withPeer { peer, transport in
            let body = BackPressureTests.body(bytes: 3 << 20)
            let request = HTTPExchangeRequest(method: .post, url: "https://localhost:\(peer.tlsPort)/echo", body: body)
            let response = try await transport.collect(request, maxBytes: body.count)
            #expect(response.body == body)
        }
    }

    @Test(arguments: [false, true])
    func cancellingResetsTheStreamAndKeepsTheConnection(whilePaused: Bool) async throws {
        try await withPeer { peer, transport in
            let sink = RecordingSink(pausesAfter: { _ in whilePaused })
            let url = "https://localhost:\(peer.tlsPort)" + (whilePaused ? "/big?50000000" : "/hang")
            let exchange = transport.start(HTTPExchangeRequest(url: url), sink: sink)
            try await eventually("the response began") { whilePaused ? sink.record.pieces == 1 : sink.record.heads.count == 1 }
            exchange.cancel()
            let error = try await sink.failure()
            #expect(error == .cancelled)
            try await eventuallyResets(1, peer, transport)
            let seen = try await statistics(peer, transport)
            #expect(seen.connections == 1)
        }
    }

    @Test
    func aPausedStreamIsHeldByItsWindowWhileOthersOnTheConnectionGoOn() async throws {
        try await withPeer { peer, transport in
            let length = 60_000_000 / 251 * 251
            let sink = RecordingSink(pausesAfter: { $0 == 1 })
            let exchange = transport.start(HTTPExchangeRequest(url: "https://localhost:\(peer.tlsPort)/big?\(length)"), sink: sink)
            try await eventually("the body began") { sink.record.pieces == 1 }
            var sent = 0
            // Until the server has been standing still for a while.
            while true {
                let before = sent
                sent = try await statistics(peer, transport).sent
                // The answers to these questions count too.
                if sent - before < 1000 { break }
                try await Task.sleep(for: .milliseconds(200))
            }
            let later = try await statistics(peer, transport)
            #expect(later.sent - sent < 1000, "the server still sends")
            #expect(sent < length)
            #expect(later.connections == 1)
            #expect(sink.record.pieces == 1)
            exchange.resume()
            _ = try await sink.result().get()
            let body = sink.record.body
            #expect(body.count == length)
            #expect(body == BackPressureTests.body(bytes: length))
        }
    }

    @Test(arguments: [("/reset-early", HTTPTransportError.Kind.resetBeforeHead), ("/reset-late", .resetMidBody)])
    func aStreamThatTheServerResetsSaysWhere(_ path: String, _ kind: HTTPTransportError.Kind) async throws {
        try await withPeer { peer, transport in
            let sink = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: "https://localhost:\(peer.tlsPort)\(path)"), sink: sink)
            let error = try await sink.failure()
            #expect(error?.kind == kind, "\(String(describing: error))")
            let seen = try await statistics(peer, transport)
            #expect(seen.connections == 1)
        }
    }

    @Test
    func priorKnowledgeSpeaksHTTP2WithoutTLS() async throws {
        try await withPeer({ $0.version = .http2PriorKnowledge }) { peer, transport in
            let request = HTTPExchangeRequest(url: "http://127.0.0.1:\(peer.plainPort)/ok")
            let sinks = (0..<10).map { _ in RecordingSink() }
            for sink in sinks { _ = transport.start(request, sink: sink) }
            for sink in sinks {
                let timings = try await sink.result().get()
                #expect(timings.httpVersion == 20)
                #expect(sink.text == "ok")
            }
        }
    }
}
