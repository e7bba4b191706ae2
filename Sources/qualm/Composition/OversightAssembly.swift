import ArgumentParser
import Auditing
import Cascade
import EntropyRouting
import GatewayConfiguration
import Judging
import Logging
import Recorder
import RedisStore

/// Configuration -> what watches over the routes: audits, feedback, the holdout and the state they share.
struct OversightAssembly {
    let oversight: AuditOversight
    private let redis: RedisClient?

    /// - Parameter routes: as they are served.
    /// - Throws: `ExitCode(78)` for a store that cannot be used as configured.
    init(
        _ configuration: GatewayConfiguration, routes: [CascadeRoute], providers: [any CompletionProvider], prices: Cascade.PriceBook,
        observer: any OversightObserver, logger: Logger
    ) throws {
        let routings = Dictionary(configuration.routes.map { ($0.name, $0.routing) }, uniquingKeysWith: { first, _ in first })
        let audited = routes.map { route in
            AuditedRoute(
                route, fallback: routings[route.name]?.calibrationMismatch == .window ? .window : .escalate,
                temperature: routings[route.name]?.temperature)
        }
        let settings = AuditSettings(configuration.audit)
        var client: RedisClient?
        var store: (any AuditStateStore)?
        var storeFailure: StoreError?
        if AuditOversight.keepsState(routes: audited, settings: settings) {
            switch configuration.audit.store {
            case .redis:
                let connected = try SharedStores(configuration).connect()
                client = connected
                store = AuditRedisState(client: connected, keyPrefix: configuration.redis.prefix)
            case .file:
                if let path = configuration.audit.stateFile {
                    do throws(StoreError) {
                        store = try FileAuditState(path: path)
                    } catch {
                        storeFailure = try Self.tolerated(error, path, logger)
                    }
                }
            }
            if store == nil, storeFailure == nil {
                logger.warning("what the audits count is forgotten when the gateway ends: there is no state file ('audit.state_file')")
            }
        }
        redis = client
        let judge = configuration.audit.judge.map(ModelName.init)
        let examiner = judge.flatMap { model in providers.first { $0.name == model.provider } }
        oversight = AuditOversight(
            routes: audited, settings: settings,
            judge: examiner.flatMap { provider in
                judge.map { LLMJudge(provider: provider, model: $0, prices: prices, retry: RetryPolicy(attempts: 2)) }
            },
            prices: prices, store: store, storeFailure: storeFailure, log: configuration.audit.log.map { AuditLog(path: $0) },
            observer: observer)
        for (route, obstacle) in oversight.unaudited {
            logger.warning(
                "a certified rule is not audited: nobody will notice when its promise stops being true",
                metadata: ["route": "\(route)", "reason": "\(obstacle)"])
        }
    }

    /// Reads what was counted before. A state that is out of reach is read later, when the store works.
    ///
    /// - Throws: `ExitCode(78)` for one that cannot be understood, which must not be taken for an empty one.
    func load(_ logger: Logger) async throws {
        do throws(StoreError) {
            try await oversight.load()
        } catch {
            switch error.kind {
            case .malformed, .rejected:
                StandardError.write("qualm: the audit state: \(error.detail)\n")
                throw ExitCode(78)
            default:
                logger.warning(
                    "what the audits counted before could not be read yet; it is tried again", metadata: ["detail": "\(error.detail)"])
            }
        }
    }

    /// Asks each certified route's drafter for one token: a drafter that is not the calibrated one any more shows before the first request.
    /// One that cannot be asked is looked at when it answers.
    ///
    /// - Throws: `ExitCode(78)` for a stale route with `calibration_mismatch: refuse`.
    func probe(_ routes: [CascadeRoute], _ configuration: GatewayConfiguration, _ logger: Logger) async throws {
        var isRefused = false
        for audited in oversight.identified {
            guard let route = routes.first(where: { $0.name == audited.name }) else { continue }
            do throws(ProviderError) {
                let identity = try await DrafterProbe.identity(
                    of: RecordingSettings.Leg(model: route.drafter, provider: route.drafterProvider), topLogprobs: max(1, route.topLogprobs)
                )
                guard let reason = oversight.learnt(identity, route: route.name) else { continue }
                guard configuration.route(named: route.name)?.routing.calibrationMismatch == .refuse else { continue }
                StandardError.write("qualm: route '\(route.name)': the calibration is stale: \(reason); calibrate again\n")
                isRefused = true
            } catch {
                logger.notice(
                    "the drafter could not be asked whether it is the calibrated one; its first answer will show",
                    metadata: ["route": "\(route.name)", "detail": "\(error.logMessage)"])
            }
        }
        if isRefused {
            StandardError.write("qualm: the gateway does not start ('routing.calibration_mismatch')\n")
            throw ExitCode(78)
        }
    }

    func shutdown() { redis?.shutdown() }

    /// Where no state can be made, the gateway starts, and says so for as long as it runs.
    ///
    /// - Throws: `ExitCode(78)` for a state that is there and out of reach: an alarm must not be forgotten.
    private static func tolerated(_ error: StoreError, _ path: String, _ logger: Logger) throws -> StoreError {
        guard error.kind != .rejected, error.kind != .malformed else {
            StandardError.write("qualm: audit.state_file: \(error.detail)\n")
            throw ExitCode(78)
        }
        logger.warning("the audit state cannot be kept", metadata: ["audit.state_file": "\(path)", "detail": "\(error.detail)"])
        return error
    }
}

extension AuditSettings {
    init(_ configuration: AuditConfiguration) {
        self.init()
        share = configuration.share
        usdPerDay = configuration.usdPerDay
        timeout = configuration.timeout
        holdoutShare = configuration.holdoutShare
    }
}
