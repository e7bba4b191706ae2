import Cascade
import GatewayMetrics
import HummingbirdCore
public import Logging
import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// The HTTP server as a service: starts, serves, drains.
///
/// On graceful shutdown (SIGTERM) `/ready` turns 503 and new requests are refused, those in flight may finish within
/// ``GatewaySettings/drain``; what is still open then is cancelled, and every upstream call with it.
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
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            tasks.addTask { try await drain() }
            // The server ends by itself when it has been told to and its last connection has closed.
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    /// Waits for the signal, then for the requests, then for nobody.
    private func drain() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            return
        }
        admission.drain()
        logger.info("draining", metadata: ["inflight_requests": "\(admission.inFlight)"])
        try await Task.sleep(for: gateway.settings.drain)
        logger.warning("drain time is over; cancelling", metadata: ["inflight_requests": "\(admission.inFlight)"])
        gateway.executor.cancelAll()
        // The cancelled requests close their ledgers and connections; the server ends with them.
        try await Task.sleep(for: .seconds(5))
    }
}
