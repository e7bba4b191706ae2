public import EntropyRouting

/// Finds the loosest threshold of a fixed grid that keeps the promise "at most `alpha` lost, wrong with probability `delta`", or says why
/// there is none. Sections 4 and 8 of the design: risk-controlling prediction sets (Bates et al. 2021) by fixed-sequence testing
/// (``ThresholdWalk``).
///
/// What is promised holds for requests drawn like the calibration drafts, and only when neither the rule nor the grid has seen their
/// labels: the model is fitted on the train split, the walk uses the cal split.
public struct RiskCertification: Sendable {
    public let loss: RiskCertificate.Loss
    /// Promised rate of real losses, above 0, below 1.
    public let alpha: Double
    /// Above 0, below 1.
    public let delta: Double
    public let judge: JudgeSensitivity
    /// Each class gets a threshold of its own, certified with an equal share of delta; then every class keeps the promise at the same time.
    public let isPerClass: Bool
    public let rule: CertifiedRule
    /// From strict to loose.
    public let grid: [Double]

    /// - Parameter grid: `nil` for the rule's standard one.
    /// - Throws: ``CalibrationError/option(_:is:expected:)``.
    public init(
        loss: RiskCertificate.Loss = .joint, alpha: Double, delta: Double, judge: JudgeSensitivity = .complete, isPerClass: Bool = false,
        rule: CertifiedRule = .risk, grid: [Double]? = nil
    ) throws(CalibrationError) {
        guard alpha > 0, alpha < 1 else { throw .option("alpha", is: "\(alpha)", expected: "above 0, below 1") }
        guard delta > 0, delta < 1 else { throw .option("delta", is: "\(delta)", expected: "above 0, below 1") }
        guard judge.deltaSpent < delta else {
            throw .option("delta of the judge", is: "\(judge.deltaSpent)", expected: "below the whole delta \(delta)")
        }
        let grid = grid ?? (rule == .risk ? RiskGrid.standard : RiskGrid.windowBits)
        guard !grid.isEmpty, grid.allSatisfy({ $0 > 0 }), zip(grid, grid.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .option("grid", is: "\(grid)", expected: "ascending levels above 0")
        }
        self.loss = loss
        self.alpha = alpha
        self.delta = delta
        self.judge = judge
        self.isPerClass = isPerClass
        self.rule = rule
        self.grid = grid
    }

    /// The rate that the walk is held to.
    public var effectiveAlpha: Double { alpha * judge.bound }
    /// What is left of delta after the judge was measured; classes share it.
    public var walkDelta: Double { delta - judge.deltaSpent }

    /// - Parameters:
    ///   - cases: the calibration split, labelled.
    ///   - planning: drafts of another split, labelled: for the selective loss they choose where the walk begins. Without them it begins at
    ///   the
    ///     strictest level.
    public func certify(_ cases: [CertificationCase], planning: [CertificationCase] = []) -> Certification {
        let feasibility = Feasibility(
            labels: cases.count, losses: cases.count { loss.counts($0) }, loss: loss, alpha: effectiveAlpha, delta: walkDelta)
        guard isPerClass else {
            return Certification(of: self, feasibility: feasibility, parts: [part(nil, cases, planning, delta: walkDelta)])
        }
        // The number of classes depends on which classes there are, not on the labels: given the classes of the calibration drafts, each
        // class's drafts are still drawn like those to come.
        let classes = TaskClass.allCases.filter { taskClass in cases.contains { $0.taskClass == taskClass } }
        let parts = classes.map { taskClass in
            part(
                taskClass, cases.filter { $0.taskClass == taskClass }, planning.filter { $0.taskClass == taskClass },
                delta: walkDelta / Double(classes.count))
        }
        return Certification(of: self, feasibility: feasibility, parts: parts)
    }

    private func part(
        _ taskClass: TaskClass?, _ cases: [CertificationCase], _ planning: [CertificationCase], delta: Double
    ) -> Certification.Part {
        let counts = counts(cases)
        let start = loss == .selective ? start(planning, labels: cases.count, delta: delta) : 0
        let walk = ThresholdWalk(alpha: effectiveAlpha, delta: delta, levels: grid.indices.dropFirst(start)) { index in
            (counts[index].losses, counts[index].trials)
        }
        let untried = counts[..<start].map { ClopperPearson.upper(failures: $0.losses, trials: $0.trials, delta: delta) }
        let bounds = untried + walk.steps.map(\.bound)
        return Certification.Part(
            taskClass: taskClass, labels: cases.count, shippable: cases.count(where: \.isShippable), alpha: effectiveAlpha, delta: delta,
            start: start,
            steps: grid.indices.map { index in
                Certification.Step(
                    level: grid[index], shipped: counts[index].shipped, losses: counts[index].losses, trials: counts[index].trials,
                    bound: bounds[index])
            },
            certifiedIndex: walk.certifiedIndex.map { $0 + start })
    }

    /// What each level of the grid ships and loses.
    private func counts(_ cases: [CertificationCase]) -> [(shipped: Int, losses: Int, trials: Int)] {
        // A draft that one level ships is shipped by every looser one: count where each begins.
        var (began, lost) = (Array(repeating: 0, count: grid.count), Array(repeating: 0, count: grid.count))
        for draft in cases {
            var (first, end) = (0, grid.count)
            while first < end {
                let middle = (first + end) / 2
                if rule.ships(draft, at: grid[middle]) { end = middle } else { first = middle + 1 }
            }
            guard first < grid.count else { continue }
            began[first] += 1
            if loss.counts(draft) { lost[first] += 1 }
        }
        var (shipped, losses) = (0, 0)
        return grid.indices.map { index in
            shipped += began[index]
            losses += lost[index]
            return (shipped, losses, loss == .selective ? shipped : cases.count)
        }
    }

    /// Where the walk over conditional losses begins. Strict levels ship so few that nothing can be certified there, however good they are;
    /// a walk that began there would end there. The start is the level that, judged by the planning split, is the most likely to hold; of
    /// equal ones the strictest. Nothing of the calibration split but its size is looked at: even the number shipped at each level would
    /// say something about the mix of easy and hard drafts behind the losses.
    private func start(_ planning: [CertificationCase], labels: Int, delta: Double) -> Int {
        guard !planning.isEmpty else { return 0 }
        let share = Double(labels) / Double(planning.count)
        let chances = counts(planning).map { count in
            // One loss more than was seen: the model was fitted on these drafts and sorts them better than new ones.
            let rate = (Double(count.losses) + 1) / (Double(count.trials) + 1)
            return chanceToHold(trials: Int((Double(count.trials) * share).rounded(.down)), rate: rate, delta: delta)
        }
        var best = 0
        for index in chances.indices where chances[index] > chances[best] { best = index }
        return best
    }

    /// The probability that so many trials with this rate of losses are certified.
    private func chanceToHold(trials: Int, rate: Double, delta: Double) -> Double {
        func holds(_ losses: Int) -> Bool { ClopperPearson.upper(failures: losses, trials: trials, delta: delta) <= effectiveAlpha }
        guard trials > 0, holds(0), rate < 1 else { return 0 }
        // The most losses that still hold: bounds grow with the losses.
        var (most, tooMany) = (0, trials)
        while tooMany - most > 1 {
            let middle = (most + tooMany) / 2
            if holds(middle) { most = middle } else { tooMany = middle }
        }
        return IncompleteBeta.regularized(1 - rate, Double(trials - most), Double(most) + 1)
    }
}
