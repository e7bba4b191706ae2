import HTTPTransport
import Synchronization
import Testing

/// Remembers everything it is told, and pauses when asked to.
final class RecordingSink: HTTPExchangeSink {
    struct Record: Sendable {
        var heads: [HTTPResponseHead] = []
        var body: [UInt8] = []
        var pieces = 0
        var results: [Result<HTTPExchangeTimings, HTTPTransportError>] = []
        /// Calls that broke the contract's order: a body before the head, anything after the end.
        var violations = 0
    }

    private let state = Mutex(Record())
    private let pausesAfter: @Sendable (Int) -> Bool
    private let onBody: @Sendable () -> Void

    /// - Parameters:
    ///   - pausesAfter: asked after each piece, with the number of pieces so far.
    ///   - onBody: called before the answer to each piece.
    init(pausesAfter: @escaping @Sendable (Int) -> Bool = { _ in false }, onBody: @escaping @Sendable () -> Void = {}) {
        self.pausesAfter = pausesAfter
        self.onBody = onBody
    }

    var record: Record { state.withLock { $0 } }
    var text: String { String(decoding: record.body, as: UTF8.self) }

    func head(_ head: HTTPResponseHead) {
        state.withLock { record in
            if !record.heads.isEmpty || !record.results.isEmpty { record.violations += 1 }
            record.heads.append(head)
        }
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
        let pieces = state.withLock { record in
            if record.heads.count != 1 || !record.results.isEmpty || bytes.isEmpty { record.violations += 1 }
            record.body.append(contentsOf: bytes)
            record.pieces += 1
            return record.pieces
        }
        onBody()
        return pausesAfter(pieces) ? .pause : .more
    }

    func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        state.withLock { record in
            if !record.results.isEmpty { record.violations += 1 }
            record.results.append(result)
        }
    }

    /// Waits for the end and gives what it was.
    func result() async throws -> Result<HTTPExchangeTimings, HTTPTransportError> {
        try await eventually("the exchange ends") { !self.record.results.isEmpty }
        let record = record
        #expect(record.violations == 0)
        return try #require(record.results.first)
    }

    func failure() async throws -> HTTPTransportError? {
        if case .failure(let error) = try await result() { error } else { nil }
    }
}

/// Waits, without occupying a thread, until `condition` holds; gives up after 20 s.
func eventually(_ what: String, _ condition: @Sendable () -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(20)
    while !condition() {
        guard clock.now < end else {
            Issue.record("waited 20 s in vain until \(what)")
            throw Waited()
        }
        try await Task.sleep(for: .milliseconds(1))
    }
}

struct Waited: Error {}
