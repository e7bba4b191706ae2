import Calibration
import EntropyRouting

/// The labelled test drafts with every rule's scores, and what the page shows of them.
struct TestSample {
    private let drafts: [ScoredDraft]
    private let rule: RuleInForce
    private let draftGoodness: [Double]
    private let heavyweightGoodness: [Double]
    let remarks: [String]

    /// - Parameter drafts: labelled.
    init(_ drafts: [ScoredDraft], _ rule: RuleInForce) {
        self.drafts = drafts
        self.rule = rule
        draftGoodness = drafts.map { $0.isBad == true ? 0 : 1 }
        let known = drafts.compactMap(\.isHeavyweightGood)
        let expected = known.isEmpty ? 1 : Double(known.count { $0 }) / Double(known.count)
        heavyweightGoodness = drafts.map { draft in draft.isHeavyweightGood.map { $0 ? 1 : 0 } ?? expected }
        var remarks: [String] = []
        if known.isEmpty, !drafts.isEmpty {
            remarks.append(
                "No heavyweight answer of the test split has a verdict: its answers are taken to be good, which flatters every deferral "
                    + "curve."
            )
        } else if known.count < drafts.count {
            remarks.append(
                "\(drafts.count - known.count) of \(drafts.count) test drafts have no verdict on the heavyweight's answer; it counts as "
                    + "good with the probability \(NumberText.fixed(expected, 3)), the share among the others.")
        }
        let refused = drafts.count { !$0.isShippable }
        if refused > 0 {
            remarks.append(
                "\(refused) of \(drafts.count) test drafts are refused whatever their risk, by a quality gate or for want of evidence. "
                    + "They are deferred first in every curve, and left out of AUROC, ECE and Brier, which describe what the score "
                    + "decides.")
        }
        self.remarks = remarks
    }

    /// What each rule sorts by; refused drafts come first whatever they score.
    private func values(_ score: ScoreRule) -> [Double] {
        drafts.map { draft in
            switch score {
            case .risk: draft.isShippable ? draft.risk : .infinity
            case .meanEntropy: draft.isWindowShippable ? draft.scores.meanBits : .infinity
            case .rawWindow: draft.isWindowShippable ? draft.scores.windowBits : .infinity
            case .minLogprob: draft.isWindowShippable ? draft.scores.worstTokenNats : .infinity
            case .length: draft.isWindowShippable ? Double(draft.scores.length) : .infinity
            case .random: 0
            }
        }
    }

    private static let rules: [ScoreRule] = [.risk, .meanEntropy, .rawWindow, .minLogprob, .length]

    private func curve(_ scores: [Double], _ indices: [Int]) -> DeferralCurve {
        DeferralCurve(
            scores: indices.map { scores[$0] }, draftGoodness: indices.map { draftGoodness[$0] },
            heavyweightGoodness: indices.map { heavyweightGoodness[$0] })
    }

    // MARK: - What the rule did

    var outcome: TestOutcome? {
        guard !drafts.isEmpty, rule.thresholds != nil else { return nil }
        let shipped = drafts.indices.filter { rule.ships(drafts[$0]) }
        let losses = shipped.count { rule.isLoss(drafts[$0]) }
        let trials = rule.loss == .selective ? shipped.count : drafts.count
        let shippedSet = Set(shipped)
        let good = drafts.indices.reduce(0.0) { $0 + (shippedSet.contains($1) ? draftGoodness[$1] : heavyweightGoodness[$1]) }
        return TestOutcome(
            drafts: drafts.count, shipped: shipped.count, shippedBad: shipped.count { drafts[$0].isBad == true }, losses: losses,
            trials: trials,
            lossBound: ClopperPearson.upper(failures: losses, trials: trials, delta: rule.delta),
            coverage: Self.share(shipped.count, of: drafts.count), accuracy: good / Double(drafts.count))
    }

    private static func share(_ count: Int, of trials: Int) -> Estimate {
        Estimate(
            trials > 0 ? Double(count) / Double(trials) : 0,
            ClopperPearson.lower(
                failures: count, trials: trials, delta: 0.025)...ClopperPearson.upper(failures: count, trials: trials, delta: 0.025))
    }

    // MARK: - Ranking

    func scores(_ options: ReportOptions) -> [ScoreRow] {
        guard !drafts.isEmpty else { return [] }
        let bootstrap = Bootstrap(resamples: options.resamples, seed: options.seed)
        let decided = drafts.indices.filter { drafts[$0].isShippable }
        let isBad = drafts.map { $0.isBad == true }
        var rows = Self.rules.map { score -> ScoreRow in
            let values = values(score)
            let auroc = bootstrap.interval(count: decided.count) { places in
                Ranking.auroc(scores: places.map { values[decided[$0]] }, isBad: places.map { isBad[decided[$0]] })
            }
            let apgr = bootstrap.interval(count: drafts.count) { curve(values, $0).apgr }
            let whole = curve(values, Array(drafts.indices))
            return ScoreRow(
                rule: score, auroc: auroc.map { Estimate($0.estimate, $0.low...$0.high) },
                apgr: apgr.map { Estimate($0.estimate, $0.low...$0.high) },
                cpt50: whole.cpt(0.5), cpt80: whole.cpt(0.8), aurc: RiskCoverage(scores: values, isBad: isBad).aurc)
        }
        let random = curve(values(.random), Array(drafts.indices))
        rows.append(
            ScoreRow(
                rule: .random, auroc: Estimate(0.5), apgr: random.apgr.map { Estimate($0) }, cpt50: random.cpt(0.5), cpt80: random.cpt(0.8),
                aurc: RiskCoverage(scores: values(.random), isBad: isBad).aurc))
        return rows
    }

    func deferral(_ options: ReportOptions) -> DeferralFigures? {
        let all = Array(drafts.indices)
        let risk = values(.risk)
        let whole = curve(risk, all)
        guard let draft = whole.draftAccuracy, let heavyweight = whole.heavyweightAccuracy else { return nil }
        func sampled(_ curve: DeferralCurve, steps: Int) -> [CurvePoint] {
            (0...steps).compactMap { step in
                let x = Double(step) / Double(steps)
                return curve.accuracy(atDeferral: x).map { CurvePoint(x: x, y: $0) }
            }
        }
        let grid = (0...50).map { Double($0) / 50 }
        let band = Bootstrap(resamples: options.resamples, seed: options.seed).band(count: drafts.count) { indices in
            let curve = curve(risk, indices)
            return grid.map { curve.accuracy(atDeferral: $0) ?? .nan }
        }
        let coarse = sampled(whole, steps: 50)
        return DeferralFigures(
            draftAccuracy: draft, heavyweightAccuracy: heavyweight,
            curves: Dictionary(uniqueKeysWithValues: Self.rules.map { ($0, sampled(curve(values($0), all), steps: 200)) }),
            band: band.map { band in grid.indices.map { BandPoint(grid[$0], band.low[$0], band.high[$0]) } } ?? [],
            knee: heavyweight > draft ? Knee.index(of: coarse, shape: .concaveIncreasing).map { coarse[$0] } : nil,
            operating: outcome.flatMap { outcome in outcome.accuracy.map { CurvePoint(x: 1 - outcome.coverage.value, y: $0) } })
    }

    // MARK: - Risk

    var riskCoverage: RiskCoverageFigures? {
        guard !drafts.isEmpty else { return nil }
        var (joint, selective) = ([ScoreRule: [CurvePoint]](), [ScoreRule: [CurvePoint]]())
        for score in Self.rules {
            let values = values(score)
            joint[score] = thinned(RiskCoverage(scores: values, isBad: drafts.map(rule.isLoss)).points) {
                CurvePoint(x: $0.coverage, y: $0.jointRisk)
            }
            selective[score] = thinned(RiskCoverage(scores: values, isBad: drafts.map { $0.isBad == true }).points) {
                CurvePoint(x: $0.coverage, y: $0.selectiveRisk)
            }
        }
        let jointLosses = drafts.count { rule.ships($0) && rule.isLoss($0) }
        return RiskCoverageFigures(
            loss: rule.loss, alpha: rule.thresholds == nil ? nil : rule.alpha, joint: joint, selective: selective,
            coverage: outcome?.coverage.value,
            jointAtThreshold: outcome.map { _ in Self.share(jointLosses, of: drafts.count) },
            selectiveAtThreshold: outcome.flatMap { $0.shipped > 0 ? Self.share($0.shippedBad, of: $0.shipped) : nil })
    }

    /// About 250 points, always with the first and the last.
    private func thinned(_ points: [RiskCoverage.Point], _ map: (RiskCoverage.Point) -> CurvePoint) -> [CurvePoint] {
        let stride = max(1, points.count / 250)
        return points.indices.filter { $0.isMultiple(of: stride) || $0 == points.count - 1 }.map { map(points[$0]) }
    }

    var reliability: ReliabilityFigures? {
        let decided = drafts.filter(\.isShippable)
        let result = Reliability(predicted: decided.map(\.risk), isBad: decided.map { $0.isBad == true })
        guard let ece = result.ece, let brier = result.brier else { return nil }
        return ReliabilityFigures(
            bins: result.bins.map {
                ReliabilityFigures.Bin(drafts: $0.count, predicted: $0.meanPredicted, observed: $0.observed, interval: $0.interval)
            },
            good: decided.filter { $0.isBad == false }.map(\.risk), bad: decided.filter { $0.isBad == true }.map(\.risk), ece: ece,
            brier: brier)
    }
}
