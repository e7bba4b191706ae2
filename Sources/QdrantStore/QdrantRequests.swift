internal import Cascade
internal import FastJSON

/// The bodies of the requests, as Qdrant's OpenAPI document (1.19) wants them. Pure.
enum QdrantRequests {
    /// Names of the two payload fields of a point.
    enum Field {
        static let partition = "partition"
        static let expiresAt = "expires_at"
    }

    /// `PUT /collections/{name}`. Cosine: vectors have length 1, so that a dot product would do, but the collection says what it is for.
    static func create(size: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("vectors")
            writer.object { writer in
                writer.member("size", .int(Int64(size)))
                writer.member("distance", "Cosine")
            }
        }
        return writer.bytes
    }

    /// `PUT /collections/{name}/index`, one per field, in this order.
    ///
    /// `is_tenant` lays the points of one partition together, since every search is within one.
    static let indexes: [(field: String, body: [UInt8])] = [
        (Field.partition, index(Field.partition, ["type": "keyword", "is_tenant": true])),
        (Field.expiresAt, index(Field.expiresAt, "float")),
    ]

    private static func index(_ field: String, _ schema: JSONValue) -> [UInt8] {
        JSONValue.object([JSONMember("field_name", .string(field)), JSONMember("field_schema", schema)]).serialized()
    }

    /// `POST /collections/{name}/points/query`.
    static func query(_ vector: [Float], partition: String, limit: Int, now: Double) -> [UInt8] {
        var writer = JSONWriter()
        writer.reserveCapacity(vector.count * bytesPerNumber + partition.utf8.count + 256)
        writer.object { writer in
            writer.name("filter")
            writer.object { writer in
                writer.name("must")
                writer.array { writer in
                    writer.value(["key": .string(Field.partition), "match": ["value": .string(partition)]])
                    writer.value(expiry("gt", now))
                }
            }
            writer.member("limit", .int(Int64(limit)))
            writer.member("with_payload", false)
            writer.member("with_vector", false)
            writer.member("query", raw: numbers(vector))
        }
        return writer.bytes
    }

    /// `PUT /collections/{name}/points`.
    static func upsert(_ point: VectorPoint) -> [UInt8] {
        var writer = JSONWriter()
        writer.reserveCapacity(point.vector.count * bytesPerNumber + point.partition.utf8.count + 256)
        writer.object { writer in
            writer.name("points")
            writer.array { writer in
                writer.object { writer in
                    writer.member("id", .string(point.id))
                    writer.member("payload", [Field.partition: .string(point.partition), Field.expiresAt: .double(point.expiresAt)])
                    writer.member("vector", raw: numbers(point.vector))
                }
            }
        }
        return writer.bytes
    }

    /// `POST /collections/{name}/points/delete`, by ids.
    static func delete(_ ids: [String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.reserveCapacity(ids.count * 40 + 16)
        writer.object { writer in
            writer.name("points")
            writer.array { writer in for id in ids { writer.string(id) } }
        }
        return writer.bytes
    }

    /// `POST /collections/{name}/points/delete`: the points whose time is over.
    static func deleteExpired(now: Double) -> [UInt8] {
        JSONValue.object([JSONMember("filter", ["must": [expiry("lte", now)]])]).serialized()
    }

    /// `POST /collections/{name}/points/delete`: every point that a cache wrote.
    static let deleteOwn: [UInt8] = JSONValue.object([JSONMember("filter", own)]).serialized()

    /// `POST /collections/{name}/points/count`: every point that a cache wrote.
    static let countOwn: [UInt8] = JSONValue.object([JSONMember("exact", true), JSONMember("filter", own)]).serialized()

    /// The same: every point, whoever wrote it.
    static let countAll: [UInt8] = JSONValue.object([JSONMember("exact", true)]).serialized()

    /// Has both payload fields. In a collection that is somebody else's by mistake nothing matches.
    private static let own: JSONValue = [
        "must_not": [["is_empty": ["key": .string(Field.partition)]], ["is_empty": ["key": .string(Field.expiresAt)]]]
    ]

    private static func expiry(_ comparison: String, _ now: Double) -> JSONValue {
        ["key": .string(Field.expiresAt), "range": .object([JSONMember(comparison, .double(now))])]
    }

    /// A coordinate of a unit vector of 1,536 dimensions has about 12 bytes: sign, "0.0", 7 to 9 digits, comma.
    private static let bytesPerNumber = 14

    /// Shortest digits that read back as the same 32-bit float: half the bytes of doubles. The numbers must be finite.
    private static func numbers(_ vector: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * bytesPerNumber + 2)
        bytes.append(UInt8(ascii: "["))
        for (index, number) in vector.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: number.description.utf8)
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }
}
