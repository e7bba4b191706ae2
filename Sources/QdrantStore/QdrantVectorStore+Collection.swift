internal import Cascade
internal import HTTPTransport

/// Looking at the collection, and making it.
extension QdrantVectorStore {
    var remedy: String {
        "name another collection, delete '\(options.collection)', or configure the embedding model that it was filled with"
    }

    /// False when there is no collection.
    /// - Throws: ``StoreError/Kind/mismatch`` when there is one for other vectors.
    func collectionFits(_ count: Int, _ deadline: ContinuousClock.Instant) async throws(StoreError) -> Bool {
        let size = try await size(for: count, isNeeded: false) { [self] () async throws(StoreError) in
            try await look(deadline).map { found throws(StoreError) in try fittingSize(found, count) }
        }
        return size != nil
    }

    /// There is a collection for such vectors, with its indexes, when this returns.
    func ensureCollection(_ count: Int, _ deadline: ContinuousClock.Instant) async throws(StoreError) {
        _ = try await size(for: count, isNeeded: true) { [self] () async throws(StoreError) in
            var found = try await look(deadline)
            if found == nil {
                try await create(count, deadline)
                found = try await look(deadline)
            }
            guard let found else {
                throw StoreError(.qdrant, .unavailable, "the collection vanished as soon as it was made: who deletes it?")
            }
            let size = try fittingSize(found, count)
            for (field, body) in QdrantRequests.indexes where !found.indexed.contains(field) { try await index(body, deadline) }
            return size
        }
    }

    /// What the watch knows, asked anew when it does not fit: the collection may have been replaced.
    private func size(
        for count: Int, isNeeded: Bool, ask: () async throws(StoreError) -> Int?
    ) async throws(StoreError) -> Int? {
        let size = try await watch.size(isNeeded: isNeeded, ask: ask)
        guard let size, size != count else { return size }
        watch.forget()
        let again = try await watch.size(isNeeded: isNeeded, ask: ask)
        // Only another call's finding can still differ: `ask` itself throws.
        guard let again, again != count else { return again }
        throw mismatch("holds vectors of \(again) numbers, and these have \(count)")
    }

    private func look(_ deadline: ContinuousClock.Instant) async throws(StoreError) -> QdrantReplies.Collection? {
        switch try await client.call(.get, "", deadline: deadline) {
        case .result(let result): return try QdrantReplies.collection(result)
        case .noCollection: return nil
        case .refused(_, let message): throw StoreError(.qdrant, .rejected, message)
        }
    }

    private func fittingSize(_ found: QdrantReplies.Collection, _ count: Int) throws(StoreError) -> Int {
        guard let size = found.size, let distance = found.distance else {
            throw mismatch("has named vectors or none, and must have a single unnamed one of \(count) numbers")
        }
        guard size == count else { throw mismatch("holds vectors of \(size) numbers, and these have \(count)") }
        guard distance == "Cosine" else { throw mismatch("compares by \(distance), and must compare by Cosine") }
        return size
    }

    private func mismatch(_ what: String) -> StoreError {
        StoreError(.qdrant, .mismatch, "the collection '\(options.collection)' \(what): \(remedy)")
    }

    /// Somebody else may be quicker; whose it is does not matter, it is looked at next.
    private func create(_ count: Int, _ deadline: ContinuousClock.Instant) async throws(StoreError) {
        switch try await client.call(.put, "", body: QdrantRequests.create(size: count), deadline: deadline) {
        case .result: return
        case .refused(let status, let message):
            // 409, or 400 with the same words.
            guard status == 409 || message.contains("already exists") else { throw StoreError(.qdrant, .rejected, message) }
        case .noCollection: throw StoreError(.qdrant, .malformed, "Qdrant says that a collection to be made does not exist")
        }
    }

    func dropCollection(_ deadline: ContinuousClock.Instant) async throws(StoreError) {
        watch.forget()
        do throws(StoreError) {
            switch try await client.call(.delete, "", deadline: deadline) {
            case .result, .noCollection: return
            case .refused(_, let message): throw StoreError(.qdrant, .rejected, message)
            }
        } catch {
            // A key that may write points but not delete collections: the points are gone, which is what was asked for.
            guard error.kind == .unauthorized else { throw error }
        }
    }

    private func index(_ body: [UInt8], _ deadline: ContinuousClock.Instant) async throws(StoreError) {
        switch try await client.call(.put, "/index?wait=true", body: body, deadline: deadline) {
        case .result(let result): try QdrantReplies.update(result)
        case .noCollection: throw StoreError(.qdrant, .unavailable, "the collection vanished while its indexes were made: who deletes it?")
        case .refused(_, let message): throw StoreError(.qdrant, .rejected, message)
        }
    }
}
