internal import HTTPTransport
internal import Synchronization
internal import Threads

/// One event loop and its thread, as the other threads see it.
final class LoopThread: Sendable {
    private let queue: CommandQueue
    private let thread: NamedThread

    init(name: String, options: CurlTransportOptions) throws(HTTPTransportError) {
        let queue = try CommandQueue()
        let loop = try EventLoop(options: options, queue: queue)
        self.queue = queue
        do throws(ThreadError) {
            thread = try NamedThread(name: name) { loop.run() }
        } catch {
            throw HTTPTransportError(.other, error.description)
        }
    }

    var activeTransfers: Int { queue.gauges.activeTransfers.load(ordering: .relaxed) }
    var openSockets: Int { queue.gauges.openSockets.load(ordering: .relaxed) }

    func start(_ request: HTTPExchangeRequest, sink: any HTTPExchangeSink) -> Transfer {
        let transfer = Transfer(request, sink: sink, queue: queue)
        queue.gauges.activeTransfers.add(1, ordering: .relaxed)
        if !queue.append(.start(transfer)) {
            queue.gauges.activeTransfers.subtract(1, ordering: .relaxed)
            sink.end(.failure(.cancelled))
        }
        return transfer
    }

    func shutdown() {
        queue.finish()
        thread.join()
    }
}
