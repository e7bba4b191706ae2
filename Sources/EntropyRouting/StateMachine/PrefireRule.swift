/// When to start the heavyweight before the verdict, and when to take that back. Costs money or milliseconds, never quality.
///
/// With nothing fitted, the escalation probability is read off the strategy's own statistic: *fire* when it reaches `prefire_ratio` of
/// the threshold (the assessment's `.doubt`), *cancel* when it stayed below `cancelRatio` of the threshold for `cancelAfterTokens`
/// tokens in a row. The gap between the two levels is the hysteresis. After a cancel there is a refractory stretch, and the number of
/// cancels is bounded: a draft that wavers twice deserves its standby.
public struct PrefireRule: Sendable, Hashable {
    public struct Settings: Sendable, Hashable {
        /// Pre-firing at all. Default true.
        public var isEnabled: Bool
        /// Recovery level as a share of the threshold, 0...1. Default 0.4: half the fire level.
        public var cancelRatio: Double
        /// Consecutive tokens below the recovery level. Default 2.
        public var cancelAfterTokens: Int
        /// Tokens after a cancel during which doubt does not fire. Default 8.
        public var refractoryTokens: Int
        /// Cancels per request. Default 1.
        public var maxCancels: Int
        /// False where the upstream bills to the end after a disconnect: then cancelling early saves nothing. Default true.
        public var isCancellingWorthwhile: Bool

        public init(
            isEnabled: Bool = true, cancelRatio: Double = 0.4, cancelAfterTokens: Int = 2, refractoryTokens: Int = 8, maxCancels: Int = 1,
            isCancellingWorthwhile: Bool = true
        ) {
            self.isEnabled = isEnabled
            self.cancelRatio = cancelRatio
            self.cancelAfterTokens = cancelAfterTokens
            self.refractoryTokens = refractoryTokens
            self.maxCancels = maxCancels
            self.isCancellingWorthwhile = isCancellingWorthwhile
        }
    }

    enum Signal: Sendable, Hashable {
        case stay, fire, cancel
    }

    private let settings: Settings
    private var isRunning = false
    private var isDenied = false
    private var calmTokens = 0
    private var refractoryLeft = 0
    private var cancels = 0
    /// The last assessment was not calm.
    private(set) var isInDoubt = false

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// A stall may fire: none runs, and the budget has not just refused.
    var mayFireForStall: Bool { settings.isEnabled && !isRunning && !isDenied }

    mutating func observe(_ assessment: Assessment) -> Signal {
        isInDoubt = assessment.level != .calm
        if refractoryLeft > 0 { refractoryLeft -= 1 }
        return isRunning ? observeRunning(assessment) : observeIdle(assessment)
    }

    private mutating func observeIdle(_ assessment: Assessment) -> Signal {
        guard assessment.level == .doubt else {
            isDenied = false
            return .stay
        }
        return settings.isEnabled && !isDenied && refractoryLeft == 0 ? .fire : .stay
    }

    private mutating func observeRunning(_ assessment: Assessment) -> Signal {
        // Missing evidence is a doubt with a low statistic: it is not a recovery.
        let isRecovered = assessment.level == .calm && assessment.statistic < settings.cancelRatio * assessment.threshold
        calmTokens = isRecovered ? calmTokens + 1 : 0
        guard settings.isCancellingWorthwhile, cancels < settings.maxCancels, calmTokens >= settings.cancelAfterTokens else { return .stay }
        isRunning = false
        cancels += 1
        refractoryLeft = settings.refractoryTokens
        return .cancel
    }

    mutating func fired() {
        isRunning = true
        calmTokens = 0
    }

    mutating func denied() {
        isRunning = false
        isDenied = true
    }
}
