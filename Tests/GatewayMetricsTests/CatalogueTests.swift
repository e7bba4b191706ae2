import Foundation
import Testing

@testable import GatewayMetrics

@Suite struct CatalogueTests {
    let metrics = GatewayMetrics(version: "1.2.3", providers: ["openai"])

    /// The names of the wire contract that apply without cache, stores and audits. The linter takes `bits` for a unit of storage, so the
    /// two entropy histograms are named without their unit.
    @Test(arguments: [
        "qualm_requests_total", "qualm_request_duration_seconds", "qualm_time_to_first_token_seconds", "qualm_overhead_seconds",
        "qualm_inflight_requests", "qualm_decisions_total", "qualm_token_entropy", "qualm_window_entropy", "qualm_risk_score",
        "qualm_prefires_total", "qualm_prefire_cancellations_total", "qualm_prefire_head_start_seconds", "qualm_cancel_latency_seconds",
        "qualm_upstream_requests_total", "qualm_upstream_latency_seconds", "qualm_upstream_errors_total", "qualm_tokens_total",
        "qualm_wasted_tokens_total", "qualm_cost_usd_total", "qualm_saved_usd_total", "qualm_build_info",
    ])
    func theWireContractsMetricExists(name: String) {
        #expect(metrics.registry.descriptors.contains { $0.name == name })
    }

    @Test func everyCounterIsThereFromTheStartInEveryCombinationOfItsLabels() {
        let samples = samples(of: metrics.registry)
        for descriptor in metrics.registry.descriptors where descriptor.type == .counter && descriptor.name.hasPrefix("qualm_") {
            let combinations = descriptor.labels.reduce(1) { $0 * $1.values.count }
            let shown = samples.filter { $0.key == descriptor.name || $0.key.hasPrefix(descriptor.name + "{") }
            #expect(shown.count == combinations, "\(descriptor.name)")
            #expect(shown.values.allSatisfy { $0 == 0 }, "\(descriptor.name)")
        }
    }

    @Test func namesFollowTheConventions() {
        for descriptor in metrics.registry.descriptors {
            #expect(descriptor.name.hasSuffix("_total") == (descriptor.type == .counter), "\(descriptor.name)")
            #expect(descriptor.name.hasPrefix("qualm_") || descriptor.name.hasPrefix("process_"), "\(descriptor.name)")
            #expect(descriptor.help.hasSuffix("."), "\(descriptor.name)")
            #expect(descriptor.help.contains("\n") == false, "\(descriptor.name)")
        }
    }

    @Test func savingsNeverMakeACounterFall() {
        metrics.recordSaving(usd: 3)
        metrics.recordSaving(usd: -1)
        #expect(metrics.saved.value() == 3)
        #expect(metrics.overspent.value() == 1)
    }

    @Test func theAlertingRulesNameOnlyMetricsAndLabelValuesThatExist() throws {
        let rules = try String(contentsOf: projectFile("deploy/alerts.yml"), encoding: .utf8)
        let descriptors = metrics.registry.descriptors
        let sampleNames = Set(descriptors.flatMap(\.sampleNames))
        let labelValues = Set(descriptors.flatMap(\.labels).flatMap { label in label.values.map { "\(label.name)=\($0)" } })
        var namesSeen = 0
        for match in rules.matches(of: /(?:qualm|process)_\w+/) {
            namesSeen += 1
            #expect(sampleNames.contains(String(match.output)), "\(match.output)")
        }
        for match in rules.matches(of: /(status|decision|signal|kind)=~?"([^"]+)"/) {
            for value in match.output.2.split(separator: "|") {
                #expect(labelValues.contains("\(match.output.1)=\(value)"), "\(match.output.1)=\(value)")
            }
        }
        #expect(namesSeen > 10)
    }

    private func projectFile(_ path: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(path)
    }

    /// `docs/metrics.md` has one row per metric: name, type, labels with their values, unit, meaning.
    @Test func theDocumentAndTheCatalogueSayTheSame() throws {
        let text = try String(contentsOf: projectFile("docs/metrics.md"), encoding: .utf8)
        var documented: [String: [String]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `qualm_") || line.hasPrefix("| `process_") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let name = cells[0].replacingOccurrences(of: "`", with: "")
            #expect(documented[name] == nil, "\(name) has two rows")
            #expect(cells.count == 5 && cells.allSatisfy { !$0.isEmpty }, "\(name): five cells, none of them empty")
            documented[name] = cells
        }
        let declared = metrics.registry.descriptors
        #expect(Set(documented.keys) == Set(declared.map(\.name)))
        for descriptor in declared {
            let cells = try #require(documented[descriptor.name])
            #expect(cells[1] == descriptor.type.rawValue, "\(descriptor.name)")
            let labels = descriptor.labels.map { label -> String in
                switch label.name {
                case ProviderLabel.name: "`provider`"
                case "version": "`version`"
                default: "`\(label.name)`: \(label.values.joined(separator: ", "))"
                }
            }
            #expect(cells[2] == (labels.isEmpty ? "-" : labels.joined(separator: "; ")), "\(descriptor.name)")
        }
    }
}
