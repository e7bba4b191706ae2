import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A socket on 127.0.0.1 and a free port.
struct Listener {
    struct Failure: Error {}

    let descriptor: CInt
    let port: UInt16

    init(listens: Bool = true) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && (!listens || listen(socket, 64) == 0) && getsockname(socket, address, &length) == 0
            }
        }
        guard isBound else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() { closeDescriptor(descriptor) }
}

private func closeDescriptor(_ descriptor: CInt) { close(descriptor) }

/// A server that plays a script to every connection: the peer that misbehaves on purpose. A thread per connection; `stop()` ends them.
final class FakeRedis: Sendable {
    let port: UInt16
    private let listener: Listener
    private let script: @Sendable (FakeConnection) -> Void
    private let state = Mutex(State())

    private struct State {
        var sockets: Set<CInt> = []
        var accepted = 0
        var isStopped = false
    }

    init(_ script: @escaping @Sendable (FakeConnection) -> Void) throws {
        listener = try Listener()
        port = listener.port
        self.script = script
        Thread.detachNewThread { [self] in acceptAll() }
    }

    var acceptedConnections: Int { state.withLock { $0.accepted } }

    func stop() {
        state.withLock { state in
            if state.isStopped { return }
            state.isStopped = true
            shutdown(listener.descriptor, CInt(SHUT_RDWR))
            for socket in state.sockets { shutdown(socket, CInt(SHUT_RDWR)) }
        }
    }

    private func acceptAll() {
        defer { listener.close() }
        while true {
            let socket = accept(listener.descriptor, nil, nil)
            guard socket >= 0 else { return }
            // A redis-server started meanwhile must not keep it open.
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let number = state.withLock { state in
                if state.isStopped { return 0 }
                state.accepted += 1
                state.sockets.insert(socket)
                return state.accepted
            }
            if number == 0 {
                closeDescriptor(socket)
                continue
            }
            Thread.detachNewThread { [self] in
                script(FakeConnection(socket: socket, number: number))
                state.withLock { state in
                    state.sockets.remove(socket)
                    closeDescriptor(socket)
                }
            }
        }
    }
}

/// One accepted connection. Every call blocks its thread.
final class FakeConnection {
    /// 1 for the first connection.
    let number: Int
    private let socket: CInt
    private var received: [UInt8] = []

    init(socket: CInt, number: Int) {
        self.socket = socket
        self.number = number
    }

    /// The arguments of the next command; nil when the peer is gone.
    func readCommand() -> [String]? {
        guard let head = readLine(), head.first == UInt8(ascii: "*"), let count = Int(String(decoding: head.dropFirst(), as: UTF8.self))
        else {
            return nil
        }
        var arguments: [String] = []
        for _ in 0..<count {
            guard let line = readLine(), let length = Int(String(decoding: line.dropFirst(), as: UTF8.self)) else { return nil }
            while received.count < length + 2 { guard receive() else { return nil } }
            arguments.append(String(decoding: received[..<length], as: UTF8.self))
            received.removeFirst(length + 2)
        }
        return arguments
    }

    /// Answers the login like a Redis server, up to the PING. False when the peer is gone.
    func logIn() -> Bool {
        while let command = readCommand() {
            if command == ["PING"] { return send("+PONG\r\n") }
            send("+OK\r\n")
        }
        return false
    }

    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.send(socket, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, CInt(MSG_NOSIGNAL))
                #else
                    Musl.send(socket, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, MSG_NOSIGNAL)
                #endif
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func readLine() -> [UInt8]? {
        while true {
            if let end = received.indices.dropLast().first(where: { received[$0] == 0x0d && received[$0 + 1] == 0x0a }) {
                defer { received.removeFirst(end + 2) }
                return Array(received[..<end])
            }
            guard receive() else { return nil }
        }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received.append(contentsOf: buffer[..<count])
        return true
    }
}
