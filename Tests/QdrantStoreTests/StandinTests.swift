import Cascade
import FastJSON
import GatewayTesting
import HTTPTransport
import QdrantStore
import Testing

/// Against Qdrant's own engine. The stand-in checks every request against Qdrant's OpenAPI document and refuses what does not fit.
@Suite("Qdrant's engine", .enabled(if: Standin.isPresent, "the Qdrant stand-in is not there; recordings are replayed instead"), .standin)
struct StandinTests {
    private let standin: Standin
    private let collection = "test_\(UInt64.random(in: 0 ..< .max))"

    init() throws { standin = try #require(StandinTrait.running) }

    private func store(apiKey: String? = nil, on other: Standin? = nil, now: (@Sendable () -> Double)? = nil) throws -> QdrantVectorStore {
        let server = other ?? standin
        return QdrantVectorStore(
            try QdrantOptions(baseURL: server.baseURL + "/", apiKey: apiKey, collection: collection), transport: server.transport, now: now)
    }

    @Test("The store keeps every promise of a vector store, and nothing it sends is outside of Qdrant's OpenAPI document")
    func conformance() async throws {
        let breaches = await VectorStoreConformance(store: try store()).breaches()
        #expect(breaches == [])
        let log = try await standin.log(of: collection)
        #expect(log.count > 300)
        // 404: looked for, not there. 409: nobody else is here. Anything else would be a request that the document does not allow.
        #expect(log.filter { ![200, 404].contains($0.status) } == [])
        // Writes are waited for, or they could not be found at once.
        let writes = log.filter { ["/points", "/points/delete", "/index"].contains($0.path) }
        #expect(writes.allSatisfy { $0.query == "wait=true" })
    }

    @Test("The collection has the size, the distance and the indexes that searches need")
    func collectionShape() async throws {
        let store = try store()
        try await store.upsert(point(1, [0.6, 0.8, 0]), deadline: seconds(20))
        let result = try await standin.get("/collections/\(collection)")["result"]
        #expect(result?["config"]?["params"]?["vectors"] == ["size": 3, "distance": "Cosine"])
        #expect(result?["payload_schema"]?["partition"]?["data_type"] == "keyword")
        #expect(result?["payload_schema"]?["partition"]?["params"]?["is_tenant"] == true)
        #expect(result?["payload_schema"]?["expires_at"]?["data_type"] == "float")
        let log = try await standin.log(of: collection)
        #expect(log.map { "\($0.method) \($0.path)" } == ["GET ", "PUT ", "GET ", "PUT /index", "PUT /index", "PUT /points", "GET "])
    }

    @Test("A point's time is over when the store's clock says so")
    func clock() async throws {
        let early = try store(now: { 1_000 })
        let late = try store(now: { 1_000.5 })
        try await early.upsert(point(1, [1, 0], expiresAt: 1_000.5), deadline: seconds(20))
        #expect(try await early.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).map(\.id) == [uuid(1)])
        #expect(try await late.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).isEmpty)
        try await early.removeExpired(deadline: seconds(20))
        #expect(try await early.count(deadline: seconds(20)) == 1)
        try await late.removeExpired(deadline: seconds(20))
        #expect(try await early.count(deadline: seconds(20)) == 0)
    }

    @Test("Somebody else's points in the collection are neither found, counted nor removed")
    func strangers() async throws {
        let store = try store()
        try await store.upsert(point(1, [1, 0]), deadline: seconds(20))
        let stranger: JSONValue = ["id": 7, "vector": [1.0, 0.0], "payload": ["partition": "p"]]
        _ = try await standin.send(.put, "/collections/\(collection)/points?wait=true", ["points": [stranger]])
        #expect(try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).map(\.id) == [uuid(1)])
        #expect(try await store.count(deadline: seconds(20)) == 1)
        try await store.removeAll(deadline: seconds(20))
        let left = try await standin.send(.post, "/collections/\(collection)/points/count", ["exact": true])
        #expect(left["result"]?["count"] == 1)
    }

    @Test("A collection deleted meanwhile is made again")
    func deleted() async throws {
        let store = try store()
        try await store.upsert(point(1, [1, 0]), deadline: seconds(20))
        try await standin.deleteCollection(collection)
        #expect(try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).isEmpty)
        try await store.upsert(point(2, [1, 0]), deadline: seconds(20))
        try await standin.deleteCollection(collection)
        try await store.upsert(point(3, [1, 0]), deadline: seconds(20))
        #expect(try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).map(\.id) == [uuid(3)])
    }

    @Test(
        "A collection for other vectors is a mismatch",
        arguments: [
            ["size": 3, "distance": "Cosine"], ["size": 2, "distance": "Dot"], ["text": ["size": 2, "distance": "Cosine"]],
        ] as [JSONValue])
    func mismatch(vectors: JSONValue) async throws {
        try await standin.createCollection(collection, vectors: vectors)
        let store = try store()
        for error in [
            await failure { () async throws(StoreError) in
                _ = try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20))
            },
            await failure { () async throws(StoreError) in try await store.upsert(point(1, [1, 0]), deadline: seconds(20)) },
        ] { #expect(error?.kind == .mismatch, "\(String(describing: error))") }
    }

    @Test("A collection replaced by one of another size meanwhile is a mismatch in Qdrant's words")
    func replaced() async throws {
        let store = try store()
        try await store.upsert(point(1, [1, 0]), deadline: seconds(20))
        try await standin.deleteCollection(collection)
        try await standin.createCollection(collection, vectors: ["size": 3, "distance": "Cosine"])
        let error = await failure { () async throws(StoreError) in try await store.upsert(point(2, [1, 0]), deadline: seconds(20)) }
        #expect(error?.kind == .mismatch)
        #expect(error?.detail.contains("expected dim: 3, got 2") == true)
    }

    @Test(
        "Faults of the server are told apart, and over when it is well again",
        arguments: [
            (["status": 500], .unavailable), (["status": 503], .overloaded), (["status": 429, "retry_after": 1], .overloaded),
            (["garbage": true], .malformed), (["drop": true], .unavailable), (["delay_ms": 5_000], .timeout),
        ] as [(JSONValue, StoreError.Kind)])
    func faults(fault: JSONValue, kind: StoreError.Kind) async throws {
        let store = try store()
        try await store.upsert(point(1, [1, 0]), deadline: seconds(20))
        let within = kind == .timeout ? 0.2 : 20
        for (path, call) in [
            (
                "query",
                { () async throws(StoreError) in _ = try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(within)) }
            ),
            ("count", { () async throws(StoreError) in _ = try await store.count(deadline: seconds(within)) }),
            ("delete", { () async throws(StoreError) in try await store.remove([uuid(9)], deadline: seconds(within)) }),
        ] as [(String, () async throws(StoreError) -> Void)] {
            try await standin.fault("/collections/\(collection)/points/\(path)", fault)
            let began = ContinuousClock.now
            let error = await failure(call)
            // uvicorn answers an exception in the handler, which is how this fault breaks off, with 500 where it can.
            #expect(error?.kind == kind, "\(path): \(String(describing: error))")
            #expect(.now - began < .seconds(4))
        }
        #expect(try await store.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).map(\.id) == [uuid(1)])
    }

    @Test("Many gateways that begin together make one collection")
    func togetherWithOthers() async throws {
        let stores = try (0..<6).map { _ in try store() }
        let errors = await withTaskGroup(of: StoreError?.self) { group in
            for (index, store) in stores.enumerated() {
                for number in 0..<4 {
                    group.addTask {
                        await failure { () async throws(StoreError) in
                            try await store.upsert(point(index * 4 + number, [1, 0]), deadline: seconds(30))
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
        }
        #expect(errors.isEmpty)
        let log = try await standin.log(of: collection)
        #expect(log.filter { $0.method == "PUT" && $0.path.isEmpty && $0.status == 200 }.count == 1)
        #expect(log.filter { ![200, 404, 409].contains($0.status) } == [])
        #expect(try await stores[0].count(deadline: seconds(20)) == 24)
    }

    @Test("Keys: the right one works, a wrong one, none, and a read-only one that writes are unauthorized")
    func keys() async throws {
        try await Standin.with(["--api-key", "right-key-1", "--read-only-api-key", "reading-key-1"]) { locked in
            let (right, reading) = (try store(apiKey: "right-key-1", on: locked), try store(apiKey: "reading-key-1", on: locked))
            try await right.upsert(point(1, [1, 0]), deadline: seconds(20))
            #expect(try await reading.nearest(to: [1, 0], in: "p", limit: 3, deadline: seconds(20)).map(\.id) == [uuid(1)])
            for (store, isReader) in [
                (reading, true), (try store(apiKey: "wrong-key-1", on: locked), false), (try store(on: locked), false),
            ] {
                let write = await failure { () async throws(StoreError) in try await store.upsert(point(2, [1, 0]), deadline: seconds(20)) }
                #expect(write?.kind == .unauthorized)
                #expect(write?.detail.contains("key-1") == false)
                let read = await failure { () async throws(StoreError) in _ = try await store.count(deadline: seconds(20)) }
                #expect(read?.kind == (isReader ? nil : .unauthorized))
            }
        }
    }
}
