import Calibration
import EntropyRouting
import FastJSON

/// What `qualm drift` prints.
struct DriftReport {
    let grid: EProcessGrid
    /// `nil` when sums were read, which do not say what was before what.
    let analysis: DriftAnalysis?
    let linesLeftOut: Int

    init(_ grid: EProcessGrid) {
        self.grid = grid
        analysis = nil
        linesLeftOut = 0
    }

    init(_ analysis: DriftAnalysis, linesLeftOut: Int) {
        grid = analysis.grid
        self.analysis = analysis
        self.linesLeftOut = linesLeftOut
    }

    var isAlarmed: Bool { grid.summary.contains(where: \.isAlarmed) }

    func text() -> String {
        let alarm = Self.fixed(Self.log10(Bets.alarm(delta: grid.delta)), 2)
        var lines = [
            "promise: \(grid.loss.rawValue) loss at most \(Self.percent(grid.feedbackBets.alpha)), delta \(grid.delta); "
                + "an alarm is log10 evidence of \(alarm)"
        ]
        if grid.auditBets.alpha != grid.feedbackBets.alpha {
            lines.append("audits bet against \(Self.percent(grid.auditBets.alpha)): the judge overlooks some of the losses")
        }
        lines.append("")
        lines.append(Self.row(["level", "audits", "bad", "rate", "evidence", "largest", "alarm"]))
        for level in grid.summary {
            let rate = level.audits > 0 ? Self.percent(Double(level.bad) / Double(level.audits)) : "-"
            lines.append(
                Self.row([
                    "\(level.level)", "\(level.audits)", "\(level.bad)", rate, Self.fixed(Self.log10(level.logEvidence), 2),
                    Self.fixed(Self.log10(level.maximumLogEvidence), 2), level.alarmedAfter.map { "after \($0)" } ?? "-",
                ]))
        }
        lines.append("")
        if let analysis {
            lines.append("\(analysis.audits) audits, \(analysis.overruled) later verdicts, \(linesLeftOut) lines of feedback left out")
            for step in analysis.steps {
                lines.append("audit \(step.audit) (\(step.id)): \(step.alarm.from) alarmed, \(Self.name(step.alarm.to))")
            }
        }
        lines.append("in force: \(Self.name(grid.levelInForce))")
        return lines.joined(separator: "\n")
    }

    func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("loss", .string(grid.loss.rawValue))
            json.member("alpha", .double(grid.feedbackBets.alpha))
            json.member("audit_alpha", .double(grid.auditBets.alpha))
            json.member("delta", .double(grid.delta))
            json.member("level_in_force", .double(grid.levelInForce))
            json.member("alarmed", .bool(isAlarmed))
            if let analysis {
                json.member("audits", .int(Int64(analysis.audits)))
                json.member("later_verdicts", .int(Int64(analysis.overruled)))
                json.member("lines_left_out", .int(Int64(linesLeftOut)))
            }
            json.name("levels")
            json.array { json in
                for level in grid.summary {
                    json.object { json in
                        json.member("level", .double(level.level))
                        json.member("audits", .int(Int64(level.audits)))
                        json.member("bad", .int(Int64(level.bad)))
                        json.member("requests", .int(Int64(level.requests)))
                        json.member("complaints", .int(Int64(level.complaints)))
                        json.member("log10_evidence", .double(Self.log10(level.logEvidence)))
                        json.member("largest_log10_evidence", .double(Self.log10(level.maximumLogEvidence)))
                        json.member("alarmed_after", level.alarmedAfter.map { .int(Int64($0)) } ?? .null)
                    }
                }
            }
            json.name("steps")
            json.array { json in
                for step in analysis?.steps ?? [] {
                    json.object { json in
                        json.member("audit", .int(Int64(step.audit)))
                        json.member("id", .string(step.id))
                        json.member("from", .double(step.alarm.from))
                        json.member("to", .double(step.alarm.to))
                    }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func name(_ level: Double) -> String { level > 0 ? "risk up to \(level) ships" : "nothing ships" }

    private static func log10(_ natural: Double) -> Double { natural / 2.302_585_092_994_046 }

    private static func percent(_ share: Double) -> String { fixed(share * 100, 2) + " %" }

    private static func row(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(0, 11 - $0.count)) + $0 }.joined()
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let whole = Int((abs(value) * Double(scale)).rounded())
        let fraction = String(whole % scale)
        return (value < 0 && whole > 0 ? "-" : "") + "\(whole / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
