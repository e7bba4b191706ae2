/// When to start the heavyweight before the verdict, and when to take that back. Costs money or milliseconds, never quality.
///
/// *By value*, with a ``SpeedLayer`` and known prices: at its landmarks r_t is held against the levels of ``PrefireValue``. Fire from the
/// fire level on: at two landmarks in a row, or at one if r_t >= .8. Cancel below the cancel level, and below half the fire level too, at
/// two landmarks in a row; where the upstream bills to the end after a disconnect a cancel saves nothing, and there is none. Between
/// landmarks nothing happens, whatever the statistic does.
///
/// *By ratio*, with nothing fitted: the escalation probability is read off the strategy's own statistic. Fire when it reaches
/// `prefire_ratio` of the threshold (the assessment's `.doubt`), cancel when it stayed below `cancelRatio` of the threshold for
/// `cancelAfterTokens` tokens in a row. The gap between the two levels is the hysteresis.
///
/// After a cancel there is a refractory stretch, and the number of cancels is bounded: a draft that wavers twice deserves its standby.
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
        /// The request's own prices; `nil`, the default, when they are unknown: then the ratio rule decides, as it does without a speed
        /// layer.
        public var value: PrefireValue?

        public init(
            isEnabled: Bool = true, cancelRatio: Double = 0.4, cancelAfterTokens: Int = 2, refractoryTokens: Int = 8, maxCancels: Int = 1,
            isCancellingWorthwhile: Bool = true, value: PrefireValue? = nil
        ) {
            self.isEnabled = isEnabled
            self.cancelRatio = cancelRatio
            self.cancelAfterTokens = cancelAfterTokens
            self.refractoryTokens = refractoryTokens
            self.maxCancels = maxCancels
            self.isCancellingWorthwhile = isCancellingWorthwhile
            self.value = value
        }
    }

    enum Signal: Sendable, Hashable {
        case stay, cancel
        case fire(PrefireReason)
    }

    private let settings: Settings
    private var isRunning = false
    private var isDenied = false
    private var calmTokens = 0
    private var refractoryLeft = 0
    private var cancels = 0
    /// Landmarks in a row at which r_t was on the acting side of the level: above it while none runs, below it while one does.
    private var landmarks = 0
    /// r_t at the latest landmark that was looked at.
    private var escalation = 0.0
    /// Seconds, as the observations count them.
    private var now = 0.0
    private var firedAt = 0.0
    /// The last assessment was not calm.
    private(set) var isInDoubt = false

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// A stall may fire: none runs, and the budget has not just refused.
    var mayFireForStall: Bool { settings.isEnabled && !isRunning && !isDenied }

    /// The commit rule is all but certain to escalate.
    var expectsEscalation: Bool { escalation > PrefireValue.certainToEscalate }

    mutating func observe(_ assessment: Assessment, at seconds: Double) -> Signal {
        isInDoubt = assessment.level != .calm
        now = seconds
        if refractoryLeft > 0 { refractoryLeft -= 1 }
        guard let value = settings.value, assessment.outlook != .unknown else {
            return isRunning ? observeRunning(assessment) : observeIdle(assessment)
        }
        guard case .landmark(let landmark) = assessment.outlook else { return .stay }
        escalation = landmark.escalation
        return isRunning ? observeRunning(landmark, value) : observeIdle(landmark, value)
    }

    // MARK: By value

    private mutating func observeIdle(_ landmark: Assessment.Landmark, _ value: PrefireValue) -> Signal {
        guard landmark.escalation >= value.fireLevel(secondsLeft: landmark.secondsLeft) else {
            landmarks = 0
            isDenied = false
            return .stay
        }
        landmarks += 1
        let isSure = landmarks >= PrefireValue.landmarksInARow || landmark.escalation >= PrefireValue.certainToFire
        return isSure && mayFire ? .fire(.value) : .stay
    }

    private mutating func observeRunning(_ landmark: Assessment.Landmark, _ value: PrefireValue) -> Signal {
        let cancelLevel = value.cancelLevel(
            after: max(0, now - firedAt), gapSeconds: landmark.gapSeconds, secondsLeft: landmark.secondsLeft)
        let fireLevel = value.fireLevel(secondsLeft: landmark.secondsLeft)
        landmarks = landmark.escalation < min(cancelLevel, fireLevel / 2) ? landmarks + 1 : 0
        return landmarks >= PrefireValue.landmarksInARow ? cancelled() : .stay
    }

    // MARK: By ratio

    private mutating func observeIdle(_ assessment: Assessment) -> Signal {
        guard assessment.level == .doubt else {
            isDenied = false
            return .stay
        }
        return mayFire ? .fire(.doubt) : .stay
    }

    private mutating func observeRunning(_ assessment: Assessment) -> Signal {
        // Missing evidence is a doubt with a low statistic: it is not a recovery.
        let isRecovered = assessment.level == .calm && assessment.statistic < settings.cancelRatio * assessment.threshold
        calmTokens = isRecovered ? calmTokens + 1 : 0
        return calmTokens >= settings.cancelAfterTokens ? cancelled() : .stay
    }

    // MARK: What happened

    private var mayFire: Bool { settings.isEnabled && !isDenied && refractoryLeft == 0 }

    private mutating func cancelled() -> Signal {
        guard settings.isCancellingWorthwhile, cancels < settings.maxCancels else { return .stay }
        isRunning = false
        cancels += 1
        landmarks = 0
        refractoryLeft = settings.refractoryTokens
        return .cancel
    }

    /// - Parameter seconds: on the observations' clock; `nil` = at the last of them.
    mutating func fired(at seconds: Double?) {
        isRunning = true
        calmTokens = 0
        landmarks = 0
        firedAt = seconds ?? now
    }

    mutating func denied() {
        isRunning = false
        isDenied = true
        landmarks = 0
    }
}
