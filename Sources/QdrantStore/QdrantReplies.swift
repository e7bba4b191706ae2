internal import Cascade
internal import FastJSON

/// The member `result` of Qdrant's answers, read with distrust: whatever is not what was asked for is ``StoreError/Kind/malformed``. Pure.
enum QdrantReplies {
    /// Of `GET /collections/{name}`.
    struct Collection: Sendable, Hashable {
        /// `nil` when the collection has named vectors, or none.
        var size: Int?
        var distance: String?
        /// Payload fields with an index.
        var indexed: Set<String>
    }

    static func collection(_ result: JSONValue) throws(StoreError) -> Collection {
        guard let parameters = result["config"]?["params"], parameters.object != nil else {
            throw malformed("the collection's description has no 'config.params'")
        }
        return Collection(
            size: parameters["vectors"]?["size"]?.int, distance: parameters["vectors"]?["distance"]?.string,
            indexed: Set(result["payload_schema"]?.object?.map(\.name) ?? []))
    }

    /// Nearest first, also when the answer is not.
    static func matches(_ result: JSONValue, limit: Int) throws(StoreError) -> [VectorMatch] {
        guard let points = result["points"]?.array else { throw malformed("the query's answer has no list 'result.points'") }
        guard points.count <= limit else { throw malformed("\(points.count) points where at most \(limit) were asked for") }
        var matches: [VectorMatch] = []
        matches.reserveCapacity(points.count)
        for point in points {
            guard let id = point["id"]?.string, let id = UUIDText.canonical(id) else { throw malformed("a point whose id is not a UUID") }
            guard let score = point["score"]?.double, score.isFinite else { throw malformed("a point whose score is not a number") }
            // Rounding makes 1.0000001; what is further off is no cosine.
            guard abs(score) <= 1.001 else { throw malformed("a score of \(score), which no cosine has") }
            matches.append(VectorMatch(id: id, similarity: max(-1, min(1, score))))
        }
        let isOrdered = zip(matches, matches.dropFirst()).allSatisfy { $0.similarity >= $1.similarity }
        // Swift's sort is stable in fact, but does not promise it: equals are kept in order by their place.
        return isOrdered
            ? matches
            : matches.enumerated().sorted { ($1.element.similarity, $0.offset) < ($0.element.similarity, $1.offset) }.map(\.element)
    }

    static func count(_ result: JSONValue) throws(StoreError) -> Int {
        guard let count = result["count"]?.int, count >= 0 else { throw malformed("the count's answer has no 'result.count'") }
        return count
    }

    /// Of an upsert, a delete or an index, all with `wait=true`.
    static func update(_ result: JSONValue) throws(StoreError) {
        switch result["status"]?.string {
        case "completed": return
        case "wait_timeout": throw StoreError(.qdrant, .timeout, "Qdrant took the write but did not carry it out in time")
        case "acknowledged": throw malformed("a write was only acknowledged, though its completion was asked for")
        default: throw malformed("a write's answer has no 'result.status'")
        }
    }

    private static func malformed(_ detail: String) -> StoreError { StoreError(.qdrant, .malformed, detail) }
}

/// Qdrant's ids are UUIDs or integers; the cache's are UUIDs.
enum UUIDText {
    /// The 36 characters with lower-case digits; `nil` when it is not a UUID with hyphens (RFC 9562 section 4).
    static func canonical(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var hasUpper = false
        for (index, byte) in bytes.enumerated() {
            switch (index, byte) {
            case (8, 0x2D), (13, 0x2D), (18, 0x2D), (23, 0x2D): continue
            case (8, _), (13, _), (18, _), (23, _): return nil
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")), (_, UInt8(ascii: "a")...UInt8(ascii: "f")): continue
            case (_, UInt8(ascii: "A")...UInt8(ascii: "F")): hasUpper = true
            default: return nil
            }
        }
        return hasUpper ? text.lowercased() : text
    }
}
