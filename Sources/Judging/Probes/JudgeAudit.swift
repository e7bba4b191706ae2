internal import Calibration
public import CalibrationData

/// How good a judge is, from answers whose verdict is known.
///
/// Sensitivity rests on seeded errors; `qualm calibrate` certifies `alpha` times its lower bound. Specificity rests on right answers that the judge
/// saw unmodified. Both say something about errors and answers like these, and nothing about others.
public struct JudgeAudit: Sendable, Hashable {
    /// Seeded errors that the judge called bad.
    public var detected: Int
    /// Seeded errors that it saw.
    public var seeded: Int
    /// Right answers that the judge called good.
    public var accepted: Int
    /// Right answers that it saw.
    public var controls: Int

    public init(detected: Int, seeded: Int, accepted: Int, controls: Int) {
        self.detected = detected
        self.seeded = seeded
        self.accepted = accepted
        self.controls = controls
    }

    /// From all lines of a verdicts file: probes; and, as controls, the judge's verdicts on drafts that passed their reference. One trial
    /// for each id and judge, whose last line counts: asking again, or writing a line twice, is no further evidence.
    public init(verdicts: [Verdict]) {
        self.init(detected: 0, seeded: 0, accepted: 0, controls: 0)
        var references: [String: Bool] = [:]
        var probes: [Trial: Bool] = [:]
        var judged: [Trial: Bool] = [:]
        for verdict in verdicts {
            let trial = Trial(id: verdict.id, judge: verdict.judge)
            switch (verdict.source, verdict.answer) {
            case (.probe, _): probes[trial] = verdict.isBad
            case (.reference, .draft): references[verdict.id] = verdict.isBad
            case (.judge, .draft): judged[trial] = verdict.isBad
            default: break
            }
        }
        seeded = probes.count
        detected = probes.values.count { $0 }
        for (trial, isBad) in judged where references[trial.id] == false {
            controls += 1
            accepted += isBad ? 0 : 1
        }
    }

    private struct Trial: Hashable {
        var id: String
        var judge: String?
    }

    /// Lower bound of the sensitivity, 0...1 (Clopper and Pearson); 0 without probes.
    /// - Parameter delta: probability that the truth is lower. Default 0.01, which is what `qualm calibrate --delta 0.05` spends on it.
    public func sensitivityBound(delta: Double = 0.01) -> Double { ClopperPearson.lower(failures: detected, trials: seeded, delta: delta) }

    /// Lower bound of the specificity, likewise.
    public func specificityBound(delta: Double = 0.01) -> Double {
        ClopperPearson.lower(failures: accepted, trials: controls, delta: delta)
    }
}
