import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A TCP server on `127.0.0.1` and a free port that plays a script to every connection: the peer that misbehaves on purpose.
///
/// No HTTP server could send a truncated chunk, a reset in the middle of a body or no answer at all on demand, so this one is
/// sockets and threads only. Each connection has a thread of its own, on which the script may block.
///
///     let server = try LoopbackServer { connection in
///         while connection.readRequest() != nil {
///             connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
///         }
///     }
public final class LoopbackServer: Sendable {
    /// Why there is no server: what failed, and errno.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    private struct State {
        var sockets: Set<CInt> = []
        var threads: [pthread_t] = []
        var accepted = 0
        var departures = 0
        var requests: [LoopbackRequest] = []
        var isStopped = false
    }

    /// The port it listens on.
    public let port: UInt16
    private let listener: CInt
    private let script: @Sendable (LoopbackConnection) -> Void
    private let state = Mutex(State())

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - receiveBuffer: SO_RCVBUF in bytes, 0 for the system's default.
    ///   - sendBuffer: SO_SNDBUF in bytes, 0 for the system's default; a small one makes back-pressure visible early.
    ///   - script: what a connection's thread does; the connection is closed when it returns.
    public init(
        receiveBuffer: Int = 0, sendBuffer: Int = 0, _ script: @escaping @Sendable (LoopbackConnection) -> Void
    ) throws(Failure) {
        let (listener, port) = try Self.listen(receiveBuffer: receiveBuffer, sendBuffer: sendBuffer)
        self.listener = listener
        self.port = port
        self.script = script
        try spawn { server in server.acceptAll() }
    }

    /// "http://127.0.0.1:PORT" and the path.
    public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Connections accepted so far.
    public var acceptedConnections: Int { state.withLock { $0.accepted } }

    /// How many times ``LoopbackConnection/waitForDeparture(seconds:)`` saw the peer go.
    public var departures: Int { state.withLock { $0.departures } }

    /// Everything that ``LoopbackConnection/readRequest()`` returned, in order.
    ///
    /// A copy with storage of its own: shared storage is what the thread sanitizer reports falsely (`.ci/tsan-suppressions.txt`).
    public var requests: [LoopbackRequest] { state.withLock { state in state.requests.map { $0 } } }

    /// Closes the listener and every connection, and waits for the threads. Must be called, by `defer`; it is idempotent.
    public func stop() {
        let threads = state.withLock { state in
            if !state.isStopped {
                state.isStopped = true
                // Only shut down: the threads that block on them close them.
                shutdown(listener, CInt(SHUT_RDWR))
                for socket in state.sockets { shutdown(socket, CInt(SHUT_RDWR)) }
            }
            defer { state.threads = [] }
            return state.threads
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    func record(_ request: LoopbackRequest) { state.withLock { $0.requests.append(request) } }
    func recordDeparture() { state.withLock { $0.departures += 1 } }

    private func acceptAll() {
        defer { close(listener) }
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let isWanted = state.withLock { state in
                guard !state.isStopped else { return false }
                state.accepted += 1
                state.sockets.insert(socket)
                return true
            }
            guard isWanted, (try? spawn { server in server.play(socket) }) != nil else {
                _ = state.withLock { $0.sockets.remove(socket) }
                close(socket)
                continue
            }
        }
    }

    private func play(_ socket: CInt) {
        let connection = LoopbackConnection(socket: socket, server: self)
        script(connection)
        // Out of the set before the number can be given to another socket.
        state.withLock { state in
            state.sockets.remove(socket)
            connection.close()
        }
    }

    private final class Job {
        let server: LoopbackServer
        let run: (LoopbackServer) -> Void
        init(_ server: LoopbackServer, _ run: @escaping (LoopbackServer) -> Void) {
            self.server = server
            self.run = run
        }
    }

    private func spawn(_ run: @escaping (LoopbackServer) -> Void) throws(Failure) {
        let job = Unmanaged.passRetained(Job(self, run))
        let status = state.withLock { state in
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    let job = Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
                    job.run(job.server)
                    return nil
                }, job.toOpaque())
            if status == 0 { state.threads.append(thread) }
            return status
        }
        guard status == 0 else {
            job.release()
            throw Failure(description: "no thread for the loopback server: pthread_create answered \(status)")
        }
    }

    private static func listen(receiveBuffer: Int, sendBuffer: Int) throws(Failure) -> (CInt, UInt16) {
        #if canImport(Darwin)
            let listener = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard listener >= 0 else { throw Failure(description: "no socket: errno \(errno)") }
        // Accepted sockets inherit these.
        for (option, value) in [(SO_REUSEADDR, 1), (SO_RCVBUF, receiveBuffer), (SO_SNDBUF, sendBuffer)] where value > 0 {
            var value = CInt(value)
            setsockopt(listener, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && Self.start(listener) && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else {
            let reason = errno
            close(listener)
            throw Failure(description: "cannot listen on 127.0.0.1: errno \(reason)")
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// Outside of `listen(receiveBuffer:sendBuffer:)`, whose name hides the system's.
    private static func start(_ listener: CInt) -> Bool {
        #if canImport(Glibc)
            Glibc.listen(listener, 1024) == 0
        #elseif canImport(Musl)
            Musl.listen(listener, 1024) == 0
        #else
            Darwin.listen(listener, 1024) == 0
        #endif
    }
}
