#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A request as a ``LoopbackServer`` read it.
public struct LoopbackRequest: Sendable {
    /// "POST /v1/x HTTP/1.1".
    public var line: String
    /// The header lines as sent, without their line endings.
    public var headerLines: [String]
    public var body: [UInt8]

    /// The value of the first header with this name, compared without case.
    public func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ":"
        guard let line = headerLines.first(where: { $0.lowercased().hasPrefix(prefix) }) else { return nil }
        return String(line.dropFirst(prefix.count).drop { $0 == " " })
    }
}

/// One accepted connection, for the script that plays on its thread. Every call blocks that thread.
public final class LoopbackConnection {
    private let socket: CInt
    private let server: LoopbackServer
    private var isOpen = true
    private var received: [UInt8] = []

    init(socket: CInt, server: LoopbackServer) {
        self.socket = socket
        self.server = server
    }

    /// The next request with its `Content-Length` body; nil when the peer closed, or sent 32 MiB without completing one.
    public func readRequest() -> LoopbackRequest? {
        while received.count < 32 << 20 {
            if let request = takeRequest() {
                server.record(request)
                return request
            }
            guard receive() else { return nil }
        }
        return nil
    }

    /// True when everything went into the socket's buffer; false when the peer is gone.
    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while isOpen, sent < bytes.count {
            let count = bytes.withUnsafeBytes { Self.write(socket, $0, from: sent, flags: 0) }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                return false
            }
        }
        return sent == bytes.count
    }

    /// Sends copies of `piece` until the peer has taken nothing for `patience` milliseconds or `limit` bytes are out.
    ///
    /// - Returns: the number of bytes sent.
    public func sendUntilBlocked(_ piece: [UInt8], limit: Int, patience: Int) -> Int {
        var sent = 0
        while isOpen, sent < limit {
            let count = piece.withUnsafeBytes { Self.write(socket, $0, from: sent % piece.count, flags: CInt(MSG_DONTWAIT)) }
            if count > 0 {
                sent += count
                continue
            }
            guard errno == EAGAIN || errno == EINTR else { break }
            var descriptor = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            if poll(&descriptor, 1, CInt(patience)) == 0 { break }
        }
        return sent
    }

    /// One chunk of a chunked body (RFC 9112 section 7.1).
    @discardableResult
    public func sendChunk(_ text: String) -> Bool {
        send(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    public func pause(milliseconds: Int) {
        usleep(UInt32(milliseconds) * 1000)
    }

    /// Waits until the peer closes or resets, dropping what it still sends. Counted in ``LoopbackServer/departures``.
    ///
    /// - Returns: false when it was still there after `seconds`.
    public func waitForDeparture(seconds: Int) -> Bool {
        while isOpen {
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, CInt(seconds) * 1000)
            if ready < 0, errno == EINTR { continue }
            if ready == 0 { return false }
            received = []
            if !receive() { break }
        }
        server.recordDeparture()
        return true
    }

    /// Orderly: the peer sees the end of the stream.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        #if canImport(Glibc)
            _ = Glibc.close(socket)
        #elseif canImport(Musl)
            _ = Musl.close(socket)
        #else
            _ = Darwin.close(socket)
        #endif
    }

    /// The peer sees "connection reset" (RST).
    public func reset() {
        guard isOpen else { return }
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    private func receive() -> Bool {
        guard isOpen else { return false }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count > 0 {
                received.append(contentsOf: buffer[..<count])
                return true
            }
            if count == 0 || errno != EINTR { return false }
        }
    }

    private func takeRequest() -> LoopbackRequest? {
        guard let end = received.firstIndex(ofHeadEnd: ()) else { return nil }
        var lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        guard !lines.isEmpty else { return nil }
        var request = LoopbackRequest(line: lines.removeFirst(), headerLines: lines, body: [])
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        guard received.count >= end + 4 + length else { return nil }
        request.body = Array(received[(end + 4)..<(end + 4 + length)])
        received.removeFirst(end + 4 + length)
        return request
    }

    private static func write(_ socket: CInt, _ bytes: UnsafeRawBufferPointer, from start: Int, flags: CInt) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        #if canImport(Glibc)
            return Glibc.send(socket, base + start, bytes.count - start, flags | CInt(MSG_NOSIGNAL))
        #elseif canImport(Musl)
            return Musl.send(socket, base + start, bytes.count - start, flags | CInt(MSG_NOSIGNAL))
        #else
            return Darwin.send(socket, base + start, bytes.count - start, flags)
        #endif
    }
}

extension [UInt8] {
    /// Where the empty line that ends a head begins.
    fileprivate func firstIndex(ofHeadEnd: Void) -> Int? {
        guard count >= 4 else { return nil }
        return (0...(count - 4)).first { self[$0] == 0x0d && self[$0 + 1] == 0x0a && self[$0 + 2] == 0x0d && self[$0 + 3] == 0x0a }
    }
}
