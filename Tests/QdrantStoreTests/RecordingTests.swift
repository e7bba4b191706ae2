import Cascade
import CurlHTTP
import FastJSON
import Foundation
import GatewayTesting
import HTTPTransport
import QdrantStore
import Synchronization
import Testing

/// One exchange as it went over the wire, without headers.
private struct Exchange: Hashable, Sendable {
    var request: String
    var body: JSONValue?
    var status: Int
    var answer: String

    var json: JSONValue {
        [
            "request": .string(request), "body": body ?? nil, "status": .int(Int64(status)),
            "answer": (try? JSONValue.parse(answer)) ?? .string(answer),
        ]
    }

    init(request: String, body: JSONValue?, status: Int, answer: String) {
        (self.request, self.body, self.status, self.answer) = (request, body, status, answer)
    }

    init?(_ json: JSONValue) {
        guard let request = json["request"]?.string, let status = json["status"]?.int, let answer = json["answer"] else { return nil }
        let body = json["body"]
        self.init(
            request: request, body: body?.isNull == true ? nil : body, status: status,
            answer: answer.string ?? String(decoding: answer.serialized(), as: UTF8.self))
    }
}

/// What a store did with Qdrant once, done again without it. With the stand-in and `QUALM_QDRANT_RECORD=1` the recording is made anew.
@Suite("Recorded exchanges")
struct RecordingTests {
    private static let file = testsDirectory.appending(path: "Recordings/exchanges.json")
    /// Requests must be the same every time: so is their clock.
    private static let clock: @Sendable () -> Double = { 1_700_000_000 }

    /// Every request that the store can send, and the answers it got, in words.
    private func scenario(_ store: QdrantVectorStore) async -> [String] {
        var seen: [String] = []
        func note(_ what: String, _ call: () async throws(StoreError) -> String) async {
            do throws(StoreError) {
                seen.append("\(what): \(try await call())")
            } catch {
                seen.append("\(what): \(error.kind)")
            }
        }
        func search(_ vector: [Float], _ partition: String) async {
            await note("nearest") { () async throws(StoreError) in
                let matches = try await store.nearest(to: vector, in: partition, limit: 3, deadline: seconds(20))
                return matches.map { "\($0.id.suffix(2)) \(($0.similarity * 1_000).rounded() / 1_000)" }.joined(separator: ", ")
            }
        }
        func upsert(_ number: Int, _ vector: [Float], _ partition: String, _ expiresIn: Double) async {
            await note("upsert") { () async throws(StoreError) in
                let point = point(number, vector, in: partition, expiresAt: Self.clock() + expiresIn)
                try await store.upsert(point, deadline: seconds(20))
                return "done"
            }
        }
        func count() async {
            await note("count") { () async throws(StoreError) in "\(try await store.count(deadline: seconds(20)))" }
        }
        await search([1, 0, 0], "a")
        await count()
        await upsert(1, [1, 0, 0], "a", 60)
        await upsert(2, [0.6, 0.8, 0], "a", 60)
        await upsert(3, [0, 0, 1], "a", -1)
        await upsert(4, [1, 0, 0], "b", 60)
        await search([0.8, 0.6, 0], "a")
        await search([0, 0, -1], "b")
        await search([1, 0], "a")
        await upsert(5, [1, 0], "a", 60)
        await count()
        await note("removeExpired") { () async throws(StoreError) in
            try await store.removeExpired(deadline: seconds(20))
            return "done"
        }
        await count()
        await note("remove") { () async throws(StoreError) in
            try await store.remove([1, 9].map(uuid), deadline: seconds(20))
            return "done"
        }
        await search([1, 0, 0], "a")
        await note("removeAll") { () async throws(StoreError) in
            try await store.removeAll(deadline: seconds(20))
            return "done"
        }
        await search([1, 0, 0], "a")
        await upsert(6, [0, 1], "a", 60)
        await search([0, 1], "a")
        return seen
    }

    private let expected = [
        "nearest: ", "count: 0", "upsert: done", "upsert: done", "upsert: done", "upsert: done", "nearest: 02 0.96, 01 0.8",
        "nearest: 04 0.0",
        "nearest: mismatch", "upsert: mismatch", "count: 4", "removeExpired: done", "count: 3", "remove: done", "nearest: 02 0.6",
        "removeAll: done",
        "nearest: ", "upsert: done", "nearest: 06 1.0",
    ]

    @Test("What is sent today equals what was recorded, and the recorded answers mean what they meant")
    func replay() async throws {
        let recorded = try JSONValue.parse([UInt8](Data(contentsOf: Self.file))).array?.compactMap(Exchange.init) ?? []
        #expect(recorded.count > 25)
        let next = Mutex(0)
        let differences = Mutex<[String]>([])
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                let index = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard index < recorded.count else {
                    differences.withLock { $0.append("request \(index), \(request.line), was not recorded") }
                    return
                }
                let exchange = recorded[index]
                let line = request.line.split(separator: " ").prefix(2).joined(separator: " ")
                let body = try? JSONValue.parse(request.body)
                if line != exchange.request { differences.withLock { $0.append("\(index): \(line) and not \(exchange.request)") } }
                if body != exchange.body { differences.withLock { $0.append("\(index): \(line) has another body") } }
                connection.send("HTTP/1.1 \(exchange.status) X\r\nContent-Length: \(exchange.answer.utf8.count)\r\n\r\n\(exchange.answer)")
            }
        }
        defer { server.stop() }
        let transport = try CurlTransport(options: .loopback)
        defer { transport.shutdown() }
        let options = try QdrantOptions(baseURL: server.url(), collection: "recorded")
        let seen = await scenario(QdrantVectorStore(options, transport: transport, now: Self.clock))
        #expect(seen == expected)
        #expect(differences.withLock { $0 } == [])
        #expect(next.withLock { $0 } == recorded.count)
    }

    @Test("The same against Qdrant's engine today", .enabled(if: Standin.isPresent, "the Qdrant stand-in is not there"))
    func record() async throws {
        try await Standin.with { standin in
            let transport = RecordingTransport(standin.transport)
            let options = try QdrantOptions(baseURL: standin.baseURL, collection: "recorded")
            let seen = await scenario(QdrantVectorStore(options, transport: transport, now: Self.clock))
            #expect(seen == expected)
            guard ProcessInfo.processInfo.environment["QUALM_QDRANT_RECORD"] == "1" else { return }
            let lines = transport.exchanges.map { "  " + String(decoding: $0.json.serialized(), as: UTF8.self) }
            try Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8).write(to: Self.file)
        }
    }
}

/// Writes down what goes through it.
private final class RecordingTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let recorded = Mutex<[Exchange]>([])

    init(_ transport: any HTTPTransport) { self.transport = transport }

    var exchanges: [Exchange] { recorded.withLock { $0 } }

    func start(_ request: HTTPExchangeRequest, sink: any HTTPExchangeSink) -> any HTTPExchange {
        transport.start(
            request,
            sink: Sink(sink) { [self] status, answer in
                // Below the authority: "http:", "", "127.0.0.1:port", ...
                let path = "/" + request.url.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3).joined(separator: "/")
                let exchange = Exchange(
                    request: "\(request.method.rawValue) \(path)", body: try? JSONValue.parse(request.body), status: status,
                    answer: String(decoding: answer, as: UTF8.self))
                recorded.withLock { $0.append(exchange) }
            })
    }

    private final class Sink: HTTPExchangeSink {
        private let sink: any HTTPExchangeSink
        private let note: @Sendable (Int, [UInt8]) -> Void
        private let answer = Mutex<(status: Int, body: [UInt8])>((0, []))

        init(_ sink: any HTTPExchangeSink, _ note: @escaping @Sendable (Int, [UInt8]) -> Void) {
            self.sink = sink
            self.note = note
        }

        func head(_ head: HTTPResponseHead) {
            answer.withLock { $0.status = head.status }
            sink.head(head)
        }

        func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
            answer.withLock { $0.body.append(contentsOf: bytes) }
            return sink.body(bytes)
        }

        func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
            let (status, body) = answer.withLock { $0 }
            note(status, body)
            sink.end(result)
        }
    }
}
