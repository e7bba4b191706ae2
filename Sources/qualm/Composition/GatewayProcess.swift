import Auditing
import Cascade
import GatewayConfiguration
import GatewayHTTP
import GatewayMetrics
import Logging
import NIOCore
import NIOPosix
import SemanticCache
import ServiceLifecycle
import UnixSignals

/// The composition root: makes everything, starts the services, and takes them down in the reverse order.
struct GatewayProcess {
    let configuration: GatewayConfiguration
    /// Serve this provider and no other: for the demo, which must not reach a real one. `nil` = all.
    var onlyProvider: String?

    /// Runs until SIGTERM or SIGINT has drained the gateway.
    /// - Parameter onReady: gets the port once the gateway listens.
    func run(onReady: @escaping @Sendable (Int) throws -> Void) async throws {
        ProcessSettings.keepStreamBuffers()
        let logger = Self.logger(configuration.logging)
        if let files = ProcessSettings.raiseOpenFiles(), files < 3 * configuration.server.maxConcurrentRequests + 64 {
            logger.warning(
                "the limit of open files is too small for server.max_concurrent_requests: three sockets a request, 64 for the rest",
                metadata: ["open_files": "\(files)", "max_concurrent_requests": "\(configuration.server.maxConcurrentRequests)"])
        }
        let assembly = try ProviderAssembly(configuration, where: isServed)
        defer { assembly.shutdown() }
        let active = ActiveRequests()
        let metrics = GatewayMetrics(version: Version.current, providers: assembly.providers.map(\.name))
        let stores = try CacheAssembly(
            configuration, providers: assembly,
            observer: GatewayCacheObserver(metrics: metrics, prices: prices, failures: StoreFailureLog(logger)), logger: logger)
        defer { stores.shutdown() }
        let byName = Dictionary(assembly.providers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let routes = try RouteAssembly.routes(configuration, providers: byName)
        let watching = try OversightAssembly(
            configuration, routes: routes, providers: assembly.providers, prices: prices,
            observer: GatewayOversightObserver(metrics: metrics, logger: logger), logger: logger)
        defer { watching.shutdown() }
        try await watching.load(logger)
        try await watching.probe(routes, configuration, logger)
        let gateway = gateway(routes, assembly, active, metrics, stores.cache, watching.oversight, logger)
        let loops = configuration.server.eventLoops > 0 ? configuration.server.eventLoops : AvailableCores.count
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let server = GatewayServer(gateway: gateway, group: group, logger: logger) { port in
            do {
                try onReady(port)
            } catch {
                logger.error("the port file could not be written", metadata: ["error": "\(error)"])
            }
        }
        // Before anybody can know that the gateway listens: a signal that comes then must not end it the hard way.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        var services = ServiceGroupConfiguration(
            services: [
                .init(service: Ticker(active: active)), .init(service: CacheWork(cache: stores.cache)),
                .init(service: OversightWork(oversight: watching.oversight)), .init(service: server),
                .init(service: DrainOnSignal(server: server, signals: signals), successTerminationBehavior: .gracefullyShutdownGroup),
            ], logger: logger)
        // The drain is over by then. What holds out is a connection whose client does not read: its task is cancelled.
        services.maximumGracefulShutdownDuration = .seconds(3)
        do {
            try await ServiceGroup(configuration: services).run()
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private var prices: Cascade.PriceBook { Cascade.PriceBook(configuration) }

    private func gateway(
        _ routes: [CascadeRoute], _ assembly: ProviderAssembly, _ active: ActiveRequests, _ metrics: GatewayMetrics,
        _ cache: (any CompletionCache)?, _ oversight: AuditOversight, _ logger: Logger
    ) -> Gateway {
        let statistics = GatewayStatistics(now: WallClock.now)
        let decisions = DecisionLog(
            capacity: configuration.decisions.capacity, maxPoints: configuration.decisions.traceTokensTotal)
        let executor = CascadeExecutor(
            prices: prices, limits: limits,
            budget: PrefireBudget(ratio: configuration.prefire.budgetRatio, burst: configuration.prefire.burst), active: active,
            observer: GatewayObserver(
                metrics: metrics, statistics: statistics, decisions: decisions, prices: prices, logger: logger), cache: cache,
            oversight: oversight)
        return Gateway(
            routes: routes, providers: assembly.providers, models: models(routes), executor: executor, metrics: metrics,
            statistics: statistics, decisions: decisions, settings: settings, oversight: oversight,
            calibratedAt: CalibrationDate.oldest(of: routes),
            sampleMetrics: { metrics.upstreamOpenSockets.set(to: Double(assembly.openSockets)) })
    }

    private var limits: CascadeLimits {
        var limits = CascadeLimits()
        limits.legBufferBytes = configuration.transport.bufferBytes
        limits.prefireBufferBytes = configuration.prefire.bufferBytes
        limits.cacheableBytes = configuration.cache.maxEntryBytes
        limits.traceTokens = configuration.decisions.traceTokens
        limits.keepAlive = configuration.release.keepalive
        limits.stall = configuration.prefire.stall
        limits.recordsText = configuration.decisions.recordText
        return limits
    }

    private var settings: GatewaySettings {
        var settings = GatewaySettings()
        settings.host = configuration.server.host
        settings.port = configuration.server.port
        settings.maxBodyBytes = configuration.server.maxBodyBytes
        settings.maxConcurrentRequests = configuration.server.maxConcurrentRequests
        settings.drain = configuration.server.drain
        settings.idleTimeout = configuration.server.idleTimeout
        settings.apiKeys = configuration.server.apiKeys.map(\.reveal)
        settings.version = Version.current
        return settings
    }

    /// The routes' own models, then the price book's whose provider has what it needs; sorted, once each.
    private func models(_ routes: [CascadeRoute]) -> [ModelName] {
        let routed = routes.flatMap { [$0.drafter, $0.heavyweight] }
        let priced = configuration.prices.prices.keys.map { ModelName($0) }.filter { isServed($0.provider) }
        return Set(routed + priced).sorted { $0.qualified < $1.qualified }
    }

    private func isServed(_ provider: String) -> Bool { onlyProvider == nil || onlyProvider == provider }

    private static func logger(_ configuration: LoggingConfiguration) -> Logger {
        var logger = Logger(label: "qualm", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = Logger.Level(rawValue: configuration.level.rawValue) ?? .info
        return logger
    }
}

/// The cache's lookups, writes and comparisons; nothing when it is off.
private struct CacheWork: Service {
    let cache: SemanticCompletionCache?

    func run() async throws {
        // A service that returns would end the group.
        guard let cache else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown { await cache.run() }
    }
}

/// Audits and what they count. Ends after the server, so that the last requests are counted.
private struct OversightWork: Service {
    let oversight: AuditOversight

    func run() async throws {
        await withGracefulShutdownHandler {
            await oversight.run()
        } onGracefulShutdown: {
            oversight.stop()
        }
    }
}

/// Wakes requests whose keep-alive or stall deadline has passed.
private struct Ticker: Service {
    let active: ActiveRequests

    func run() async throws {
        await cancelWhenGracefulShutdown { await active.run() }
    }
}

/// SIGTERM or SIGINT drains the gateway and then ends it; a second one ends the waiting.
private struct DrainOnSignal: Service {
    let server: GatewayServer
    let signals: UnixSignalsSequence

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                var signals = signals.makeAsyncIterator()
                guard await signals.next() != nil else { return }
                group.addTask { await server.drain() }
                group.addTask { _ = await signals.next() }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
