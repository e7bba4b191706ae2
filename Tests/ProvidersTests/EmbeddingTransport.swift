import Cascade
import FastJSON
import HTTPTransport
import Providers
import Synchronization
import Testing

/// A transport whose exchanges do what the test says, when it says so.
final class ManualTransport: HTTPTransport {
    private let started = Mutex<[ManualExchange]>([])
    private let respond: (@Sendable (ManualExchange) -> Void)?

    /// - Parameter respond: called within `start`; `nil` leaves every exchange open.
    init(respond: (@Sendable (ManualExchange) -> Void)? = nil) { self.respond = respond }

    var exchanges: [ManualExchange] { started.withLock { list in list.map { $0 } } }

    func start(_ request: HTTPExchangeRequest, sink: any HTTPExchangeSink) -> any HTTPExchange {
        let exchange = ManualExchange(request, sink)
        started.withLock { $0.append(exchange) }
        respond?(exchange)
        return exchange
    }

    /// Waits for the exchange of that number, from 0.
    func exchange(_ number: Int) async throws -> ManualExchange {
        try await eventually("exchange \(number)") { self.exchanges.count > number }
        return exchanges[number]
    }
}

final class ManualExchange: HTTPExchange {
    let request: HTTPExchangeRequest
    private let sink: any HTTPExchangeSink
    private let hasEnded = Mutex(false)
    private let cancelCount = Mutex(0)

    init(_ request: HTTPExchangeRequest, _ sink: any HTTPExchangeSink) {
        self.request = request
        self.sink = sink
    }

    var cancels: Int { cancelCount.withLock { $0 } }
    var isOver: Bool { hasEnded.withLock { $0 } }
    var body: JSONValue { (try? JSONValue.parse(request.body)) ?? .null }
    var texts: [String] { (body["input"]?.array ?? []).compactMap(\.string) }

    func cancel() {
        cancelCount.withLock { $0 += 1 }
        end(.failure(.cancelled))
    }

    func resume() {}

    func answer(status: Int = 200, _ body: String) {
        guard !isOver else { return }
        sink.head(HTTPResponseHead(status: status))
        let bytes = Array(body.utf8)
        for start in stride(from: 0, to: bytes.count, by: 1_000) {
            _ = bytes[start..<min(start + 1_000, bytes.count)].withUnsafeBytes { sink.body($0) }
        }
        end(.success(HTTPExchangeTimings()))
    }

    /// One vector for each text, in reverse order, and a token for each byte.
    func answer(base64: Bool = false, _ vector: (String) -> [Float] = Vectors.of) {
        let data = texts.enumerated().reversed().map { index, text in
            let numbers = vector(text)
            let value = base64 ? "\"\(Vectors.base64(numbers))\"" : "[\(numbers.map { "\($0)" }.joined(separator: ", "))]"
            return #"{"object":"embedding","embedding":\#(value),"index":\#(index)}"#
        }
        let tokens = texts.reduce(0) { $0 + $1.utf8.count }
        answer(
            #"{"object":"list","data":[\#(data.joined(separator: ","))],"model":"m-2024","usage":{"prompt_tokens":\#(tokens),"total_tokens":\#(tokens)}}"#
        )
    }

    func fail(_ kind: HTTPTransportError.Kind) { end(.failure(HTTPTransportError(kind, "host:1"))) }

    private func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        let isFirst = hasEnded.withLock { ended in
            defer { ended = true }
            return !ended
        }
        if isFirst { sink.end(result) }
    }
}

enum Vectors {
    /// Eight numbers that tell one text from another.
    static func of(_ text: String) -> [Float] {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return (0..<8).map { place in
            state = (state ^ UInt64(place)) &* 0x100_0000_01b3
            return Float(Int64(bitPattern: state) >> 40) / 1_000 + 0.5
        }
    }

    static func unit(_ numbers: [Float]) -> [Double] {
        let length = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        return numbers.map { Double($0) / length }
    }

    static func isUnit(_ vector: [Float], of numbers: [Float]) -> Bool {
        vector.count == numbers.count && zip(vector, unit(numbers)).allSatisfy { abs(Double($0) - $1) < 1e-6 }
    }

    static func base64(_ numbers: [Float]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) } }
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let bits = (group + [0, 0])[..<3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            for place in 0..<4 { text.append(place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : "=") }
        }
        return text
    }
}

/// Waits for at most ten seconds.
func eventually(_ what: String, _ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while !condition() {
        try #require(ContinuousClock.now < deadline, "\(what) did not come about")
        try await Task.sleep(for: .milliseconds(1))
    }
}
