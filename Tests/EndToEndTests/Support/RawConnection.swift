import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A TCP connection without a library between the test and the bytes: it reads when told to, and leaves as rudely as told to.
/// For one task. Reading waits by looking again, so that a hundred of them need no thread.
final class RawConnection {
    private var descriptor: Int32
    var reader = ResponseReader()
    /// Everything received, for looking for what must not be there.
    private(set) var receivedBytes = 0
    private let idleLimit: Duration

    /// - Parameters:
    ///   - receiveBuffer: size of the kernel's receive buffer, for a reader that shall stop soon.
    ///   - idleLimit: how long a read waits before the test fails.
    init(port: Int, receiveBuffer: Int32? = nil, idleLimit: Duration = .seconds(30)) throws {
        self.idleLimit = idleLimit
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            descriptor = -1
            throw Failure(description: "127.0.0.1:\(port): \(reason)")
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close() }

    func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        let deadline = ContinuousClock.now + idleLimit
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                guard ContinuousClock.now < deadline else { throw Failure(description: "the peer does not read") }
                try await Task.sleep(for: .milliseconds(2))
            } else {
                throw Failure(description: "send: \(String(cString: strerror(errno)))")
            }
        }
    }

    func send(_ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []) async throws {
        var head = "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "content-type: application/json\r\ncontent-length: \(body.count)\r\n" }
        try await send(Array("\(head)\r\n".utf8) + body)
    }

    /// What has come, at least one byte; empty at the end of the stream.
    func receive() async throws -> [UInt8] {
        let deadline = ContinuousClock.now + idleLimit
        var pause = 1
        while true {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 {
                receivedBytes += count
                return Array(buffer.prefix(count))
            }
            guard errno == EAGAIN else { throw Failure(description: "recv: \(String(cString: strerror(errno)))") }
            guard ContinuousClock.now < deadline else { throw Failure(description: "nothing came for \(idleLimit)") }
            try await Task.sleep(for: .milliseconds(pause))
            pause = min(pause * 2, 8)
        }
    }

    /// Reads on until the response satisfies `condition`, is whole, or breaks off.
    func read(until condition: (ResponseReader) -> Bool = { _ in false }) async throws {
        while !reader.isComplete, !condition(reader) {
            let bytes = try await receive()
            if bytes.isEmpty { return }
            try reader.feed(bytes)
        }
    }

    /// The response to the request that was sent; ready for the next request afterwards.
    func answer() async throws -> Answer {
        reader = ResponseReader()
        try await read()
        return Answer(reader)
    }

    /// Says good-bye: FIN.
    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Says nothing: RST, as after a crash or from a NAT that forgot.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}
