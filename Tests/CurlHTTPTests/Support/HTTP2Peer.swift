import Foundation

/// An HTTP/2 server in another process: Python's `h2`, behind TLS with a certificate made for the test.
///
/// Needs `openssl` and a Python with the `h2` package: `QUALM_TEST_PYTHON`, or `python3`. ``isAvailable`` says whether they are there.
final class HTTP2Peer {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What the server counted since it started.
    struct Statistics: Decodable {
        var connections: Int
        var resets: Int
        var sent: Int
        var requests: Int
    }

    static let python = ProcessInfo.processInfo.environment["QUALM_TEST_PYTHON"] ?? "python3"

    static let isAvailable: Bool = {
        (try? run(python, ["-c", "import h2"])) == 0 && (try? run("openssl", ["version"])) == 0
    }()

    let tlsPort: Int
    let plainPort: Int
    var certificateFile: String { directory.appendingPathComponent("cert.pem").path }
    private let directory: URL
    private let process: Process
    private let input: Pipe

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("h2-peer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let certificate = directory.appendingPathComponent("cert.pem").path
        let key = directory.appendingPathComponent("key.pem").path
        let made = try Self.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key,
                "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            ])
        guard made == 0 else { throw Failure(description: "openssl made no certificate: exit \(made)") }
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [Self.python, "-c", Self.script, certificate, key]
        let output = Pipe()
        input = Pipe()
        process.standardOutput = output
        // The server ends when this closes, so that it cannot outlive a crashed test.
        process.standardInput = input
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { throw Failure(description: "the HTTP/2 server ended before it was ready") }
            line += piece
        }
        let ports = String(decoding: line, as: UTF8.self).split { " \n".contains($0) }.compactMap { Int($0) }
        guard ports.count == 2 else { throw Failure(description: "the HTTP/2 server said \(String(decoding: line, as: UTF8.self))") }
        (tlsPort, plainPort) = (ports[0], ports[1])
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func run(_ command: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// `/ok` answers "ok"; `/echo` the body; `/hang` a head and nothing more; `/big?N` N bytes, as fast as the windows allow;
    /// `/reset-early` and `/reset-late` reset the stream before and after the head; `/stats` counts.
    private static let script = #"""
        import json, os, socket, ssl, sys, threading, time
        import h2.config, h2.connection, h2.events, h2.exceptions

        stats = {"connections": 0, "resets": 0, "sent": 0, "requests": 0}
        lock = threading.Lock()

        def count(key, by=1):
            with lock:
                stats[key] += by

        class Connection:
            def __init__(self, sock):
                self.sock = sock
                self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
                self.paths, self.bodies, self.pending = {}, {}, {}

            def pump(self, stream):
                data, offset = self.pending[stream]
                while offset < len(data):
                    size = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(data) - offset)
                    if size <= 0:
                        break
                    self.h2.send_data(stream, data[offset:offset + size])
                    offset += size
                    count("sent", size)
                if offset == len(data):
                    self.h2.end_stream(stream)
                    del self.pending[stream]
                else:
                    self.pending[stream] = (data, offset)

            def answer(self, stream):
                path, body = self.paths[stream], bytes(self.bodies[stream])
                count("requests")
                if path == "/reset-early":
                    return self.h2.reset_stream(stream, 2)
                self.h2.send_headers(stream, [(":status", "200"), ("x-path", path)])
                if path == "/hang":
                    return
                if path == "/reset-late":
                    self.h2.send_data(stream, b"part")
                    self.sock.sendall(self.h2.data_to_send())
                    time.sleep(0.1)
                    return self.h2.reset_stream(stream, 2)
                if path.startswith("/big?"):
                    body = bytes(i % 251 for i in range(251)) * (int(path[5:]) // 251)
                elif path == "/stats":
                    with lock:
                        body = json.dumps(stats).encode()
                elif path == "/ok":
                    body = b"ok"
                self.pending[stream] = (body, 0)
                self.pump(stream)

            def serve(self):
                self.h2.initiate_connection()
                self.sock.sendall(self.h2.data_to_send())
                while True:
                    data = self.sock.recv(65536)
                    if not data:
                        return
                    for event in self.h2.receive_data(data):
                        if isinstance(event, h2.events.RequestReceived):
                            self.paths[event.stream_id] = dict(event.headers)[b":path"].decode()
                            self.bodies[event.stream_id] = bytearray()
                        elif isinstance(event, h2.events.DataReceived):
                            self.bodies[event.stream_id] += event.data
                            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                        elif isinstance(event, h2.events.StreamEnded):
                            self.answer(event.stream_id)
                        elif isinstance(event, h2.events.StreamReset):
                            count("resets")
                            self.pending.pop(event.stream_id, None)
                        elif isinstance(event, h2.events.WindowUpdated):
                            for stream in list(self.pending):
                                self.pump(stream)
                        elif isinstance(event, h2.events.ConnectionTerminated):
                            return
                    self.sock.sendall(self.h2.data_to_send())

        def run(sock, context):
            try:
                if context:
                    sock = context.wrap_socket(sock, server_side=True)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                count("connections")
                Connection(sock).serve()
            except (OSError, h2.exceptions.ProtocolError):
                pass
            finally:
                sock.close()

        def listen(context):
            listener = socket.create_server(("127.0.0.1", 0), backlog=128)
            def accept():
                while True:
                    sock, _ = listener.accept()
                    threading.Thread(target=run, args=(sock, context), daemon=True).start()
            threading.Thread(target=accept, daemon=True).start()
            return listener.getsockname()[1]

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        context.set_alpn_protocols(["h2"])
        print(listen(context), listen(None), flush=True)
        sys.stdin.read()
        os._exit(0)
        """#
}
