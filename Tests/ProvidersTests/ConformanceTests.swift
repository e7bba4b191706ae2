import Cascade
import ChatAPI
import CurlHTTP
import GatewayTesting
import HTTPTransport
import Providers
import Simulator
import Testing

@Suite("OpenAICompatibleProvider over libcurl passes the conformance suite", .timeLimit(.minutes(1)))
struct ConformanceTests {
    typealias Upstream = CompletionProviderConformance.Upstream

    /// The simulator's words for each behaviour.
    private static func model(_ upstream: Upstream) -> String {
        switch upstream {
        case .answer: "sim-confident-n40-k5-d500"
        case .slowAnswer: "sim-confident-n10000-d5000-f20000"
        case .badRequest: "sim-err400"
        case .unauthorized: "sim-err401"
        case .rateLimited: "sim-err429-r2"
        case .serverError: "sim-err503"
        case .closedAtOnce: "sim-refuse"
        case .silentFromStart: "sim-stallfirst"
        case .silentInMiddle: "sim-stallmid"
        case .resetInMiddle: "sim-resetmid-d500"
        case .cutInMiddle: "sim-cutmid"
        case .withoutTerminator: "sim-nodone"
        case .malformedEvent: "sim-malformed"
        case .errorEvent: "sim-errorevent"
        }
    }

    private func withSuite(
        timeouts: HTTPTimeouts = HTTPTimeouts(), _ body: (CompletionProviderConformance, Simulator) async throws -> Void
    ) async throws {
        try await withUpstream(timeouts: timeouts) { provider, simulator in
            try await body(CompletionProviderConformance(provider: provider, request: try Requests.chat(), model: Self.model), simulator)
        }
    }

    @Test("answers, streamed and whole")
    func answers() async throws {
        try await withSuite { suite, simulator in
            #expect(await suite.answers() == [])
            #expect(await simulator.waitUntil { $0.completed == 2 })
        }
    }

    @Test("every fault under its own name", arguments: Upstream.allCases.filter { $0.expected != nil })
    func faults(_ upstream: Upstream) async throws {
        let isSilence = upstream == .silentFromStart || upstream == .silentInMiddle
        let timeouts = isSilence ? HTTPTimeouts(firstByte: .milliseconds(700), idle: .milliseconds(700)) : HTTPTimeouts()
        try await withSuite(timeouts: timeouts) { suite, _ in
            #expect(await suite.fails(upstream) == [])
        }
    }

    @Test("a cancel closes the connection: the upstream sees both of them go")
    func cancels() async throws {
        try await withSuite { suite, simulator in
            #expect(await suite.cancels() == [])
            // The first may be gone before its request was ever complete.
            #expect(await simulator.waitUntil { $0.open == 0 && $0.aborted >= 1 && $0.completed == 0 })
        }
    }

    @Test("a pause holds, a resume loses nothing")
    func pauses() async throws {
        try await withSuite { suite, _ in #expect(await suite.pauses() == []) }
    }
}
