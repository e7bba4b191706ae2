import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An upstream that says the same to every request, for what the simulator cannot say. One connection after the other, on a thread of its own.
final class CannedUpstream: Sendable {
    let port: Int
    private let listener: Int32
    private let response: [UInt8]
    private let served = Atomic(0)

    /// - Parameter events: data of a stream's events, in front of `[DONE]`.
    init(events: [String]) throws {
        let body = (events + ["[DONE]"]).map { "data: \($0)\n\n" }.joined()
        response = Array(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
        port = try closedPort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var (address, one) = (sockaddr_in(), Int32(1))
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let socket = listener
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isBound, listen(listener, 64) == 0 else { throw Failure(description: "no port for the canned upstream") }
        Thread.detachNewThread { [self] in serve() }
    }

    var requests: Int { served.load(ordering: .acquiring) }

    /// Ends the thread.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        defer { close(listener) }
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            readRequest(connection)
            served.wrappingAdd(1, ordering: .acquiringAndReleasing)
            _ = response.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(connection)
        }
    }

    /// Up to the end of the body: closing before that would be a reset.
    private func readRequest(_ connection: Int32) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            request += buffer.prefix(count)
            let text = String(decoding: request, as: UTF8.self).lowercased()
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let length = text[..<end.lowerBound].split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let wanted = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            if text[end.upperBound...].utf8.count >= wanted { return }
        }
    }
}
