import Cascade
import GatewayMetrics
import HummingbirdCore
public import Logging
import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// The HTTP server as a service. It listens until it is shut down; ``drain()`` comes before that.
public struct GatewayServer: Service {
    private let gateway: Gateway
    private let admission: Admission
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// - Parameter onRunning: gets the port when the server listens.
    public init(
        gateway: Gateway, group: MultiThreadedEventLoopGroup, logger: Logger, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.gateway = gateway
        self.group = group
        self.logger = logger
        self.onRunning = onRunning
        admission = Admission(limit: gateway.settings.maxConcurrentRequests)
    }

    public func run() async throws {
        let settings = gateway.settings
        let routes = Routes(gateway: gateway, admission: admission, startedAt: WallClock.now())
        gateway.metrics.inflightLimit.set(to: Double(settings.maxConcurrentRequests))
        let channel = GatewayChannel(routes: routes, maxBodyBytes: settings.maxBodyBytes, idleTimeout: settings.idleTimeout)
        let server = channel.server(
            configuration: ServerConfiguration(address: .hostname(settings.host, port: settings.port), backlog: 4_096),
            onServerRunning: { [onRunning] channel in await onRunning(channel.localAddress?.port ?? settings.port) },
            eventLoopGroup: group, logger: logger)
        try await server.run()
    }

    /// Lets the requests in flight finish while new ones are refused: `/ready` answers 503, so that a load balancer looks elsewhere, and
    /// chat requests get 503 with `Retry-After`. Returns when none is left. After ``GatewaySettings/drain`` the rest is cancelled, and
    /// every upstream call with it. Cancelling the task skips the waiting and cancels the rest at once.
    public func drain() async {
        admission.drain()
        logger.info("draining", metadata: ["inflight_requests": "\(admission.inFlight)"])
        await waitUntilIdle(atMost: gateway.settings.drain)
        guard admission.inFlight > 0 else { return }
        logger.warning("drain time is over; cancelling", metadata: ["inflight_requests": "\(admission.inFlight)"])
        gateway.executor.cancelAll()
        await waitUntilIdle(atMost: .seconds(5))
    }

    private func waitUntilIdle(atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while admission.inFlight > 0, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
    }
}

extension GatewayServer: CustomStringConvertible {
    /// Its name alone: the service group logs its services, and everything in this one, keys included, would be written.
    public var description: String { "GatewayServer" }
}
