import Cascade
import CurlHTTP
import GatewayTesting
import HTTPTransport
import QdrantStore
import Synchronization
import Testing

@Suite("Failures")
struct FailureTests {
    /// A store on a server that plays `script` to each connection.
    private func withStore(
        apiKey: String? = nil, prefix: String = "/", _ script: @escaping @Sendable (LoopbackConnection) -> Void,
        _ body: (QdrantVectorStore, LoopbackServer) async throws -> Void
    ) async throws {
        let server = try LoopbackServer(script)
        defer { server.stop() }
        let transport = try CurlTransport(options: .loopback)
        defer { transport.shutdown() }
        let options = try QdrantOptions(baseURL: server.url(prefix), apiKey: apiKey, collection: "c")
        try await body(QdrantVectorStore(options, transport: transport), server)
    }

    private func answer(_ status: Int, _ body: String) -> @Sendable (LoopbackConnection) -> Void {
        { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
    }

    /// Every call of the port that asks the server.
    private func calls(
        _ store: QdrantVectorStore, _ deadline: @escaping @Sendable () -> ContinuousClock.Instant = { seconds(20) }
    ) -> [(String, () async throws(StoreError) -> Void)] {
        [
            (
                "nearest",
                { () async throws(StoreError) in _ = try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: deadline()) }
            ),
            ("upsert", { () async throws(StoreError) in try await store.upsert(point(1, [1, 0]), deadline: deadline()) }),
            ("remove", { () async throws(StoreError) in try await store.remove([uuid(1)], deadline: deadline()) }),
            ("removeAll", { () async throws(StoreError) in try await store.removeAll(deadline: deadline()) }),
            ("removeExpired", { () async throws(StoreError) in try await store.removeExpired(deadline: deadline()) }),
            ("count", { () async throws(StoreError) in _ = try await store.count(deadline: deadline()) }),
        ]
    }

    @Test(
        "What the server answers tells who is to blame, for every call",
        arguments: [
            (401, "Must provide an API key or an Authorization bearer token", .unauthorized),
            (403, #"{"status":{"error":"Forbidden"}}"#, .unauthorized),
            (429, #"{"status":{"error":"slow down"}}"#, .overloaded), (503, "", .overloaded),
            (500, #"{"status":{"error":"disk"}}"#, .unavailable),
            (502, "<html>", .unavailable), (501, "", .rejected), (408, "", .timeout), (504, "", .timeout),
            (400, #"{"status":{"error":"no"}}"#, .rejected),
            (422, #"{"status":{"error":"no"}}"#, .rejected), (413, "", .rejected),
            (404, "", .malformed), (404, "<html>not here</html>", .malformed), (301, "", .malformed),
            (200, "", .malformed), (200, #"{"result": {"points": ["#, .malformed), (200, "<html>", .malformed), (200, "{}", .malformed),
            (200, #"{"result": null}"#, .malformed), (200, #"{"result": 7}"#, .malformed), (200, "[]", .malformed),
            (200, #"{"result": {"points": 1, "status": 1, "count": "x", "config": []}}"#, .malformed),
        ] as [(Int, String, StoreError.Kind)])
    func statuses(status: Int, body: String, kind: StoreError.Kind) async throws {
        try await withStore(answer(status, body)) { store, _ in
            for (name, call) in calls(store) {
                let error = await failure(call)
                #expect(error?.kind == kind, "\(name): \(String(describing: error))")
                #expect(error?.store == .qdrant)
                #expect(error?.detail.isEmpty == false)
            }
        }
    }

    @Test("Something else than Qdrant is called so, and the path prefix suspected")
    func notQdrant() async throws {
        try await withStore(answer(404, "404 page not found")) { store, _ in
            let error = await failure(calls(store)[0].1)
            #expect(error?.detail.contains("is this a Qdrant") == true)
            #expect(error?.detail.contains("prefix") == true)
        }
    }

    @Test("The key goes with every request as api-key, below the base URL's prefix, and never into an error")
    func key() async throws {
        let body = #"{"status":{"error":"what is tops3cret-key? \u0007 api_key=otherkey123"}}"#
        try await withStore(apiKey: "tops3cret-key", prefix: "/behind/a/proxy/", answer(400, body)) { store, server in
            for (name, call) in calls(store) {
                let error = await failure(call)
                #expect(error?.kind == .rejected, "\(name)")
                #expect(error?.detail.contains("what is [redacted]?") == true)
                for secret in ["tops3cret", "otherkey123", "\u{7}"] { #expect(error?.description.contains(secret) == false) }
            }
            let requests = server.requests
            #expect(requests.count == 6)
            for request in requests {
                #expect(request.header("api-key") == "tops3cret-key")
                #expect(request.line.split(separator: " ")[1].hasPrefix("/behind/a/proxy/collections/c"))
                if !request.body.isEmpty { #expect(request.header("content-type") == "application/json") }
            }
        }
    }

    @Test("Without a key no api-key is sent")
    func noKey() async throws {
        try await withStore(answer(401, "Must provide an API key")) { store, server in
            let error = await failure(calls(store)[0].1)
            #expect(error?.detail.contains("wants an API key") == true)
            #expect(server.requests.first?.header("api-key") == nil)
        }
    }

    @Test("Qdrant's words are shortened in an error")
    func long() async throws {
        try await withStore(answer(400, #"{"status":{"error":"\#(String(repeating: "word ", count: 2_000))"}}"#)) { store, _ in
            let error = await failure(calls(store)[0].1)
            #expect((1...400).contains(error?.detail.utf8.count ?? 0))
        }
    }

    // MARK: Deadlines

    enum Sloth: String, CaseIterable, Sendable {
        case silent, silentAfterHead, trickling, slowHead
    }

    @Test("A server that never comes to an end is given up at the deadline, by every call", arguments: Sloth.allCases)
    func deadline(sloth: Sloth) async throws {
        let script: @Sendable (LoopbackConnection) -> Void = { connection in
            guard connection.readRequest() != nil else { return }
            switch sloth {
            case .silent: break
            case .silentAfterHead: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            case .trickling:
                // Each byte is in time; the whole never is.
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while connection.send(" ") { connection.pause(milliseconds: 5) }
            case .slowHead:
                connection.send("HTTP/1.1 200 OK\r\nX-Slow: ")
                while connection.send("x") { connection.pause(milliseconds: 5) }
            }
            _ = connection.waitForDeparture(seconds: 20)
        }
        try await withStore(script) { store, server in
            let began = ContinuousClock.now
            for (name, call) in calls(store, { seconds(0.15) }) {
                let error = await failure(call)
                #expect(error?.kind == .timeout, "\(name): \(String(describing: error))")
            }
            // Six calls; the bound is for a deadline that nobody keeps.
            #expect(.now - began < .seconds(10))
        }
    }

    @Test("A deadline that has passed sends nothing")
    func past() async throws {
        try await withStore(answer(500, "")) { store, server in
            for (name, call) in calls(store, { .now - .seconds(1) }) { #expect(await failure(call)?.kind == .timeout, "\(name)") }
            #expect(server.requests.isEmpty)
        }
    }

    // MARK: Broken connections

    @Test(
        "A broken connection, at whatever moment, is a store that cannot be had",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
    func broken(sent: String) async throws {
        let script: @Sendable (LoopbackConnection) -> Void = { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(sent)
            connection.close()
        }
        try await withStore(script) { store, _ in
            for (name, call) in calls(store) { #expect(await failure(call)?.kind == .unavailable, "\(name)") }
        }
    }

    @Test("Nothing listens there")
    func refused() async throws {
        let transport = try CurlTransport(options: .loopback)
        defer { transport.shutdown() }
        let store = QdrantVectorStore(
            try QdrantOptions(baseURL: "http://127.0.0.1:\(try freePort())", collection: "c"), transport: transport)
        for (name, call) in calls(store) { #expect(await failure(call)?.kind == .unavailable, "\(name)") }
    }

    @Test("What does not speak HTTP is malformed")
    func noHTTP() async throws {
        try await withStore({ connection in
            _ = connection.readRequest()
            connection.send("-ERR unknown command 'POST'\r\n")
        }) { store, _ in
            for (name, call) in calls(store) { #expect(await failure(call)?.kind == .malformed, "\(name)") }
        }
    }

    @Test("An answer without end is given up at 1 MiB")
    func flood() async throws {
        let sent = Mutex(0)
        let script: @Sendable (LoopbackConnection) -> Void = { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            let count = connection.sendUntilBlocked([UInt8](repeating: 0x20, count: 1 << 16), limit: 100 << 20, patience: 2_000)
            sent.withLock { $0 = count }
        }
        try await withStore(script) { store, server in
            let error = await failure(calls(store)[0].1)
            #expect(error != nil && error?.kind != .timeout)
            server.stop()
            #expect(sent.withLock { $0 } < 50 << 20)
        }
    }

    @Test("A transport that was shut down is a closed store")
    func shutDown() async throws {
        let transport = try CurlTransport(options: .loopback)
        transport.shutdown()
        let store = QdrantVectorStore(try QdrantOptions(baseURL: "http://127.0.0.1:1", collection: "c"), transport: transport)
        for (name, call) in calls(store) { #expect(await failure(call)?.kind == .closed, "\(name)") }
    }

    @Test("A cancelled caller gets away at once, and its exchange is closed")
    func cancelled() async throws {
        try await withStore({ connection in
            guard connection.readRequest() != nil else { return }
            _ = connection.waitForDeparture(seconds: 20)
        }) { store, server in
            let error = await withTaskGroup(of: StoreError?.self) { group in
                group.addTask { await failure { () async throws(StoreError) in _ = try await store.count(deadline: seconds(60)) } }
                _ = await eventually { server.requests.count == 1 }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.kind == .closed)
            #expect(await eventually { server.departures == 1 })
        }
    }

    // MARK: What is not sent

    @Test("What Qdrant cannot take is refused without asking it")
    func unfit() async throws {
        try await withStore(answer(500, "")) { store, server in
            let vectors: [[Float]] = [[], [.nan, 1], [1, .infinity], [Float](repeating: 0, count: 65_537)]
            for vector in vectors {
                let (search, write) = (
                    await failure { () async throws(StoreError) in
                        _ = try await store.nearest(to: vector, in: "p", limit: 3, deadline: seconds(20))
                    },
                    await failure { () async throws(StoreError) in try await store.upsert(point(1, vector), deadline: seconds(20)) }
                )
                #expect(search?.kind == .rejected)
                #expect(write?.kind == .rejected)
            }
            for wrong in [
                VectorPoint(id: "no-uuid", vector: [1], partition: "p", expiresAt: 1),
                VectorPoint(id: uuid(1), vector: [1], partition: "p", expiresAt: .nan),
            ] {
                #expect(
                    await failure { () async throws(StoreError) in try await store.upsert(wrong, deadline: seconds(20)) }?.kind == .rejected
                )
            }
            let many = (0...1_000).map(uuid)
            #expect(await failure { () async throws(StoreError) in try await store.remove(many, deadline: seconds(20)) }?.kind == .rejected)
            // Nothing to do is done.
            try await store.remove([], deadline: seconds(20))
            try await store.remove(["no-uuid"], deadline: seconds(20))
            #expect(try await store.nearest(to: [1], in: "p", limit: 0, deadline: seconds(20)).isEmpty)
            #expect(server.requests.isEmpty)
        }
    }
}
