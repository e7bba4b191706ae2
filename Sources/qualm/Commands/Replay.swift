import ArgumentParser
import Calibration
import CalibrationData
import Cascade
import GatewayConfiguration

/// `qualm replay`: what another configuration would have done to recorded traffic.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide recorded traffic again under a configuration, or two side by side.",
        discussion: """
            Runs the gateway's own decision code over the recorded tokens, offline: who answers, when, what it costs with every leg, \
            and how many bad drafts are shipped. The heavyweight's answer is taken to be the recorded one whenever it is started. \
            Prices, models and rules are the configuration's.

            The limits --max-bad, --max-cost and --max-escalated hold for --config, not for --against; a limit that cannot be checked \
            is not kept.

            Exit status 0 when every limit is kept, 1 when one is not, 65 when a recording or verdict is wrong, 66 when a file cannot \
            be read, 78 when a configuration is wrong.
            """)

    @Option(name: .long, parsing: .upToNextOption, help: "Recordings: JSON lines, plain or gzip.")
    var recordings: [String]

    @Option(
        name: .long, parsing: .upToNextOption, help: "Verdicts: JSON lines. Without any, only gold labels that came with a recording count."
    )
    var verdicts: [String] = []

    @OptionGroup var source: ConfigurationSource

    @Option(help: "A second configuration file, for comparison.")
    var against: String?

    @Option(help: "The route whose rules are replayed.")
    var route = RouteConfiguration.automatic

    enum Split: String, ExpressibleByArgument, CaseIterable {
        case all, train, cal, test
    }

    @Option(
        help:
            "Which recordings: all, or those of one split. A calibration looks too good on train and cal."
    )
    var split = Split.all

    @Flag(help: "Also show what pre-fires waste and gain at other prices of a second.")
    var frontier = false

    @Flag(help: "Write one JSON object.")
    var json = false

    @Option(help: "Largest share of bad shipped drafts, of all requests: 0 to 1.")
    var maxBad: Double?

    @Option(help: "Largest cost of a request, in US dollars.")
    var maxCost: Double?

    @Option(help: "Largest share of requests the heavyweight answers: 0 to 1.")
    var maxEscalated: Double?

    enum Bound: String, ExpressibleByArgument, CaseIterable {
        case upper, estimate
    }

    @Option(help: "What --max-bad is held against: upper, the end of the 95 % interval; estimate, the share that was seen.")
    var bound = Bound.upper

    func validate() throws {
        guard !recordings.isEmpty else { throw ValidationError("--recordings needs at least one file") }
        for (name, share) in [("--max-bad", maxBad), ("--max-escalated", maxEscalated)] {
            if let share, !(0...1).contains(share) { throw ValidationError("\(name) must be 0 to 1, not \(share)") }
        }
        if let maxCost, !(maxCost >= 0) { throw ValidationError("--max-cost must be 0 or more, not \(maxCost)") }
    }

    func run() throws {
        let sources = [source] + [against].compactMap(\.self).map(ConfigurationSource.init(file:))
        let setups = try sources.map { try ReplaySetup($0.load(), file: $0.config, route: route) }
        var report = ReplayReport(route: route, split: split.rawValue)
        var drafts: [LabelledDraft] = []
        var obstacle: String?
        for (index, setup) in setups.enumerated() {
            // Which drafts a quality gate refuses depends on the configuration; nothing else that is read does.
            if index == 0 || setup.route.gates != setups[0].route.gates {
                let (chosen, assembly) = try load(setup)
                drafts = chosen
                if index == 0 {
                    // What is remarkable about the recordings is said once.
                    remark(assembly, setup)
                    obstacle = Self.strangers(assembly, setup).first
                }
            }
            report.add(setup, summary: ReplaySummary(WhatIf(setup.policy).outcomes(drafts)), frontier: frontierOf(drafts, setup))
        }
        let gate = ReplayGate(
            maxBad: maxBad, maxCostUSD: maxCost, maxEscalated: maxEscalated, bound: bound == .upper ? .upper : .estimate)
        report.violations = report.entries.first.map { gate.violations($0.summary, obstacle: obstacle) } ?? []
        print(json ? report.json() : report.text())
        for violation in report.violations { StandardError.write("qualm: \(source.config): --\(violation)\n") }
        if !report.violations.isEmpty { throw ExitCode(1) }
    }

    private func load(_ setup: ReplaySetup) throws -> ([LabelledDraft], AssemblyReport) {
        do throws(CalibrationDataError) {
            let (drafts, report) = try LabelledDrafts.load(recordings: recordings, verdicts: verdicts, gates: setup.route.gates)
            let chosen = drafts.filter { split == .all || $0.split.rawValue == split.rawValue }
            if !chosen.isEmpty { return (chosen, report) }
        } catch {
            StandardError.write("qualm: \(error)\n")
            throw ExitCode(error.exitStatus)
        }
        StandardError.write(
            "qualm: \(recordings.joined(separator: ", ")): no recordings\(split == .all ? "" : " of the split \(split.rawValue)")\n")
        throw ExitCode(65)
    }

    /// Recordings that were made otherwise than the route asks: what they show is not what it would do.
    private static func strangers(_ report: AssemblyReport, _ setup: ReplaySetup) -> [String] {
        report.kinds.keys.sorted().filter { $0 != setup.kind }.map { kind in
            "\(report.kinds[kind] ?? 0) recordings are of \(kind), not of what the route asks: \(setup.kind)"
        }
    }

    private func remark(_ report: AssemblyReport, _ setup: ReplaySetup) {
        for stranger in Self.strangers(report, setup) { StandardError.write("qualm: note: \(stranger)\n") }
        if report.reversals > 0 {
            StandardError.write(
                "qualm: warning: the same voice says both good and bad of \(report.reversals) answers; its last line counts: "
                    + "\(report.reversedIDs.joined(separator: ", "))\n")
        }
        if report.copies > 0 {
            StandardError.write(
                "qualm: note: \(report.copies) recordings are of a prompt that is there under another id, such as "
                    + "\(report.copiedIDs.joined(separator: " and ")); each counts\n")
        }
        if report.duplicateRecordings > 0 {
            StandardError.write("qualm: note: \(report.duplicateRecordings) recordings were there before, by their id, and are left out\n")
        }
        if report.unknownVerdicts > 0 {
            StandardError.write(
                "qualm: note: \(report.unknownVerdicts) verdicts are on answers that were not recorded: "
                    + "\(report.unknownIDs.joined(separator: ", "))\n"
            )
        }
    }

    private func frontierOf(_ drafts: [LabelledDraft], _ setup: ReplaySetup) -> Result<PrefireFrontier, PrefireFrontier.Obstacle>? {
        guard frontier else { return nil }
        do throws(PrefireFrontier.Obstacle) { return .success(try PrefireFrontier(drafts, setup.policy)) } catch { return .failure(error) }
    }
}

extension ConfigurationSource {
    fileprivate init(file: String) {
        self.init()
        config = file
    }
}
