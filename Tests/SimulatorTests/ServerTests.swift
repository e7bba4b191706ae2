import FastJSON
import Testing

@testable import Simulator

@Suite struct ServerTests {
    @Test("Models are listed and answered one by one; err404 is not found")
    func models() async throws {
        try await withSimulator {
            $0.scenario = .demo
        } _: { simulator in
            let list = try await WireClient.get("/v1/models", port: simulator.port).json()
            #expect(list["data"]?.array?.compactMap { $0["id"]?.string } == ["sim-drafter", "sim-heavyweight"])
            #expect(try await WireClient.get("/v1/models/anything", port: simulator.port).json()["id"] == "anything")
            #expect(try await WireClient.get("/v1/models/sim-err404", port: simulator.port).status == 404)
            #expect(try await WireClient.get("/health?x=1", port: simulator.port).text == #"{"status":"ok"}"#)
            #expect(try await WireClient.get("/nowhere", port: simulator.port).status == 404)
            #expect(simulator.report().requests == 0)
        }
    }

    @Test(
        "Wrong requests get 400 with the parameter at fault",
        arguments: [
            ("", nil), ("{", nil), ("[]", nil), (#"{"messages":[]}"#, "model"), (#"{"model":"x"}"#, "messages"),
            (#"{"model":"x","messages":[]}"#, "messages"),
            (#"{"model":"x","messages":[{"role":"user","content":"a"}],"top_logprobs":3}"#, "top_logprobs"),
            (#"{"model":"x","messages":[{"role":"user","content":"a"}],"logprobs":true,"top_logprobs":21}"#, "top_logprobs"),
            (#"{"model":"x","messages":[{"role":"user","content":"a"}],"n":9}"#, "n"),
            (#"{"model":"x","messages":[{"role":"user","content":"a"}],"max_tokens":0}"#, "max_tokens"),
        ] as [(String, String?)])
    func wrong(body: String, parameter: String?) async throws {
        try await withSimulator { simulator in
            let answer = try await WireClient.post("/v1/chat/completions", body, port: simulator.port)
            #expect(answer.status == 400)
            #expect(try answer.json()["error"]?["param"]?.string == parameter)
            #expect(simulator.report().faulted == 1)
        }
    }

    @Test("A wrong key gets 401, the right one an answer")
    func key() async throws {
        try await withSimulator {
            $0.apiKey = "k1"
        } _: { simulator in
            for (header, status) in [("authorization: Bearer k1", 200), ("authorization: Bearer k2", 401), ("x: y", 401)] {
                let request = ChatBody(model: "n1").wire(headers: ["connection: close", header])
                let answer = try await HTTPAnswer(WireClient.send(request, port: simulator.port).bytes)
                #expect(answer.status == status)
            }
        }
    }

    @Test("A body over the limit gets 413")
    func large() async throws {
        try await withSimulator {
            $0.maxBodyBytes = 1_000
        } _: { simulator in
            let body = ChatBody(model: "n1", prompt: String(repeating: "a", count: 2_000))
            let answer = try await WireClient.chat(body, port: simulator.port)
            #expect(answer.status == 413)
        }
    }

    @Test("A 10 MiB body is read; its hash is kept and it is not")
    func tenMebibytes() async throws {
        try await withSimulator { simulator in
            let body = ChatBody(model: "n2", prompt: String(repeating: "a", count: 10 << 20))
            #expect(try await WireClient.chat(body, port: simulator.port).isComplete)
            let record = try #require(simulator.report().records.first)
            #expect(record.bodyBytes == body.json.utf8.count && record.body == nil && record.bodyHash.count == 16)
        }
    }

    @Test("One connection serves request after request, pipelined ones in order")
    func pipelined() async throws {
        try await withSimulator { simulator in
            var wire: [UInt8] = []
            for count in 1...4 { wire += ChatBody(model: "n\(count)").wire(headers: []) }
            wire += ChatBody(model: "n5").wire()
            var rest = try await WireClient.send(wire, port: simulator.port).bytes
            for count in 1...5 {
                let answer = HTTPAnswer(rest)
                #expect(answer.isComplete && answer.chunksOfJSON.count == count + 2)
                rest = answer.rest
            }
            #expect(rest.isEmpty)
            #expect(simulator.report().records.map(\.connection) == [1, 1, 1, 1, 1])
        }
    }

    @Test("Expect: 100-continue is answered before the body")
    func expect() async throws {
        try await withSimulator { simulator in
            let request = ChatBody(model: "n1").wire(headers: ["expect: 100-continue", "connection: close"])
            let text = try await String(decoding: WireClient.send(request, port: simulator.port).bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("Bytes that are not HTTP close the connection")
    func garbage() async throws {
        try await withSimulator { simulator in
            let received = try await WireClient.send(Array("\u{16}\u{3}\u{1} hello\r\n\r\n".utf8), port: simulator.port)
            #expect(received.bytes.isEmpty)
            #expect(await simulator.waitUntil { $0.connectionsOpen == 0 })
        }
    }
}

@Suite struct EmbeddingTests {
    private func cosine(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    @Test("Vectors have length one, equal texts are equal, texts that share words are near")
    func vectors() {
        let a = Embedding.vector(of: "How tall is the Eiffel tower?", dimensions: 1_536)
        let b = Embedding.vector(of: "how tall is the eiffel TOWER", dimensions: 1_536)
        let c = Embedding.vector(of: "How tall is the old tower?", dimensions: 1_536)
        let d = Embedding.vector(of: "Bread needs yeast", dimensions: 1_536)
        #expect(a.count == 1_536 && abs(cosine(a, a) - 1) < 1e-5)
        #expect(a == b)
        #expect(cosine(a, c) > 0.6 && cosine(a, c) < 0.99)
        #expect(abs(cosine(a, d)) < 0.2)
        #expect(cosine(Embedding.vector(of: "", dimensions: 8), Embedding.vector(of: "", dimensions: 8)) == 1)
    }

    @Test("The endpoint gives floats or base64, one vector per input, in the dimensions asked for")
    func endpoint() async throws {
        try await withSimulator { simulator in
            let one = try await WireClient.post("/v1/embeddings", #"{"model":"e","input":"a b"}"#, port: simulator.port).json()
            #expect(one["data"]?.array?.first?["embedding"]?.array?.count == 1_536)
            #expect(one["usage"]?["prompt_tokens"] == 2)
            let two = try await WireClient.post(
                "/v1/embeddings", #"{"model":"e","input":["a","b"],"dimensions":4,"encoding_format":"base64"}"#, port: simulator.port
            ).json()
            #expect(two["data"]?.array?.map { $0["index"]?.int } == [0, 1])
            #expect(two["data"]?.array?.compactMap { $0["embedding"]?.string?.utf8.count } == [24, 24])
            #expect(try await WireClient.post("/v1/embeddings", #"{"model":"err429","input":"a"}"#, port: simulator.port).status == 429)
            #expect(simulator.report().requests == 3)
        }
    }

    @Test(
        "Base64 is RFC 4648's, of little-endian floats",
        arguments: [
            ([1, -2], "AACAPwAAAMA="), ([0.5], "AAAAPw=="), ([1, 1, 1], "AACAPwAAgD8AAIA/"), ([], ""),
        ] as [([Float], String)])
    func base64(values: [Float], text: String) { #expect(Embedding.base64(values) == text) }
}
