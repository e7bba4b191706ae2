internal import Cascade
internal import ChatAPI
internal import FastJSON
internal import HTTPTransport

/// One request to one collection and what came of it. Knows HTTP and the envelope of Qdrant's answers, nothing of points.
struct QdrantClient: Sendable {
    /// What Qdrant said, as far as the caller has to decide about it. Everything else is thrown.
    enum Reply: Sendable {
        /// The member `result` of a 200.
        case result(JSONValue)
        /// 404, in Qdrant's own words.
        case noCollection
        /// Any other 4xx that is about the request, with Qdrant's words, fit for a log.
        case refused(status: Int, message: String)
    }

    /// A larger answer is given up. The largest one that is asked for (100 matches) has some 12 KB.
    static let maxBodyBytes = 1 << 20
    private static let maxMessageBytes = 240

    let transport: any HTTPTransport
    let options: QdrantOptions

    /// - Parameter path: below the collection: empty, or beginning with a slash.
    func call(_ method: HTTPMethod, _ path: String, body: [UInt8] = [], deadline: ContinuousClock.Instant) async throws(StoreError) -> Reply
    {
        let place = "\(method.rawValue) \(Self.logged(path))"
        let left = deadline - .now
        guard left > .zero else { throw StoreError(.qdrant, .timeout, "\(place): the deadline had passed") }
        if Task.isCancelled { throw .cancelled }
        let request = HTTPExchangeRequest(
            method: method, url: "\(options.baseURL)/collections/\(options.collection)\(path)", headers: headers(hasBody: !body.isEmpty),
            body: body, timeouts: HTTPTimeouts(connect: min(options.connectTimeout, left), firstByte: left, idle: left))
        let response: (head: HTTPResponseHead, body: [UInt8])
        do {
            response = try await transport.collect(request, maxBytes: Self.maxBodyBytes)
        } catch {
            throw failure(error, place)
        }
        return try reply(status: response.head.status, body: response.body, place)
    }

    private func headers(hasBody: Bool) -> [HTTPHeader] {
        (hasBody ? [HTTPHeader("content-type", "application/json")] : []) + (options.apiKey.map { [HTTPHeader("api-key", $0)] } ?? [])
    }

    private static func logged(_ path: String) -> Substring { path.isEmpty ? "collection" : path.dropFirst().prefix { $0 != "?" } }

    // MARK: What came back

    private func reply(status: Int, body: [UInt8], _ place: String) throws(StoreError) -> Reply {
        switch status {
        case 200..<300:
            guard let document = try? JSONValue.parse(body) else { throw error(.malformed, place, "the answer is not JSON") }
            guard let result = document["result"], !result.isNull else {
                throw error(.malformed, place, "the answer has no member 'result': is this a Qdrant?")
            }
            return .result(result)
        case 401, 403:
            throw error(
                .unauthorized, place, options.apiKey == nil ? "Qdrant wants an API key" : "the API key is wrong or has too few rights")
        case 404:
            // Only Qdrant's own words say that the collection is absent: a proxy, or another server, has its 404s too.
            guard errorText(body) != nil else {
                throw error(
                    .malformed, place, "a 404 that Qdrant did not write: is this a Qdrant, and is the base URL's path prefix right?")
            }
            return .noCollection
        case 429, 503:
            throw error(.overloaded, place, "status \(status)\(words(body))")
        case 408, 504:
            throw error(.timeout, place, "status \(status)\(words(body))")
        case 400..<500:
            return .refused(status: status, message: "\(place): status \(status)\(words(body))")
        case 501:
            throw error(.rejected, place, "status \(status)\(words(body))")
        case 500...:
            throw error(.unavailable, place, "status \(status)\(words(body))")
        default:
            throw error(.malformed, place, "status \(status); redirects are not followed: the base URL must be the final one")
        }
    }

    private func error(_ kind: StoreError.Kind, _ place: String, _ detail: String) -> StoreError {
        StoreError(.qdrant, kind, "\(place): \(detail)")
    }

    /// `status.error` of Qdrant's error answers.
    private func errorText(_ body: [UInt8]) -> String? { (try? JSONValue.parse(body))?["status"]?["error"]?.string }

    private func words(_ body: [UInt8]) -> String {
        guard let text = errorText(body) else { return "" }
        let shortened = Redaction.redacted(
            Self.withoutNumberLists(text), secrets: options.apiKey.map { [$0] } ?? [], maxBytes: Self.maxMessageBytes)
        return ", \(shortened)"
    }

    /// Runs of more than 40 bytes that only a list of numbers has become an ellipsis, and control characters spaces: no vector gets into
    /// a log.
    static func withoutNumberLists(_ text: String) -> String {
        var result: [UInt8] = []
        var run: [UInt8] = []
        func flushed() -> [UInt8] { run.count > 40 ? Array("...".utf8) : run }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: " "):
                run.append(byte)
            default:
                result += flushed()
                run = []
                result.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte)
            }
        }
        return String(decoding: result + flushed(), as: UTF8.self)
    }

    private func failure(_ failure: HTTPTransportError, _ place: String) -> StoreError {
        switch failure.kind {
        case .connectTimeout, .firstByteTimeout, .idleTimeout: error(.timeout, place, failure.description)
        case .malformedResponse, .oversizedHeaders, .tooLarge: error(.malformed, place, failure.description)
        case .cancelled: Task.isCancelled ? .cancelled : error(.closed, place, "the transport was shut down")
        case .dns, .connectionRefused, .unreachable, .tls, .resetBeforeHead, .resetMidBody, .invalidURL, .other:
            error(.unavailable, place, failure.description)
        }
    }
}
