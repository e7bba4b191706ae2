import FastJSON
import NIOCore
import NIOPosix

/// What came back over one connection.
struct Received: Sendable {
    var bytes: [UInt8] = []
    /// The connection ended with a reset instead of an end of file.
    var wasReset = false
}

/// A client of raw bytes: nothing between the test and the wire.
enum WireClient {
    /// Sends `request` and collects what comes back until the server closes or `isEnough` says so; then disconnects.
    static func send(_ request: [UInt8], port: Int, isEnough: @Sendable ([UInt8]) -> Bool = { _ in false }) async throws -> Received {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        var received = Received()
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: request))
                do {
                    for try await buffer in inbound {
                        received.bytes += buffer.readableBytesView
                        if isEnough(received.bytes) { break }
                    }
                } catch let error as IOError where error.errnoCode == 104 || error.errnoCode == 54 {
                    received.wasReset = true
                }
            }
        } catch let error as IOError where error.errnoCode == 104 || error.errnoCode == 54 {
            received.wasReset = true
        }
        return received
    }

    /// A request that asks the server to close afterwards, so that the whole answer can be read.
    static func request(_ method: String, _ path: String, body: String = "", headers: [String] = ["connection: close"]) -> [UInt8] {
        let lines = ["\(method) \(path) HTTP/1.1", "host: test", "content-length: \(body.utf8.count)"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    static func get(_ path: String, port: Int) async throws -> HTTPAnswer {
        HTTPAnswer(try await send(request("GET", path), port: port).bytes)
    }

    static func post(_ path: String, _ body: String, port: Int) async throws -> HTTPAnswer {
        HTTPAnswer(try await send(request("POST", path, body: body), port: port).bytes)
    }

    static func chat(_ body: ChatBody, port: Int) async throws -> HTTPAnswer {
        try await post("/v1/chat/completions", body.json, port: port)
    }
}

/// The body of a chat request.
struct ChatBody: Sendable {
    var model: String
    var prompt = "Hello there"
    var isStream = true
    var topLogprobs: Int?
    var includesUsage = false
    /// More members, as JSON text beginning with a comma.
    var rest = ""

    var json: String {
        var text = "{\"model\":\"\(model)\",\"messages\":[{\"role\":\"user\",\"content\":\"\(prompt)\"}],\"stream\":\(isStream)"
        if let topLogprobs { text += ",\"logprobs\":true,\"top_logprobs\":\(topLogprobs)" }
        if includesUsage { text += ",\"stream_options\":{\"include_usage\":true}" }
        return text + rest + "}"
    }

    func wire(headers: [String] = ["connection: close"]) -> [UInt8] {
        WireClient.request("POST", "/v1/chat/completions", body: json, headers: headers)
    }
}

/// One HTTP/1.1 response, taken apart strictly.
struct HTTPAnswer {
    var status = 0
    var headers: [String: String] = [:]
    /// Without chunk framing.
    var body: [UInt8] = []
    /// The payload of each chunk of a chunked body.
    var chunks: [[UInt8]] = []
    /// The body ended as its framing says it must.
    var isComplete = false
    /// Bytes behind the response.
    var rest: [UInt8] = []

    init(_ bytes: [UInt8]) {
        guard let headEnd = Self.find([13, 10, 13, 10], in: bytes[...]) else { return }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
        }
        var remaining = bytes[(headEnd + 4)...]
        if let length = headers["content-length"].flatMap(Int.init) {
            body = Array(remaining.prefix(length))
            isComplete = body.count == length
            rest = Array(remaining.dropFirst(length))
            return
        }
        while let lineEnd = Self.find([13, 10], in: remaining),
            let size = Int(String(decoding: remaining[..<lineEnd], as: UTF8.self), radix: 16), remaining.endIndex >= lineEnd + 2 + size + 2
        {
            let payload = Array(remaining[(lineEnd + 2)..<(lineEnd + 2 + size)])
            remaining = remaining[(lineEnd + 2 + size + 2)...]
            if size == 0 {
                isComplete = true
                rest = Array(remaining)
                return
            }
            chunks.append(payload)
            body += payload
        }
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSONValue { try JSONValue.parse(body) }

    /// The data of every server-sent event; comments are skipped, both line ends are understood.
    var events: [String] {
        text.replacing("\r\n", with: "\n").split(separator: "\n\n").compactMap { block in
            block.hasPrefix("data: ") ? String(block.dropFirst(6)) : nil
        }
    }

    /// The events that are JSON objects.
    var chunksOfJSON: [JSONValue] { events.compactMap { try? JSONValue.parse($0) } }

    private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - pattern.count)).first { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
}

/// What an answer says, whatever its form.
struct Said: Equatable {
    struct Call: Equatable {
        var id = ""
        var name = ""
        var arguments = ""
    }

    var content = ""
    var refusal = ""
    var reasoning = ""
    var calls: [Call] = []
    var finishReason: String?
    var logprobs: [JSONValue] = []
    var refusalLogprobs: [JSONValue] = []

    /// Of a streamed answer.
    init(chunks: [JSONValue], choice: Int = 0) {
        for chunk in chunks {
            guard let part = chunk["choices"]?.array?.first(where: { $0["index"]?.int == choice }) else { continue }
            content += part["delta"]?["content"]?.string ?? ""
            refusal += part["delta"]?["refusal"]?.string ?? ""
            reasoning += part["delta"]?["reasoning_content"]?.string ?? ""
            for call in part["delta"]?["tool_calls"]?.array ?? [] {
                let index = call["index"]?.int ?? 0
                while calls.count <= index { calls.append(Call()) }
                calls[index].id += call["id"]?.string ?? ""
                calls[index].name += call["function"]?["name"]?.string ?? ""
                calls[index].arguments += call["function"]?["arguments"]?.string ?? ""
            }
            logprobs += part["logprobs"]?["content"]?.array ?? []
            refusalLogprobs += part["logprobs"]?["refusal"]?.array ?? []
            finishReason = part["finish_reason"]?.string ?? finishReason
        }
    }

    /// Of a whole answer.
    init(whole: JSONValue, choice: Int = 0) {
        guard let part = whole["choices"]?.array?.first(where: { $0["index"]?.int == choice }) else { return }
        content = part["message"]?["content"]?.string ?? ""
        refusal = part["message"]?["refusal"]?.string ?? ""
        reasoning = part["message"]?["reasoning_content"]?.string ?? ""
        calls = (part["message"]?["tool_calls"]?.array ?? []).map {
            Call(
                id: $0["id"]?.string ?? "", name: $0["function"]?["name"]?.string ?? "",
                arguments: $0["function"]?["arguments"]?.string ?? "")
        }
        logprobs = part["logprobs"]?["content"]?.array ?? []
        refusalLogprobs = part["logprobs"]?["refusal"]?.array ?? []
        finishReason = part["finish_reason"]?.string
    }
}
