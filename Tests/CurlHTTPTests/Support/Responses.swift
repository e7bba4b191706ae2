import CurlHTTP
import GatewayTesting
import HTTPTransport

/// The three ways in which HTTP/1.1 delimits a body (RFC 9112 section 6).
enum Framing: CaseIterable, Sendable {
    case contentLength
    case chunked
    case untilClose

    /// Answers one request with `pieces`; true when the connection can be used again.
    func answer(_ connection: LoopbackConnection, _ pieces: [String]) -> Bool {
        switch self {
        case .contentLength:
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(pieces.reduce(0) { $0 + $1.utf8.count })\r\n\r\n")
            for piece in pieces { connection.send(piece) }
        case .chunked:
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in pieces { connection.sendChunk(piece) }
            connection.send("0\r\n\r\n")
        case .untilClose:
            connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            for piece in pieces { connection.send(piece) }
        }
        return self != .untilClose
    }
}

/// Answers every request with "ok" and keeps the connection.
@Sendable func answerOK(_ connection: LoopbackConnection) {
    while connection.readRequest() != nil {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
}

/// Runs `body` with a server and a transport, both gone afterwards.
func withLoopback(
    options: CurlTransportOptions = .init(), sendBuffer: Int = 0, script: @escaping @Sendable (LoopbackConnection) -> Void,
    _ body: (LoopbackServer, CurlTransport) async throws -> Void
) async throws {
    let server = try LoopbackServer(sendBuffer: sendBuffer, script)
    defer { server.stop() }
    let transport = try CurlTransport(options: options)
    defer { transport.shutdown() }
    try await body(server, transport)
}
