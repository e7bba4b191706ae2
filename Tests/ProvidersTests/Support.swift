import Cascade
import ChatAPI
import CurlHTTP
import GatewayTesting
import HTTPTransport
import Providers
import Simulator
import Testing

/// A provider that talks to a simulator of its own; all three are gone afterwards.
func withUpstream(
    apiKey: String? = nil, timeouts: HTTPTimeouts = HTTPTimeouts(),
    _ body: (OpenAICompatibleProvider, Simulator) async throws -> Void
) async throws {
    let simulator = try await Simulator.start(port: 0)
    let transport = try CurlTransport(options: plain())
    let provider = OpenAICompatibleProvider(
        name: "sim", baseURL: "http://127.0.0.1:\(simulator.port)/v1", apiKey: apiKey, capabilities: .init(), timeouts: timeouts,
        transport: transport)
    do {
        try await body(provider, simulator)
    } catch {
        transport.shutdown()
        try await simulator.stop()
        throw error
    }
    transport.shutdown()
    try await simulator.stop()
}

/// No proxy, whatever the environment says.
func plain() -> CurlTransportOptions {
    var options = CurlTransportOptions()
    options.proxy = .none
    return options
}

enum Requests {
    static func chat(_ body: String = #"{"model":"auto","messages":[{"role":"user","content":"What is it?"}]}"#) throws -> ChatRequest {
        try ChatRequest.decode(Array(body.utf8))
    }
}
