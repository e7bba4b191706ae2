public import EntropyRouting

/// What ``RiskCertification`` found: for all classes together, or for each.
public struct Certification: Sendable {
    /// What was seen at one level.
    public struct Step: Sendable, Hashable {
        public var level: Double
        /// Calibration drafts that the level ships.
        public var shipped: Int
        public var losses: Int
        /// Labels; for the selective loss the shipped ones.
        public var trials: Int
        /// Upper confidence bound of the loss rate, 0...1.
        public var bound: Double
    }

    /// One walk.
    public struct Part: Sendable, Hashable {
        /// `nil`: all classes.
        public var taskClass: TaskClass?
        public var labels: Int
        /// Labels that some level could ship.
        public var shippable: Int
        /// What the walk was held to.
        public var alpha: Double
        public var delta: Double
        /// The first step of the walk; those before it were not tried.
        public var start: Int
        /// Every level of the grid, for the picture.
        public var steps: [Step]
        /// The last step at which the promise held; `nil` when it held nowhere.
        var certifiedIndex: Int?

        /// The certified step; `nil` when there is none, or when it ships nothing, which needs no certificate.
        public var certified: Step? { certifiedIndex.map { steps[$0] }.flatMap { $0.shipped > 0 ? $0 : nil } }
    }

    public let loss: RiskCertificate.Loss
    public let alpha: Double
    public let delta: Double
    public let judge: JudgeSensitivity
    public let rule: CertifiedRule
    public let feasibility: Feasibility
    /// One for all classes together, or one for each class with labels, in ``TaskClass``'s order.
    public let parts: [Part]
    private let grid: [Double]
    private let isPerClass: Bool

    init(of certification: RiskCertification, feasibility: Feasibility, parts: [Part]) {
        loss = certification.loss
        alpha = certification.alpha
        delta = certification.delta
        judge = certification.judge
        rule = certification.rule
        grid = certification.grid
        isPerClass = certification.isPerClass
        self.feasibility = feasibility
        self.parts = parts
    }

    /// At least one class, or all together, may ship.
    public var isCertified: Bool { parts.contains { $0.certified != nil } }

    /// The threshold for all classes; `nil` when none is certified, or each class has its own.
    public var threshold: Double? { isPerClass ? nil : parts.first?.certified?.level }

    /// What is promised; `nil` when nothing is. With classes, the bound is the greatest of theirs: it holds whatever their shares of the
    /// traffic.
    public var certificate: RiskCertificate? {
        let certified = parts.compactMap(\.certified)
        guard rule == .risk, !certified.isEmpty else { return nil }
        let labels = parts.reduce(0) { $0 + $1.labels }
        let classes = parts.compactMap { part in
            part.taskClass.map { taskClass in
                RiskCertificate.ClassPart(
                    taskClass: taskClass, threshold: part.certified?.level ?? 0, losses: part.certified?.losses ?? 0, labels: part.labels,
                    bound: (part.certified?.bound ?? 1).roundedToTwelveDigits(),
                    coverage: (Double(part.certified?.shipped ?? 0) / Double(part.labels)).roundedToTwelveDigits())
            }
        }
        return RiskCertificate(
            loss: loss, alpha: alpha, delta: delta, judgeSensitivity: judge.bound.roundedToTwelveDigits(), grid: grid,
            losses: certified.reduce(0) { $0 + $1.losses }, labels: labels,
            bound: (certified.map(\.bound).max() ?? 1).roundedToTwelveDigits(),
            coverage: (Double(certified.reduce(0) { $0 + $1.shipped }) / Double(labels)).roundedToTwelveDigits(), classes: classes)
    }

    /// Why nothing is certified, by the class that is nearest to it; `nil` when something is.
    public var refusal: CertificationRefusal? {
        guard !isCertified else { return nil }
        let refusals = parts.map(\.refusal)
        return refusals.min { ($0.missingLabels ?? .max) < ($1.missingLabels ?? .max) }
            ?? CertificationRefusal(
                reason: .tooFewLabels, alpha: feasibility.alpha, delta: delta, labels: 0, losses: 0, trials: 0, bound: 1,
                missingLabels: feasibility.missingLabels)
    }
}

extension Certification.Part {
    /// What stands in the way of a certificate that ships something.
    public var refusal: CertificationRefusal {
        let useful = steps[start...].first { $0.shipped > 0 }
        var refusal = CertificationRefusal(
            reason: .tooManyLosses, alpha: alpha, delta: delta, labels: labels, level: useful?.level, losses: useful?.losses ?? 0,
            trials: useful?.trials ?? labels, bound: useful?.bound ?? 1)
        refusal.isStartChosen = steps[..<start].contains { $0.shipped > 0 }
        guard alpha > 0 else {
            refusal.reason = .blindJudge
            return refusal
        }
        guard let useful else {
            refusal.reason = labels == 0 || shippable > 0 ? .tooFewLabels : .nothingShippable
            if refusal.reason == .tooFewLabels { refusal.missingLabels = more(trials: 0, losses: 0, perLabel: 1) }
            return refusal
        }
        refusal.missingLabels = more(trials: useful.trials, losses: useful.losses, perLabel: Double(useful.trials) / Double(labels))
        if (ClopperPearson.trialsNeeded(alpha: alpha, delta: delta) ?? .max) > useful.trials { refusal.reason = .tooFewLabels }
        return refusal
    }

    /// Labels more until the bound of losses that go on at the same rate is at most alpha.
    ///
    /// - Parameter perLabel: trials that one label makes.
    private func more(trials: Int, losses: Int, perLabel: Double) -> Int? {
        let rate = trials > 0 ? Double(losses) / Double(trials) : 0
        guard rate < alpha, perLabel > 0 else { return nil }
        func suffices(_ trials: Int) -> Bool {
            ClopperPearson.upper(failures: Int((rate * Double(trials)).rounded(.up)), trials: trials, delta: delta) <= alpha
        }
        var enough = max(trials, 1)
        while !suffices(enough) {
            guard enough < 1 << 40 else { return nil }
            enough *= 2
        }
        var tooFew = trials
        while enough - tooFew > 1 {
            let middle = tooFew + (enough - tooFew) / 2
            if suffices(middle) { enough = middle } else { tooFew = middle }
        }
        return Int((Double(enough - trials) / perLabel).rounded(.up))
    }
}
