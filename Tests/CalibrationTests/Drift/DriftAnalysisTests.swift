import Calibration
import Testing

@Suite struct DriftAnalysisTests {
    private func analysis() -> DriftAnalysis {
        DriftAnalysis(EProcessGrid(levels: [0.02, 0.05, 0.1], alpha: 0.05, delta: 0.05, feedbackWeight: 0))
    }

    @Test func stepsSayAtWhichAudit() {
        var analysis = analysis()
        for index in 1...100 { analysis.add(AuditOutcome(risk: 0.07, isShipped: true, isBad: index > 50), id: "a\(index)") }
        #expect(analysis.audits == 100)
        #expect(analysis.steps.count == 1)
        let step = analysis.steps[0]
        #expect((52...60).contains(step.audit))
        #expect(step.id == "a\(step.audit)")
        #expect(step.alarm.from == 0.1 && step.alarm.to == 0.05)
        #expect(analysis.grid.summary[2].alarmedAfter == step.audit)
        #expect(analysis.grid.levelInForce == 0.05)
    }

    @Test func aLaterVerdictTakesTheEarlierOnesPlace() {
        var (corrected, right) = (analysis(), analysis())
        for index in 1...60 {
            let outcome = AuditOutcome(risk: 0.01, isShipped: true, isBad: index % 30 == 0)
            right.add(outcome, id: "\(index)")
            corrected.add(AuditOutcome(risk: 0.01, isShipped: true, isBad: index == 7), id: "\(index)")
        }
        for (id, isBad) in [("30", true), ("7", false), ("60", true), ("30", true)] {
            corrected.add(AuditOutcome(risk: 0.9, isShipped: false, isBad: isBad), id: id)
        }
        #expect(corrected.audits == 60)
        #expect(corrected.overruled == 4)
        #expect(corrected.grid.summary.map(\.logEvidence) == right.grid.summary.map(\.logEvidence))
    }
}
