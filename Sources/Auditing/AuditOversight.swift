public import Cascade
import EntropyRouting
import Synchronization

/// Watches over the routes of one gateway: holds requests out, draws drafts for audits, takes feedback, and tightens a rule whose promise does not
/// hold any more. Loosening takes a new artefact.
///
/// ``plan(_:)`` and ``finished(_:)`` run in the request's task and never wait: an atomic load, a draw, and sums under short locks. Asking models and
/// keeping what was counted happen in ``run()``. Locks are taken in one order: decisions, then evidence.
public final class AuditOversight: CalibrationOversight, FeedbackReceiver, OversightReporting {
    public let settings: AuditSettings
    let environment: AuditEnvironment
    let judge: (any AuditJudge)?
    let prices: PriceBook
    let observer: any OversightObserver
    let log: AuditLog?
    /// In the order of the configuration.
    let watches: [RouteWatch]
    let byRoute: [String: RouteWatch]
    /// One for each artefact and promise.
    let calibrations: [CalibrationWatch]
    let decisions: DecisionTable
    let cap: SpendCap
    let keeper: StateKeeper
    let queue: AuditQueue<AuditJob>
    /// Never offered to; closed by ``stop()``.
    let stopping = AuditQueue<Never>(limit: 1)
    /// Why there is no store, where there should be one.
    let storeFailure: StoreError?
    /// Why no draft is drawn on a route; routes that are not here draw.
    private let obstacles: [String: Obstacle]

    /// Why a certified route is not audited.
    public enum Obstacle: Sendable, Hashable, CustomStringConvertible {
        case noJudge
        case shareIsZero
        case noMoney
        /// The cap could not be kept: these models have no price.
        case unpriced([String])

        public var description: String {
            switch self {
            case .noJudge: "no judge is configured ('audit.judge')"
            case .shareIsZero: "'audit.share' is 0"
            case .noMoney: "'audit.usd_per_day' is 0"
            case .unpriced(let models):
                "'prices' does not have \(models.map { "'\($0)'" }.joined(separator: " and ")), so that 'audit.usd_per_day' could not be kept; "
                    + "'input: 0' and 'output: 0' say that a model is free"
            }
        }
    }

    /// - Parameters:
    ///   - routes: all routes, also those without a certified rule: they have a holdout and take feedback.
    ///   - judge: `nil` audits nothing; feedback counts all the same.
    ///   - store: keeps and shares what is counted; `nil` forgets it with the process.
    ///   - storeFailure: why `store` is `nil` although one is configured: a concern for as long as the process runs.
    ///   - log: gets a line for each audit; `nil` writes none.
    public init(
        routes: [AuditedRoute], settings: AuditSettings = AuditSettings(), judge: (any AuditJudge)?, prices: PriceBook,
        store: (any AuditStateStore)?, storeFailure: StoreError? = nil, log: AuditLog? = nil, observer: any OversightObserver,
        environment: AuditEnvironment = .system()
    ) {
        self.settings = settings
        self.environment = environment
        self.judge = judge
        self.prices = prices
        self.observer = observer
        self.storeFailure = storeFailure
        self.log = log
        var calibrations: [CalibrationWatch] = []
        var obstacles: [String: Obstacle] = [:]
        watches = routes.map { route in
            var calibration = route.risk.flatMap { CalibrationWatch($0) }
            if let new = calibration {
                if let known = calibrations.first(where: { $0.key == new.key }) { calibration = known } else { calibrations.append(new) }
                obstacles[route.name] = Self.obstacle(route, settings, judge, prices)
            }
            return RouteWatch(route, calibration: calibration, settings: settings)
        }
        self.calibrations = calibrations
        self.obstacles = obstacles
        byRoute = Dictionary(watches.map { ($0.route.name, $0) }, uniquingKeysWith: { first, _ in first })
        decisions = DecisionTable(capacity: settings.rememberedDecisions)
        cap = SpendCap(usdPerDay: settings.usdPerDay, wallTime: environment.wallTime)
        queue = AuditQueue(limit: settings.queuedAudits)
        let ledgers = watches.map(\.savings.ledger)
        keeper = StateKeeper(
            store: store, states: calibrations + ledgers + [cap.ledger], environment: environment, refreshEvery: settings.refreshEvery)
    }

    /// The routes with a certified rule on which no draft is drawn, and why: for a warning at start-up. In the order of the configuration.
    public var unaudited: [(route: String, why: Obstacle)] {
        watches.compactMap { watch in obstacles[watch.route.name].map { (watch.route.name, $0) } }
    }

    /// Whether there is anything to keep: a certified rule or a holdout. Without either, a store would only be in the way of other gateways.
    public static func keepsState(routes: [AuditedRoute], settings: AuditSettings) -> Bool {
        settings.holdoutShare > 0 || routes.contains { $0.risk.map { CalibrationWatch($0) != nil } ?? false }
    }

    // MARK: Plan

    public func plan(_ query: OversightQuery) -> OversightPlan {
        var plan = OversightPlan(strategy: query.strategy)
        guard let watch = byRoute[query.route] else { return plan }
        if query.control == .auto, settings.holdoutShare > 0, environment.chance() < settings.holdoutShare { plan.isHoldout = true }
        guard let calibration = watch.calibration, case .risk(let rule) = query.strategy else { return plan }
        guard isCovered(query, by: calibration, watch) else {
            plan.strategy = watch.route.fallback ?? .risk(rule.capped(at: 0))
            return plan
        }
        let level = calibration.levelInForce
        if level < calibration.startLevel { plan.strategy = .risk(rule.capped(at: level)) }
        plan.isAudited = query.control == .auto && !plan.isHoldout && level > 0 && isDrawn(watch)
        return plan
    }

    /// Whether the request is like those that were calibrated.
    private func isCovered(_ query: OversightQuery, by calibration: CalibrationWatch, _ watch: RouteWatch) -> Bool {
        if watch.isStale { return false }
        guard let temperature = query.temperature ?? watch.route.temperature else { return true }
        guard abs(temperature - calibration.model.key.temperature) > 1e-6 else { return true }
        watch.countMismatch()
        return false
    }

    /// Drawn before anything of the outcome is known. Nothing is drawn while no audit could be made: a draw that is not followed by an audit is
    /// lost evidence. The place in the queue is the request's until it is over, so that a burst cannot leave out shipped drafts while it counts the
    /// others.
    private func isDrawn(_ watch: RouteWatch) -> Bool {
        guard obstacles[watch.route.name] == nil, environment.chance() < settings.share else { return false }
        return cap.isOpen && queue.reserve()
    }

    private static func obstacle(
        _ route: AuditedRoute, _ settings: AuditSettings, _ judge: (any AuditJudge)?, _ prices: PriceBook
    ) -> Obstacle? {
        guard let judge else { return .noJudge }
        guard settings.share > 0 else { return .shareIsZero }
        let unpriced = [route.heavyweight, judge.model].filter { prices[$0] == nil }.map(\.qualified)
        guard unpriced.isEmpty else { return .unpriced(unpriced) }
        return settings.usdPerDay > 0 ? nil : .noMoney
    }

    // MARK: Alarms

    /// Tells the alarms that have come up, once for each route.
    func announce() {
        for calibration in calibrations {
            for alarm in calibration.takeAlarms() {
                for watch in watches where watch.calibration === calibration {
                    var alarm = alarm
                    alarm.route = watch.route.name
                    observer.tightened(alarm)
                }
            }
        }
    }

    func skip(_ reason: AuditSkip, _ watch: RouteWatch) {
        watch.count(reason)
        observer.skipped(reason, route: watch.route.name)
    }
}
