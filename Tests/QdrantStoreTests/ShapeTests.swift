import Cascade
import FastJSON
import GatewayTesting
import Testing

@testable import QdrantStore

@Suite("Bodies")
struct ShapeTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("Requests are these, byte by byte")
    func requests() {
        #expect(text(QdrantRequests.create(size: 3)) == #"{"vectors":{"size":3,"distance":"Cosine"}}"#)
        #expect(
            QdrantRequests.indexes.map { text($0.body) } == [
                #"{"field_name":"partition","field_schema":{"type":"keyword","is_tenant":true}}"#,
                #"{"field_name":"expires_at","field_schema":"float"}"#,
            ])
        #expect(
            text(QdrantRequests.query([0.6, -0.8, 1e-10], partition: "a\"b", limit: 3, now: 1.5))
                == #"{"filter":{"must":[{"key":"partition","match":{"value":"a\"b"}},{"key":"expires_at","range":{"gt":1.5}}]},"#
                + #""limit":3,"with_payload":false,"with_vector":false,"query":[0.6,-0.8,1e-10]}"#)
        #expect(
            text(QdrantRequests.upsert(point(7, [1, 0], in: "p", expiresAt: 2.25)))
                == #"{"points":[{"id":"00000000-0000-4000-8000-000000000007","#
                + #""payload":{"partition":"p","expires_at":2.25},"vector":[1.0,0.0]}]}"#
        )
        #expect(text(QdrantRequests.delete([uuid(1)])) == #"{"points":["00000000-0000-4000-8000-000000000001"]}"#)
        #expect(text(QdrantRequests.deleteExpired(now: 2)) == #"{"filter":{"must":[{"key":"expires_at","range":{"lte":2.0}}]}}"#)
        let own = #"{"must_not":[{"is_empty":{"key":"partition"}},{"is_empty":{"key":"expires_at"}}]}"#
        #expect(text(QdrantRequests.deleteOwn) == #"{"filter":\#(own)}"#)
        #expect(text(QdrantRequests.countOwn) == #"{"exact":true,"filter":\#(own)}"#)
        #expect(text(QdrantRequests.countAll) == #"{"exact":true}"#)
    }

    @Test("Every number of a vector reads back as the same 32-bit float", arguments: [1, 2, 3] as [UInt64])
    func numbers(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let extremes: [Float] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.leastNormalMagnitude, 1, .ulpOfOne]
        let vector = extremes + (0..<2_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }.filter(\.isFinite)
        let body = try JSONValue.parse(QdrantRequests.upsert(point(1, vector)))
        let read = try #require(body["points"]?.array?.first?["vector"]?.array).map { Float($0.double ?? .nan) }
        #expect(read == vector)
    }

    @Test("Matches come nearest first, equals in the order given, scores within -1 and 1, ids in lower case")
    func matches() throws {
        let result = try JSONValue.parse(
            """
            {"points": [
              {"id": "00000000-0000-4000-8000-00000000000A", "version": 1, "score": 0.5},
              {"id": "00000000-0000-4000-8000-000000000002", "version": 1, "score": 1.0000001},
              {"id": "00000000-0000-4000-8000-000000000003", "version": 1, "score": 0.5},
              {"id": "00000000-0000-4000-8000-000000000004", "version": 1, "score": -1.0000001},
              {"id": "00000000-0000-4000-8000-000000000005", "version": 1, "score": 1}
            ]}
            """)
        let matches = try QdrantReplies.matches(result, limit: 5)
        #expect(matches.map(\.id) == [2, 5, 10, 3, 4].map(uuid))
        #expect(matches.map(\.similarity) == [1, 1, 0.5, 0.5, -1])
    }

    @Test(
        "A query's answer that is not one is malformed",
        arguments: [
            "[]", "{}", #"{"points": {}}"#, #"{"points": [1]}"#, #"{"points": [{}]}"#, #"{"points": [{"id": 7, "score": 0.5}]}"#,
            #"{"points": [{"id": "x", "score": 0.5}]}"#, #"{"points": [{"id": "00000000-0000-4000-8000-00000000000g", "score": 0.5}]}"#,
            #"{"points": [{"id": "00000000-0000-4000-8000-000000000001"}]}"#,
            #"{"points": [{"id": "00000000-0000-4000-8000-000000000001", "score": null}]}"#,
            #"{"points": [{"id": "00000000-0000-4000-8000-000000000001", "score": "NaN"}]}"#,
            #"{"points": [{"id": "00000000-0000-4000-8000-000000000001", "score": 1.5}]}"#,
            #"{"points": [{"id": "00000000-0000-4000-8000-000000000001", "score": -37}]}"#,
            #"""
            {"points": [{"id": "00000000-0000-4000-8000-000000000001", "score": 1},
            {"id": "00000000-0000-4000-8000-000000000002", "score": 1},
            {"id": "00000000-0000-4000-8000-000000000003", "score": 1}]}
            """#,
        ])
    func malformedMatches(text: String) throws {
        let result = try JSONValue.parse(text)
        let error = #expect(throws: StoreError.self) { try QdrantReplies.matches(result, limit: 2) }
        #expect(error?.kind == .malformed)
    }

    @Test("A count is a whole number from 0", arguments: ["{}", #"{"count": -1}"#, #"{"count": 1.5}"#, #"{"count": "1"}"#, "7"])
    func malformedCount(text: String) throws {
        let result = try JSONValue.parse(text)
        #expect(throws: StoreError.self) { try QdrantReplies.count(result) }
    }

    @Test(
        "A write counts when it is completed, not when it is acknowledged",
        arguments: [
            ("completed", nil), ("acknowledged", .malformed), ("wait_timeout", .timeout), ("other", .malformed),
        ] as [(String, StoreError.Kind?)])
    func updates(status: String, kind: StoreError.Kind?) async {
        let result: JSONValue = ["operation_id": 1, "status": .string(status)]
        #expect(await failure { () async throws(StoreError) in try QdrantReplies.update(result) }?.kind == kind)
    }

    @Test("A UUID has 36 characters and hyphens")
    func uuids() {
        #expect(UUIDText.canonical("F47AC10B-58CC-4372-A567-0E02B2C3D479") == "f47ac10b-58cc-4372-a567-0e02b2c3d479")
        let others = [
            "", "f47ac10b58cc4372a5670e02b2c3d479", "{f47ac10b-58cc-4372-a567-0e02b2c3d479}", "f47ac10b-58cc-4372-a567-0e02b2c3d47",
            "f47ac10b-58cc-4372-a567-0e02b2c3d47é", "f47ac10b158cc-4372-a567-0e02b2c3d479", "f47ac10b-58cc-4372-a5670-e02b2c3d479",
        ]
        for other in others { #expect(UUIDText.canonical(other) == nil) }
    }

    @Test("No list of numbers and no line end gets into a log")
    func words() {
        let vector = (0..<30).map { "0.0\($0)" }.joined(separator: ", ")
        #expect(QdrantClient.withoutNumberLists("bad vector [\(vector)] here") == "bad vector [...] here")
        #expect(QdrantClient.withoutNumberLists("expected dim: 4,\n got 3") == "expected dim: 4,  got 3")
    }
}
