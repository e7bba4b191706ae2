import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1)))
struct ProxyTests {
    @Test
    func aProxyIsAskedForTheWholeURLUnlessTheHostBypassesIt() async throws {
        let origin = try LoopbackServer(answerOK)
        defer { origin.stop() }
        let proxy = try LoopbackServer(answerOK)
        defer { proxy.stop() }
        for (bypassing, origins, proxies) in [("", 0, 1), ("127.0.0.1", 1, 1), ("example.com,.local", 1, 2), ("*", 2, 2)] {
            var options = CurlTransportOptions()
            options.proxy = .url(proxy.url(""), bypassing: bypassing)
            let transport = try CurlTransport(options: options)
            defer { transport.shutdown() }
            _ = try await transport.collect(HTTPExchangeRequest(url: origin.url("/path")), maxBytes: 2)
            #expect(origin.requests.count == origins, "bypassing \(bypassing)")
            #expect(proxy.requests.count == proxies, "bypassing \(bypassing)")
        }
        #expect(proxy.requests.allSatisfy { $0.line == "GET \(origin.url("/path")) HTTP/1.1" })
    }

    @Test
    func aProxyThatRefusesTheTunnelIsUnreachableAndItsAnswerIsNotTheResponse() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        }) { proxy, _ in
            var options = CurlTransportOptions()
            options.proxy = .url(proxy.url(""))
            let transport = try CurlTransport(options: options)
            defer { transport.shutdown() }
            let sink = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: "https://qualm.invalid/"), sink: sink)
            let error = try #require(try await sink.failure())
            #expect(error.kind == .unreachable)
            #expect(error.detail.contains("403"))
            #expect(sink.record.heads.isEmpty)
            #expect(proxy.requests.first?.line == "CONNECT qualm.invalid:443 HTTP/1.1")
        }
    }

    /// In a process of its own, because the environment belongs to everyone.
    @Test
    func theEnvironmentNamesTheProxyAndWhoBypassesIt() async throws {
        await #expect(processExitsWith: .success) {
            let origin = try LoopbackServer(answerOK)
            let proxy = try LoopbackServer(answerOK)
            setenv("http_proxy", proxy.url(""), 1)
            setenv("NO_PROXY", "localhost", 1)
            let asked = CurlTransportOptions()
            var unasked = CurlTransportOptions()
            unasked.proxy = .none
            for (options, host) in [(asked, "127.0.0.1"), (asked, "localhost"), (unasked, "127.0.0.1")] {
                let transport = try CurlTransport(options: options)
                _ = try await transport.collect(HTTPExchangeRequest(url: "http://\(host):\(origin.port)/"), maxBytes: 2)
                transport.shutdown()
            }
            try #require(proxy.requests.map(\.line) == ["GET http://127.0.0.1:\(origin.port)/ HTTP/1.1"])
            try #require(origin.requests.count == 2)
            origin.stop()
            proxy.stop()
        }
    }
}
