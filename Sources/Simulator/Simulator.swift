import NIOCore
import NIOHTTP1
import NIOPosix

/// An OpenAI-compatible upstream whose answers, uncertainty, speed and faults are scripted, and which reports what it saw.
///
///     let simulator = try await Simulator.start(port: 0)
///     // ... talk to 127.0.0.1:simulator.port, model "sim-unsure-n40-d2000" ...
///     #expect(await simulator.waitUntil { $0.aborted == 1 })
///     try await simulator.stop()
public final class Simulator: Sendable {
    /// The port it listens on.
    public let port: Int

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let recorder: Recorder
    private let router: Router

    private init(group: MultiThreadedEventLoopGroup, listener: any Channel, port: Int, recorder: Recorder, router: Router) {
        self.group = group
        self.listener = listener
        self.port = port
        self.recorder = recorder
        self.router = router
    }

    /// Binds and serves until ``stop()``.
    ///
    /// - Parameter port: takes the place of the options' port.
    /// - Throws: the operating system's error when the address cannot be bound.
    public static func start(port: Int? = nil, options: SimulatorOptions = SimulatorOptions()) async throws -> Simulator {
        let recorder = Recorder(requestLimit: options.recordedRequests, bodyLimit: options.recordedBodies)
        let router = Router(options: options, recorder: recorder)
        let maxBodyBytes = options.maxBodyBytes
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(options.eventLoops, 1))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(ConnectionHandler(router: router, recorder: recorder, maxBodyBytes: maxBodyBytes))
                }
            }
        do {
            let listener = try await bootstrap.bind(host: options.host, port: port ?? options.port).get()
            return Simulator(
                group: group, listener: listener, port: listener.localAddress?.port ?? 0, recorder: recorder, router: router)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Serves until the task is cancelled, then stops and returns.
    ///
    /// - Parameter onReady: called once, when the port is bound.
    public static func run(options: SimulatorOptions, onReady: (Simulator) -> Void = { _ in }) async throws {
        let simulator = try await start(options: options)
        onReady(simulator)
        let listener = simulator.listener
        await withTaskCancellationHandler {
            try? await listener.closeFuture.get()
        } onCancel: {
            listener.close(promise: nil)
        }
        try await simulator.stop()
    }

    /// Closes the listener and every connection; requests still open end as aborted. A second call does nothing.
    public func stop() async throws { try await group.shutdownGracefully() }

    /// What was seen so far.
    public func report() -> SimulatorReport { recorder.report() }

    /// Forgets everything but the requests that are open.
    public func reset() { recorder.reset() }

    /// Replaces the rules for the requests to come; limited rules count anew.
    public func setScenario(_ scenario: Scenario) { router.setScenario(scenario) }

    /// Looks at the report every two milliseconds until `condition` holds.
    ///
    /// - Returns: whether it held within `timeout`; `false` as well when the task is cancelled.
    public func waitUntil(timeout: Duration = .seconds(10), _ condition: (SimulatorReport) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + timeout
        while !condition(report()) {
            guard ContinuousClock.now < deadline else { return false }
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return false }
        }
        return true
    }
}
