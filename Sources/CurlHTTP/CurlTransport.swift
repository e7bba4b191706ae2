private import CCurl
public import HTTPTransport
private import Synchronization

/// HTTP/1.1 and HTTP/2 over libcurl's multi interface.
///
/// Each loop is one named thread with its own epoll, connections and handles; an exchange stays on the loop it was dealt to
/// (round robin). Nothing blocks on those threads except the sinks, which therefore must return quickly.
///
/// What is sent: the request's headers and nothing that the caller did not ask for, except `Host`, `Accept: */*` and
/// `Content-Length`. `Content-Length`, `Transfer-Encoding` and `Expect` headers of the caller are dropped, because the transport
/// alone frames the body. Redirects are not followed, bodies not decompressed, cookies not kept.
///
/// A pooled connection that turns out to be dead before any byte of the response is replaced and the request sent again, by
/// libcurl (RFC 9110 section 9.2.2 allows it because the peer closed before processing).
public final class CurlTransport: HTTPTransport, Sendable {
    /// What is alive right now, for leak tests and gauges.
    public struct Snapshot: Sendable, Hashable {
        /// Exchanges started whose sink has not been told the end.
        public var activeTransfers: Int
        /// Sockets of connections, idle ones included.
        public var openSockets: Int

        public init(activeTransfers: Int = 0, openSockets: Int = 0) {
            self.activeTransfers = activeTransfers
            self.openSockets = openSockets
        }
    }

    private let loops: [LoopThread]
    private let nextLoop = Atomic<Int>(0)

    /// Starts the loops' threads.
    ///
    /// - Throws: `other` when an option is out of its range or the system gives no thread, epoll or eventfd.
    public init(options: CurlTransportOptions = .init()) throws(HTTPTransportError) {
        if let complaint = options.complaint { throw HTTPTransportError(.other, complaint) }
        // Thread-safe since libcurl 7.84, and counted. Never undone: another transport may be in use.
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw HTTPTransportError(.other, "libcurl could not be initialised")
        }
        var started: [LoopThread] = []
        for index in 0..<options.loopCount {
            do {
                started.append(try LoopThread(name: "\(options.threadName)-\(index)", options: options))
            } catch {
                for loop in started { loop.shutdown() }
                throw error
            }
        }
        loops = started
    }

    deinit { shutdown() }

    public func start(_ request: HTTPExchangeRequest, sink: any HTTPExchangeSink) -> any HTTPExchange {
        let turn = loops.count == 1 ? 0 : nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))].start(request, sink: sink)
    }

    /// Ends every exchange with `cancelled`, closes every connection and joins the threads. Idempotent.
    ///
    /// An exchange started afterwards ends with `cancelled` at once, on the caller's thread. Called from a sink, this does not
    /// wait for the thread it runs on.
    public func shutdown() {
        for loop in loops { loop.shutdown() }
    }

    /// Sums over the loops; each number is exact, but they are not read at the same instant.
    public var snapshot: Snapshot {
        loops.reduce(into: Snapshot()) { sum, loop in
            sum.activeTransfers += loop.activeTransfers
            sum.openSockets += loop.openSockets
        }
    }
}
