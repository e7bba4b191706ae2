/// What a calibration promises about a threshold, and what the promise rests on: P(true loss rate > alpha) <= delta for traffic like the
/// calibrated one (Bates et al., "Distribution-free, risk-controlling prediction sets", 2021). Only data.
public struct RiskCertificate: Sendable, Hashable {
    /// What counts as a loss.
    public enum Loss: String, Sendable, Hashable, CaseIterable {
        /// Shipped and bad, of all requests.
        case joint
        /// Shipped and bad where the heavyweight would have been good, of all requests.
        case recoverable
        /// Bad, of the shipped ones.
        case selective
    }

    /// One class's part, certified with its share of delta.
    public struct ClassPart: Sendable, Hashable {
        public var taskClass: TaskClass
        /// Grid level; 0 = too few labels or too many bad ones: the class escalates.
        public var threshold: Double
        /// Losses among `labels` calibration drafts of the class at the threshold.
        public var losses: Int
        public var labels: Int
        /// Upper confidence bound of the loss rate at the threshold; 1 where nothing was certified.
        public var bound: Double
        /// Share of the class's drafts that are shipped.
        public var coverage: Double

        public init(taskClass: TaskClass, threshold: Double, losses: Int, labels: Int, bound: Double, coverage: Double) {
            self.taskClass = taskClass
            self.threshold = threshold
            self.losses = losses
            self.labels = labels
            self.bound = bound
            self.coverage = coverage
        }
    }

    public var loss: Loss
    /// The loss rate that is promised, above 0, below 1.
    public var alpha: Double
    /// The probability with which the promise may be wrong, above 0, below 1.
    public var delta: Double
    /// Lower bound of the share of bad drafts that the judge recognises, above 0, up to 1; 1 for checkable references. The walk was held to
    /// `alpha * judgeSensitivity`.
    public var judgeSensitivity: Double
    /// Ascending risk levels that could have been chosen, fixed before the labels were seen. An alarm steps down this list.
    public var grid: [Double]
    /// Losses among `labels` calibration drafts at the threshold.
    public var losses: Int
    public var labels: Int
    /// Upper confidence bound of the loss rate at the threshold.
    public var bound: Double
    /// Share of drafts that are shipped.
    public var coverage: Double
    /// Empty when the classes were certified together.
    public var classes: [ClassPart]

    public init(
        loss: Loss, alpha: Double, delta: Double, judgeSensitivity: Double = 1, grid: [Double], losses: Int, labels: Int, bound: Double,
        coverage: Double, classes: [ClassPart] = []
    ) {
        self.loss = loss
        self.alpha = alpha
        self.delta = delta
        self.judgeSensitivity = judgeSensitivity
        self.grid = grid
        self.losses = losses
        self.labels = labels
        self.bound = bound
        self.coverage = coverage
        self.classes = classes
    }
}

extension RiskCertificate {
    /// - Throws: ``RiskModelError`` naming the first member that is out of range.
    func validate(threshold: Double?) throws(RiskModelError) {
        func check(_ isRight: Bool, _ member: String, _ value: some Any, _ expected: String) throws(RiskModelError) {
            if !isRight { throw .outOfRange(member: "certificate.\(member)", value: "\(value)", expected: expected) }
        }
        try check(alpha > 0 && alpha < 1, "alpha", alpha, "above 0, below 1")
        try check(delta > 0 && delta < 1, "delta", delta, "above 0, below 1")
        try check(judgeSensitivity > 0 && judgeSensitivity <= 1, "judge_sensitivity", judgeSensitivity, "above 0, at most 1")
        try check(!grid.isEmpty && grid.allSatisfy { $0 > 0 && $0 <= 1 }, "grid", grid, "one or more levels above 0, at most 1")
        try check(zip(grid, grid.dropFirst()).allSatisfy { $0 < $1 }, "grid", grid, "ascending levels")
        try check(labels > 0, "labels", labels, "1 or more")
        try check((0...labels).contains(losses), "losses", losses, "0 to \(labels)")
        try check(bound >= 0 && bound <= 1, "bound", bound, "0 to 1")
        try check(coverage >= 0 && coverage <= 1, "coverage", coverage, "0 to 1")
        if classes.isEmpty, let threshold {
            try check(grid.contains(threshold), "grid", grid, "a list that holds the threshold \(threshold)")
        }
        for (index, part) in classes.enumerated() {
            let path = "classes.\(part.taskClass.rawValue)"
            try check(!classes[..<index].contains { $0.taskClass == part.taskClass }, path, "there twice", "each class once")
            try check(part.threshold == 0 || grid.contains(part.threshold), "\(path).threshold", part.threshold, "0 or a level of the grid")
            try check(part.labels >= 0, "\(path).labels", part.labels, "0 or more")
            try check((0...part.labels).contains(part.losses), "\(path).losses", part.losses, "0 to \(part.labels)")
            try check(part.bound >= 0 && part.bound <= 1, "\(path).bound", part.bound, "0 to 1")
            try check(part.coverage >= 0 && part.coverage <= 1, "\(path).coverage", part.coverage, "0 to 1")
        }
    }
}
