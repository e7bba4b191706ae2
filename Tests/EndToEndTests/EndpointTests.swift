import FastJSON
import Foundation
import Simulator
import Testing

/// The small endpoints.
@Suite struct EndpointTests {
    @Test("The models are listed, routes first, and each can be asked for by its id, escaped or not")
    func models() async throws {
        var config = GatewayConfig()
        config.routes = [.init(name: "careful", drafter: "m1-n5", heavyweight: "m1-expert")]
        try await withGateway(config) { gateway in
            let list = try await gateway.get("/v1/models").json()
            let ids = list["data"]?.array?.compactMap { $0["id"]?.string } ?? []
            #expect(list["object"]?.string == "list" && ids.prefix(2) == ["auto", "careful"])
            #expect(Set(ids).isSuperset(of: ["sim:m1-n5", "sim:m1-expert", "sim:auto-drafter-n12"]) && Set(ids).count == ids.count)
            for (path, owner) in [
                ("auto", "qualm"), ("careful", "qualm"), ("sim:m1-n5", "sim"), ("sim%3Am1-n5", "sim"), ("sim/m1-n5", "sim"),
                ("sim:never-listed", "sim"),
            ] {
                let model = try await gateway.get("/v1/models/\(path)").json()
                #expect(model["object"]?.string == "model" && model["owned_by"]?.string == owner, "\(path)")
            }
            let unknown = try await gateway.get("/v1/models/nobody")
            #expect(unknown.status == 404)
            #expect(try unknown.errorCode() == "model_not_found")
        }
    }

    @Test("Health and readiness answer GET and HEAD, with and without a query or a slash at the end")
    func health() async throws {
        try await withGateway { gateway in
            for path in ["/health", "/health/", "/health?verbose=1"] {
                #expect(try await gateway.get(path).json()["status"]?.string == "ok", "\(path)")
            }
            let ready = try await gateway.get("/ready").json()
            #expect(ready["status"]?.string == "ready" && ready["routes"]?.array == ["auto"])
            // HEAD: the head of GET and nothing behind it, so that the next answer on the connection is whole.
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(Array("HEAD /health HTTP/1.1\r\nhost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
            var bytes: [UInt8] = []
            while !String(decoding: bytes, as: UTF8.self).contains("was not found") {
                let more = try await connection.receive()
                try #require(!more.isEmpty)
                bytes += more
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("\r\n\r\nHTTP/1.1 404"))
        }
    }

    @Test("The metrics are a valid exposition that counts what happened, with labels from closed sets only")
    func metrics() async throws {
        var config = GatewayConfig()
        config.routes = [.init(name: "escalates", drafter: "x-unsure-n12", heavyweight: "x-expert-n9")]
        try await withGateway(config) { gateway in
            for model in ["auto", "escalates", "sim:n5", "sim:err500", "nobody-at-all"] { _ = try await gateway.chat(ChatCall(model)) }
            let answer = try await gateway.get("/metrics")
            #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try await gateway.metric("qualm_requests_total") == 5)
            #expect(try await gateway.metric("qualm_requests_total", "status=\"ok\"") == 3)
            #expect(try await gateway.metric("qualm_decisions_total", "decision=\"ship\"") == 1)
            #expect(try await gateway.metric("qualm_decisions_total", "decision=\"escalate\"") == 1)
            #expect(try await gateway.metric("qualm_upstream_requests_total", "provider=\"sim\"") == 5)
            #expect(try await gateway.metric("qualm_ready") == 1)
            #expect(!answer.text.contains("nobody-at-all"))
            try await withTemporaryDirectory { try await Self.checkWithPromtool(answer, in: $0) }
        }
    }

    /// `promtool check metrics` finds nothing, where it is installed.
    private static func checkWithPromtool(_ answer: Answer, in directory: URL) async throws {
        guard let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first(where: FileManager.default.isExecutableFile) else {
            print("skipped: promtool is not installed")
            return
        }
        let metrics = directory.appending(path: "metrics.txt")
        try Data(answer.body).write(to: metrics)
        let process = Process()
        process.executableURL = URL(filePath: promtool)
        process.arguments = ["check", "metrics"]
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: metrics)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.isEmpty, "\(said)")
    }

    @Test("Statistics count requests, drafts, pre-fires and money, and start again when they are reset")
    func statistics() async throws {
        var config = GatewayConfig()
        config.routes = [.init(name: "escalates", drafter: "s-unsure-n12", heavyweight: "s-expert-n9")]
        try await withGateway(config) { gateway in
            for model in ["auto", "auto", "escalates", "sim:n5"] { _ = try await gateway.chat(ChatCall(model)) }
            let stats = try await gateway.get("/stats").json()
            #expect(stats["requests"]?.int == 4 && stats["statuses", "ok"]?.int == 4)
            #expect(
                stats["decisions", "ship"]?.int == 2 && stats["decisions", "escalate"]?.int == 1 && stats["decisions", "direct"]?.int == 1)
            #expect(stats["drafts", "accepted"]?.int == 2 && stats["drafts", "rejected"]?.int == 1)
            #expect(abs((stats["drafts", "acceptance_rate"]?.double ?? 0) - 2.0 / 3) < 1e-9)
            #expect(stats["money", "requests_with_unknown_price"]?.int == 1)
            #expect(stats["models", "sim:auto-drafter-n12", "calls"]?.int == 2)
            #expect(stats["models", "sim:auto-drafter-n12", "output_tokens"]?.int == 24)
            #expect(try await gateway.request("POST", "/stats/reset").status == 200)
            #expect(try await gateway.get("/stats").json()["requests"]?.int == 0)
        }
    }

    @Test("A decision tells everything about its request, and its trace has columns of equal length, one row a token")
    func decisions() async throws {
        try await withGateway { gateway in
            let answer = try await gateway.chat(ChatCall(streaming: true, headers: [("x-request-id", "my-request-7")]))
            #expect(answer.header("x-request-id") == "my-request-7")
            let decision = try await gateway.decision(of: answer)
            #expect(decision["request_id"]?.string == "my-request-7" && decision["object"]?.string == "decision")
            #expect(
                decision["model"]?.string == "sim:auto-drafter-n12" && decision["stream"] == true
                    && decision["strategy"]?.string == "window")
            #expect(decision["observed_tokens"]?.int == 12 && decision["signal_tier"]?.string == "top_k")
            let columns = ["ms", "entropy_bits", "lower_bits", "upper_bits", "surprisal_bits", "statistic"]
            for column in columns { #expect(decision["trace", column]?.array?.count == 12, "\(column)") }
            let entropies = decision["trace", "entropy_bits"]?.array?.compactMap(\.double) ?? []
            #expect(entropies.allSatisfy { abs($0 - 0.2) < 0.01 })
            let times = decision["trace", "ms"]?.array?.compactMap(\.double) ?? []
            #expect(times == times.sorted())
            // No text of the client or the model is kept unless that was configured.
            #expect(decision["draft_text"] == nil)

            for _ in 0..<4 { _ = try await gateway.chat(ChatCall("sim:n3")) }
            let list = try await gateway.get("/v1/decisions?limit=3").json()["data"]?.array ?? []
            #expect(list.count == 3 && list.allSatisfy { $0["requested_model"]?.string == "sim:n3" && $0["trace"] == nil })
            #expect(try await gateway.get("/v1/decisions").json()["data"]?.array?.count == 5)
            for wrong in ["0", "1001", "x", ""] { #expect(try await gateway.get("/v1/decisions?limit=\(wrong)").status == 400, "\(wrong)") }
        }
    }

    @Test("Pipelined and repeated requests on one connection are answered in order")
    func keepAliveConnections() async throws {
        try await withGateway { gateway in
            let connection = try RawConnection(port: gateway.port)
            for index in 0..<5 {
                let call = ChatCall("sim:echo", streaming: index % 2 == 0, prompt: "question \(index)")
                try await connection.send("POST", "/v1/chat/completions", body: call.body)
                let answer = try await connection.answer()
                let content = index % 2 == 0 ? try answer.transcript().content : try answer.content()
                #expect(content == "question \(index)")
            }
            #expect(try await gateway.get("/health", headers: [("connection", "close")]).status == 200)
        }
    }

    @Test("A body may come in chunks, in single bytes, behind 'Expect: 100-continue', and as large as is allowed")
    func bodies() async throws {
        try await withGateway { gateway in
            let call = ChatCall("sim:echo", prompt: "words in pieces")
            let connection = try RawConnection(port: gateway.port)
            let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            try await connection.send(Array("\(head)transfer-encoding: chunked\r\n\r\n".utf8))
            for byte in call.body { try await connection.send([UInt8(ascii: "1"), 13, 10, byte, 13, 10]) }
            try await connection.send(Array("0\r\n\r\n".utf8))
            #expect(try await connection.answer().content() == "words in pieces")

            try await connection.send(Array("\(head)expect: 100-continue\r\ncontent-length: \(call.body.count)\r\n\r\n".utf8))
            let interim = String(decoding: try await connection.receive(), as: UTF8.self)
            #expect(interim.hasPrefix("HTTP/1.1 100 Continue\r\n"))
            try await connection.send(call.body)
            #expect(try await connection.answer().content() == "words in pieces")

            // Eight megabytes of prompt: into the gateway, through it, and read by the upstream as they were.
            let large = ChatCall("sim:n3", prompt: String(repeating: "lorem ipsum ", count: 700_000))
            #expect(try await gateway.chat(large).status == 200)
            #expect(gateway.simulator.report().records.last?.bodyBytes ?? 0 > 8_000_000)
        }
    }
}
