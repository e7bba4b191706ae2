import Cascade
import GatewayTesting
import QdrantStore
import Synchronization
import Testing

@Suite("The collection")
struct CollectionTests {
    private func upsert(_ store: QdrantVectorStore, _ number: Int, size: Int = 4, within: Double = 20) async -> StoreError? {
        var vector = [Float](repeating: 0, count: size)
        vector[0] = 1
        let point = point(number, vector)
        return await failure { () async throws(StoreError) in try await store.upsert(point, deadline: seconds(within)) }
    }

    private func search(_ store: QdrantVectorStore, size: Int = 4) async -> StoreError? {
        await failure { () async throws(StoreError) in
            _ = try await store.nearest(to: [Float](repeating: 0.5, count: size), in: "p", limit: 3, deadline: seconds(20))
        }
    }

    @Test("It is made with the first vector, once, however many come at the same time")
    func once() async throws {
        let qdrant = FakeQdrant { $0.delays = ["PUT": 50, "GET": 20] }
        try await qdrant.serve { store, _ in
            let errors = await withTaskGroup(of: StoreError?.self) { group in
                for number in 0..<40 { group.addTask { await upsert(store, number) } }
                for _ in 0..<10 { group.addTask { await search(store) } }
                return await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
            }
            #expect(errors.isEmpty)
            #expect(qdrant.count("PUT") == 1)
            #expect(qdrant.count("PUT index") == 2)
            #expect(qdrant.count("PUT points") == 40)
            #expect(await upsert(store, 41) == nil)
            #expect(qdrant.count("PUT") == 1)
            // Looked at before it was made and after, and by searches that came before the first vector.
            #expect((2...12).contains(qdrant.count("GET")))
        }
    }

    @Test("Searches before the first vector make nothing")
    func searchesMakeNothing() async throws {
        let qdrant = FakeQdrant()
        try await qdrant.serve { store, _ in
            for _ in 0..<3 { #expect(await search(store) == nil) }
            #expect(try await store.count(deadline: seconds(20)) == 0)
            try await store.remove([uuid(1)], deadline: seconds(20))
            try await store.removeExpired(deadline: seconds(20))
            #expect(qdrant.count("PUT") + qdrant.count("PUT index") + qdrant.count("POST points/query") == 0)
        }
    }

    @Test("One that is there is looked at once")
    func existing() async throws {
        let qdrant = FakeQdrant(size: 4)
        try await qdrant.serve { store, _ in
            for number in 0..<3 {
                #expect(await search(store) == nil)
                #expect(await upsert(store, number) == nil)
            }
            #expect(qdrant.count("GET") == 1)
            #expect(qdrant.count("PUT") + qdrant.count("PUT index") == 0)
        }
    }

    @Test("Another gateway that is quicker does not matter")
    func overtaken() async throws {
        for reply in [
            FakeQdrant.Reply.error(409, "Wrong input: Collection `c` already exists!"),
            .error(400, "Wrong input: Collection `c` already exists!"),
        ] {
            let qdrant = FakeQdrant(size: 4) {
                $0.scripted = ["GET": [.noCollection], "PUT": [reply]]
                $0.indexed = ["partition"]
            }
            try await qdrant.serve { store, _ in
                #expect(await upsert(store, 1) == nil)
                #expect(qdrant.count("PUT") == 1)
                // The other one had come as far as this.
                #expect(qdrant.count("PUT index") == 1)
            }
        }
    }

    @Test("It is made again when it has vanished")
    func vanished() async throws {
        let qdrant = FakeQdrant(size: 4)
        try await qdrant.serve { store, _ in
            #expect(await upsert(store, 1) == nil)
            qdrant.state.withLock { $0.size = nil }
            #expect(await upsert(store, 2) == nil)
            #expect(qdrant.count("PUT") == 1)
            #expect(qdrant.count("PUT index") == 2)
            #expect(qdrant.count("PUT points") == 3)
            qdrant.state.withLock { $0.size = nil }
            #expect(await search(store) == nil)
            #expect(qdrant.count("PUT") == 1)
        }
    }

    @Test("One that vanishes again and again is not made for ever")
    func flickering() async throws {
        let qdrant = FakeQdrant(size: 4) { $0.scripted = ["PUT points": [.noCollection, .noCollection, .noCollection]] }
        try await qdrant.serve { store, _ in
            #expect(await upsert(store, 1)?.kind == .unavailable)
            #expect(qdrant.count("PUT points") == 2)
        }
    }

    @Test("Another size is a mismatch that names both and what to do, and nothing is written")
    func size() async throws {
        let qdrant = FakeQdrant(size: 384)
        try await qdrant.serve { store, _ in
            for error in [await search(store), await upsert(store, 1)] {
                #expect(error?.kind == .mismatch)
                for part in ["384", "have 4", "'c'", "another collection", "embedding model"] {
                    #expect(error?.detail.contains(part) == true, "\(part) in \(String(describing: error))")
                }
            }
            #expect(qdrant.count("PUT points") + qdrant.count("POST points/query") + qdrant.count("PUT") == 0)
        }
    }

    @Test("Another distance is a mismatch", arguments: ["Dot", "Euclid", "Manhattan"])
    func distance(name: String) async throws {
        let qdrant = FakeQdrant(size: 4) { $0.distance = name }
        try await qdrant.serve { store, _ in
            for error in [await search(store), await upsert(store, 1)] {
                #expect(error?.kind == .mismatch)
                #expect(error?.detail.contains(name) == true)
                #expect(error?.detail.contains("Cosine") == true)
            }
        }
    }

    @Test("Named vectors are a mismatch")
    func named() async throws {
        let description = FakeQdrant.Reply.ok(
            #"{"config": {"params": {"vectors": {"text": {"size": 4, "distance": "Cosine"}}}}, "payload_schema": {}}"#)
        let qdrant = FakeQdrant(size: 4) { $0.scripted = ["GET": [description, description]] }
        try await qdrant.serve { store, _ in
            #expect(await search(store)?.kind == .mismatch)
            #expect(await upsert(store, 1)?.kind == .mismatch)
        }
    }

    @Test("One that was replaced by another size is seen: a mismatch for the old vectors, a welcome for the new")
    func replaced() async throws {
        let qdrant = FakeQdrant(size: 4)
        try await qdrant.serve { store, _ in
            #expect(await upsert(store, 1) == nil)
            qdrant.state.withLock { $0.size = 5 }
            let error = await upsert(store, 2)
            #expect(error?.kind == .mismatch)
            #expect(error?.detail.contains("another collection") == true)
            #expect(await upsert(store, 3)?.kind == .mismatch)
            #expect(await upsert(store, 4, size: 5) == nil)
            #expect(await upsert(store, 5)?.kind == .mismatch)
            #expect(qdrant.count("PUT points") == 3)
        }
    }

    @Test("Who came first and gives up leaves it to the next")
    func takenOver() async throws {
        let qdrant = FakeQdrant {
            $0.scripted = ["GET": [FakeQdrant.Reply(body: "{}", delay: 3_000)]]
        }
        try await qdrant.serve { store, _ in
            let errors = await withTaskGroup(of: (Int, StoreError?).self) { group in
                group.addTask { (0, await upsert(store, 0, within: 0.5)) }
                _ = await eventually { qdrant.count("GET") == 1 }
                for number in 1..<8 { group.addTask { (number, await upsert(store, number)) } }
                return await group.reduce(into: [Int: StoreError]()) { $0[$1.0] = $1.1 }
            }
            #expect(errors.keys.sorted() == [0])
            #expect(errors[0]?.kind == .timeout)
            #expect(qdrant.count("PUT") == 1)
            #expect(qdrant.count("PUT points") == 7)
        }
    }

    @Test("What went wrong for the first is not asked again by those who waited for it")
    func sharedFailure() async throws {
        let refusal = FakeQdrant.Reply(status: 403, body: #"{"status": {"error": "Forbidden"}}"#, delay: 500)
        let qdrant = FakeQdrant { $0.scripted = ["GET": [refusal]] }
        try await qdrant.serve { store, _ in
            let errors = await withTaskGroup(of: StoreError?.self) { group in
                group.addTask { await upsert(store, 0) }
                _ = await eventually { qdrant.count("GET") == 1 }
                for number in 1..<8 { group.addTask { await upsert(store, number) } }
                return await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
            }
            #expect(errors.map(\.kind) == Array(repeating: .unauthorized, count: 8))
            #expect(qdrant.count("GET") == 1)
            // And it is not remembered.
            #expect(await upsert(store, 9) == nil)
        }
    }

    @Test("Emptying removes a collection that holds nothing else, so that another size is welcome")
    func emptied() async throws {
        let qdrant = FakeQdrant(size: 4)
        try await qdrant.serve { store, _ in
            #expect(await upsert(store, 1) == nil)
            try await store.removeAll(deadline: seconds(20))
            #expect(qdrant.count("DELETE") == 1)
            #expect(await upsert(store, 2, size: 5) == nil)
        }
    }

    @Test("Emptying keeps a collection that holds somebody else's points, and one that the key may not delete")
    func keptWhenEmptied() async throws {
        let shared = FakeQdrant(size: 4) { $0.scripted = ["POST points/count": [.ok(#"{"count": 7}"#)]] }
        try await shared.serve { store, server in
            try await store.removeAll(deadline: seconds(20))
            #expect(shared.count("POST points/delete") == 1)
            #expect(shared.count("DELETE") == 0)
        }
        let limited = FakeQdrant(size: 4) { $0.scripted = ["DELETE": [.error(403, "Forbidden: Global manage access is required")]] }
        try await limited.serve { store, _ in
            try await store.removeAll(deadline: seconds(20))
            #expect(limited.count("POST points/delete") == 1)
            #expect(limited.count("DELETE") == 1)
        }
    }
}
