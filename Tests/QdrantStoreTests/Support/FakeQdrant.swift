import Cascade
import CurlHTTP
import FastJSON
import GatewayTesting
import QdrantStore
import Synchronization

/// Just enough of a Qdrant to count and to interfere with requests: one collection without points, on a loopback server.
final class FakeQdrant: Sendable {
    struct Reply: Sendable {
        var status = 200
        var body: String
        /// Milliseconds before the answer.
        var delay = 0

        static func ok(_ result: String) -> Reply { Reply(body: #"{"result": \#(result), "status": "ok", "time": 0.0}"#) }
        static func error(_ status: Int, _ text: String) -> Reply {
            Reply(
                status: status,
                body: #"{"status": {"error": \#(String(decoding: JSONValue.string(text).serialized(), as: UTF8.self))}, "time": 0.0}"#)
        }
        static let noCollection = Reply.error(404, "Not found: Collection `c` doesn't exist!")
    }

    struct State {
        var size: Int?
        var distance = "Cosine"
        var indexed: [String] = []
        /// Answers in place of the usual ones, by request ("GET", "PUT points", "POST points/query", ...): first come, first served.
        var scripted: [String: [Reply]] = [:]
        /// How often each request came.
        var counts: [String: Int] = [:]
        /// Milliseconds before every answer to this request.
        var delays: [String: Int] = [:]
    }

    let state: Mutex<State>

    init(size: Int? = nil, _ change: (inout State) -> Void = { _ in }) {
        var state = State(size: size, indexed: size == nil ? [] : ["partition", "expires_at"])
        change(&state)
        self.state = Mutex(state)
    }

    func count(_ request: String) -> Int { state.withLock { $0.counts[request] ?? 0 } }

    /// Runs `body` with a store on this Qdrant.
    func serve(_ body: (QdrantVectorStore, LoopbackServer) async throws -> Void) async throws {
        let server = try LoopbackServer { [self] connection in
            while let request = connection.readRequest() {
                let reply = answer(request)
                if reply.delay > 0 { connection.pause(milliseconds: reply.delay) }
                connection.send("HTTP/1.1 \(reply.status) X\r\nContent-Length: \(reply.body.utf8.count)\r\n\r\n\(reply.body)")
            }
        }
        defer { server.stop() }
        let transport = try CurlTransport(options: .loopback)
        defer { transport.shutdown() }
        let options = try QdrantOptions(baseURL: server.url(), collection: "c")
        try await body(QdrantVectorStore(options, transport: transport), server)
    }

    /// "PUT points" of "PUT /collections/c/points?wait=true HTTP/1.1".
    private static func name(_ line: String) -> String {
        let parts = line.split(separator: " ")
        let path = parts[1].split(separator: "?")[0].split(separator: "/").dropFirst(2).joined(separator: "/")
        return path.isEmpty ? String(parts[0]) : "\(parts[0]) \(path)"
    }

    private func answer(_ request: LoopbackRequest) -> Reply {
        let name = Self.name(request.line)
        let body = try? JSONValue.parse(request.body)
        return state.withLock { state in
            state.counts[name, default: 0] += 1
            if var scripted = state.scripted[name], !scripted.isEmpty {
                let reply = scripted.removeFirst()
                state.scripted[name] = scripted
                return reply
            }
            var reply = Self.usual(name, body, &state)
            reply.delay = state.delays[name] ?? 0
            return reply
        }
    }

    private static func usual(_ name: String, _ body: JSONValue?, _ state: inout State) -> Reply {
        switch (name, state.size) {
        case ("PUT", .some): return .error(409, "Wrong input: Collection `c` already exists!")
        case ("PUT", nil):
            state.size = body?["vectors"]?["size"]?.int
            state.distance = body?["vectors"]?["distance"]?.string ?? ""
            state.indexed = []
            return .ok("true")
        case ("DELETE", let size):
            state.size = nil
            return .ok(size == nil ? "false" : "true")
        case (_, nil): return .noCollection
        case ("GET", .some(let size)):
            let schema = state.indexed.map { #""\#($0)": {"data_type": "keyword", "points": 0}"# }.joined(separator: ", ")
            return .ok(
                #"{"config": {"params": {"vectors": {"size": \#(size), "distance": "\#(state.distance)"}}}, "#
                    + #""payload_schema": {\#(schema)}}"#
            )
        case ("PUT index", .some):
            state.indexed.append(body?["field_name"]?.string ?? "")
            return .ok(#"{"operation_id": 1, "status": "completed"}"#)
        case ("PUT points", .some(let size)):
            let count = body?["points"]?.array?.first?["vector"]?.array?.count ?? 0
            guard count == size else { return .error(400, "Wrong input: Vector dimension error: expected dim: \(size), got \(count)") }
            return .ok(#"{"operation_id": 1, "status": "completed"}"#)
        case ("POST points/delete", .some): return .ok(#"{"operation_id": 1, "status": "completed"}"#)
        case ("POST points/query", .some): return .ok(#"{"points": []}"#)
        case ("POST points/count", .some): return .ok(#"{"count": 0}"#)
        default: return Reply(status: 404, body: "")
        }
    }
}
