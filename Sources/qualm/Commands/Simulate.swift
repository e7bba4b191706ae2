import ArgumentParser
import FoundationEssentials
import Simulator

/// `qualm simulate`: an OpenAI-compatible upstream with scripted doubt, speed and faults.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a simulated upstream: scripted entropy, latency and faults.",
        discussion: "The request's model name scripts the answer, e.g. sim-unsure-n40-d2000; see docs/simulator.md.")

    @Option(help: "Listen on this port (0 = any free one).")
    var port = 9_901

    @Option(help: "Listen on this address.")
    var host = "127.0.0.1"

    @Option(help: "A scenario file (JSON, see docs/simulator.md), or the word demo.")
    var scenario: String?

    @Option(help: "Require this bearer key.")
    var key: String?

    @Option(help: "Event loops.")
    var threads = 1

    @Option(help: "Write the port to this file once the simulator listens.")
    var portFile: String?

    func run() async throws {
        var options = SimulatorOptions()
        options.port = port
        options.host = host
        options.apiKey = key
        options.eventLoops = threads
        switch scenario {
        case nil: break
        case "demo": options.scenario = .demo
        case let path?:
            guard let file = FileManager.default.contents(atPath: path) else {
                throw ValidationError("\(path): cannot be read; --scenario takes a readable JSON file, or the word demo")
            }
            do {
                options.scenario = try Scenario(json: Array(file))
            } catch {
                throw ValidationError("\(path): \(error)")
            }
        }
        let (host, portFile, chosen) = (host, portFile, options)
        try await withSignalCancellation {
            try await Simulator.run(options: chosen) { simulator in
                print("simulator listening on http://\(host):\(simulator.port)/v1")
                if let portFile { try? PortFile.write(simulator.port, to: portFile) }
            }
        }
    }
}
