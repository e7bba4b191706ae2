import ArgumentParser
import CurlHTTP
import HTTPTransport

/// `qualm health`: asks a running gateway; for container health checks, where no curl is installed.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ask a running gateway whether it is alive; exit status 0 or 1.")

    @Option(help: "Base URL of the gateway.")
    var url = "http://127.0.0.1:8080"

    @Flag(help: "Ask /ready instead of /health.")
    var ready = false

    func run() async throws {
        var options = CurlTransportOptions()
        options.proxy = .none
        let transport = try CurlTransport(options: options)
        defer { transport.shutdown() }
        let timeouts = HTTPTimeouts(connect: .seconds(2), firstByte: .seconds(3), idle: .seconds(3))
        do {
            let (head, body) = try await transport.collect(
                HTTPExchangeRequest(url: url + (ready ? "/ready" : "/health"), timeouts: timeouts), maxBytes: 65_536)
            print(String(decoding: body, as: UTF8.self))
            if head.status != 200 { throw ExitCode(1) }
        } catch let error as HTTPTransportError {
            StandardError.write("qualm: \(url): \(error)\n")
            throw ExitCode(1)
        }
    }
}
