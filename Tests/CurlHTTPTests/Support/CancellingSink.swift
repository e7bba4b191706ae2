import HTTPTransport
import Synchronization

/// Cancels its own exchange at the first piece of the body, from the transport's thread.
final class CancellingSink: HTTPExchangeSink {
    private struct State {
        var exchange: (any HTTPExchange)?
        var hasBody = false
        var results: [Result<HTTPExchangeTimings, HTTPTransportError>] = []
    }

    private let state = Mutex(State())

    var results: [Result<HTTPExchangeTimings, HTTPTransportError>] { state.withLock { $0.results } }

    func arm(_ exchange: any HTTPExchange) {
        let isLate = state.withLock { state in
            state.exchange = exchange
            return state.hasBody
        }
        if isLate { exchange.cancel() }
    }

    func head(_ head: HTTPResponseHead) {}

    func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
        let exchange = state.withLock { state in
            state.hasBody = true
            return state.exchange
        }
        exchange?.cancel()
        return .more
    }

    func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        state.withLock { $0.results.append(result) }
    }
}

/// Holds a thread until it is opened.
final class Gate: Sendable {
    private let entered = Atomic<Bool>(false)
    private let opened = Atomic<Bool>(false)

    var isEntered: Bool { entered.load(ordering: .sequentiallyConsistent) }
    func open() { opened.store(true, ordering: .sequentiallyConsistent) }

    func enterAndWait() {
        entered.store(true, ordering: .sequentiallyConsistent)
        while !opened.load(ordering: .sequentiallyConsistent) {}
    }
}
