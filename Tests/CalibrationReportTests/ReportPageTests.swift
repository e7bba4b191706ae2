import Calibration
import EntropyRouting
import FastJSON
import Testing

@testable import CalibrationReport

@Suite("Report page")
struct ReportPageTests {
    private static let hostile = "</title></style></svg><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u{202E}"

    /// Every string of the model is hostile.
    private func hostileModel() throws -> ReportModel {
        let text = Self.hostile
        let certificate = RiskCertificate(
            loss: .joint, alpha: 0.05, delta: 0.05, grid: [0.1, 0.2], losses: 3, labels: 500, bound: 0.02, coverage: 0.6)
        var model = ReportModel(title: text, subject: text, verdict: .certified(certificate, threshold: 0.1))
        model.splits = [SplitCounts(name: text, purpose: text, drafts: 10, labelled: 9, bad: 2)]
        model.outcome = TestOutcome(
            drafts: 100, shipped: 60, shippedBad: 2, losses: 2, trials: 100, lossBound: 0.06, coverage: Estimate(0.6, 0.5...0.7),
            accuracy: 0.9)
        let line = (0...20).map { CurvePoint(x: Double($0) / 20, y: 0.7 + 0.2 * Double($0) / 20) }
        let curves = Dictionary(uniqueKeysWithValues: ScoreRule.allCases.map { ($0, line) })
        model.deferral = DeferralFigures(
            draftAccuracy: 0.7, heavyweightAccuracy: 0.9, curves: curves, band: line.map { BandPoint($0.x, $0.y - 0.02, $0.y + 0.02) },
            knee: CurvePoint(x: 0.3, y: 0.8), operating: CurvePoint(x: 0.95, y: 0.89))
        model.walks = [
            CertificationWalk(
                name: text, limit: 0.05, delta: 0.05,
                steps: [
                    CertificationWalk.Step(level: 0.1, losses: 3, trials: 500, bound: 0.02),
                    CertificationWalk.Step(level: 0.2, losses: 30, trials: 500, bound: 0.08),
                ], certified: 0)
        ]
        model.riskCoverage = RiskCoverageFigures(
            loss: .joint, alpha: 0.05, joint: curves, selective: curves, coverage: 0.6, jointAtThreshold: Estimate(0.02, 0.01...0.06),
            selectiveAtThreshold: Estimate(0.03, 0.01...0.09))
        model.violations = ViolationFigures(
            resamplings: 3, alpha: 0.05, delta: 0.05,
            certified: ViolationFigures.Rule(name: text, rate: 0, violations: 0, losses: [0.01, 0.05, 0.03]),
            naive: ViolationFigures.Rule(name: text, rate: 0.33, violations: 1, losses: [0.04, 0.06, 0.05]))
        model.reliability = ReliabilityFigures(
            bins: [ReliabilityFigures.Bin(drafts: 50, predicted: 0.1, observed: 0.12, interval: 0.05...0.2)], good: [0.1, 0.2],
            bad: [0.7, 1], ece: 0.02,
            brier: 0.1)
        model.coefficients = [Coefficient(name: text, value: 1), Coefficient(name: "b", value: -0.5)]
        model.distributions = [EntropyDistribution(taskClass: .code, good: (1...20).map { Double($0) / 20 }, bad: [0, 1, 2])]
        model.classes = [
            ClassRow(
                taskClass: .code, drafts: 100, bad: 10, threshold: 0,
                calibration: ClassRow.Counts(drafts: 40, coverage: 0, losses: 0, bound: 1),
                test: ClassRow.Counts(drafts: 20, coverage: 0.5, losses: 1, bound: 0.2))
        ]
        model.scores = ScoreRule.allCases.map {
            ScoreRow(rule: $0, auroc: Estimate(0.7, 0.6...0.8), apgr: Estimate(0.6), cpt50: 0.3, cpt80: nil, aurc: 0.1)
        }
        model.frontier = [
            FrontierPoint(lambda: 0, wastedUSDPerThousand: 0, savedMs: 0),
            FrontierPoint(lambda: 0.001, wastedUSDPerThousand: 0.2, savedMs: 90),
        ]
        model.examples = ExampleTrace.Kind.allCases.map { kind in
            ExampleTrace(
                id: text, category: text, taskClass: .code, kind: kind, risk: 0.2, threshold: 0.1, gate: text,
                tokens: [Array(text.utf8), [0xFF], [0xC3], [0xA9], []].map { ExampleTrace.Token(bytes: $0, bits: 1, surprisal: 2) }
                    + [ExampleTrace.Token(bytes: [0x41], bits: .nan)], omitted: 3)
        }
        model.provenance = [ProvenanceLine(text, text)]
        model.remarks = [text]
        return model
    }

    @Test("hostile text in every place stays text")
    func hostileText() throws {
        let model = try hostileModel()
        let page = ReportPage.render(model)
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        #expect(!page.contains("\u{202E}"))
        #expect(page.contains("&lt;script&gt;alert(1)"))
        // One element of each where one belongs: nothing closed them early.
        for element in ["</title></head", "<h1", "</main></body></html>"] { #expect(page.components(of: element) <= 1, "\(element)") }
        #expect(page.components(of: "<style>") == 2)
        for figure in ReportPage.figures(model) {
            #expect(!figure.svg.contains("<script") && !figure.svg.contains("<img"), "\(figure.name)")
        }
    }

    @Test("every element that is opened is closed, in the page and in each figure")
    func wellFormed() throws {
        let model = try hostileModel()
        #expect(WellFormedness.problem(in: ReportPage.render(model)) == nil)
        for figure in ReportPage.figures(model) { #expect(WellFormedness.problem(in: figure.svg) == nil, "\(figure.name)") }
        #expect(WellFormedness.problem(in: "<p><b>x</p></b>") != nil)
    }

    @Test("the page holds every figure once, needs nobody, and allows nothing but its own style")
    func selfContained() throws {
        let model = try hostileModel()
        let page = ReportPage.render(model)
        let ids = ReportPage.figureIDs(model)
        #expect(
            ids == [
                "fig-deferral", "fig-baselines", "fig-frontier", "fig-walk", "fig-risk-coverage", "fig-violations", "fig-reliability",
                "fig-coefficients",
                "fig-entropy",
            ])
        for id in ids { #expect(page.components(of: "<figure id=\"\(id)\">") == 1) }
        for (index, id) in ids.enumerated() {
            #expect(page.contains("Figure \(index + 1). "))
            #expect(page.components(of: "id=\"\(id)-wide-desc\"") == 1)
        }
        for forbidden in ["http://", "https://", "//", "url(", "@import", "src=", " style=", "javascript:", "onload", "<link"] {
            let found = page.replacing("alert(1)", with: "").components(of: forbidden)
            // The hostile text itself holds src= and onerror, escaped.
            #expect(found == (forbidden == "src=" ? page.components(of: "&lt;img src=") : 0), "\(forbidden)")
        }
        #expect(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"))
        #expect(!page.contains("unsafe"))
    }

    @Test("a model with nothing but a verdict is a page, too")
    func empty() {
        let model = ReportModel(title: "Empty", subject: "nobody", verdict: .refused(reason: "No labels."))
        let page = ReportPage.render(model)
        #expect(WellFormedness.problem(in: page) == nil)
        #expect(ReportPage.figureIDs(model).isEmpty)
        #expect(page.contains("Nothing is certified."))
    }

    @Test(
        "each kind of loss is promised in its own words",
        arguments: [
            (RiskCertificate.Loss.joint, "of all requests get a bad draft,"), (.recoverable, "where the heavyweight would have been good,"),
            (.selective, "of the shipped drafts are bad,"),
        ])
    func promise(_ loss: RiskCertificate.Loss, _ words: String) {
        let certificate = RiskCertificate(
            loss: loss, alpha: 0.015, delta: 0.05, judgeSensitivity: 0.9, grid: [0.1], losses: 3, labels: 500, bound: 0.012, coverage: 0.6)
        let page = ReportPage.render(ReportModel(title: "t", subject: "s", verdict: .certified(certificate, threshold: 0.1)))
        #expect(page.contains("at most 1.5\u{202F}%</strong>"))
        #expect(page.contains(words))
        #expect(page.contains("with 95\u{202F}% confidence"))
        #expect(page.contains("recognises at least 90.0\u{202F}% of bad answers"))
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
