/// Summaries side by side, as text for a terminal: one row per number, one column per policy.
public struct ReplayTable: Sendable {
    /// Columns, each with its name.
    public let columns: [(name: String, summary: ReplaySummary)]

    public init(_ columns: [(name: String, summary: ReplaySummary)]) {
        self.columns = columns
    }

    /// Lines, each with its newline. What is not known is called unknown.
    public func rendered() -> String {
        var rows = [[""] + columns.map(\.name)]
        func row(_ label: String, _ cell: (ReplaySummary) -> String) { rows.append([label] + columns.map { cell($0.summary) }) }
        row("requests") { "\($0.requests)" }
        row("shipped") { $0.share($0.shipped) }
        row("  of these overruns") { $0.share($0.routes[.overrun] ?? 0) }
        row("  of these not judged") { $0.share($0.shippedUnjudged) }
        row("escalated") { $0.share($0.routes[.escalate] ?? 0) }
        row("handed over") { $0.share($0.routes[.handOver] ?? 0) }
        row("bad and shipped, of all") { Self.rate($0.shippedBadOfAll) }
        row("bad, of the shipped") { Self.rate($0.shippedBadOfShipped) }
        for reason in Set(columns.flatMap(\.summary.reasons.keys)).sorted() {
            row("  because of \(reason)") { $0.share($0.reasons[reason] ?? 0) }
        }
        row("USD per request") { Self.known($0.costs.perRequestUSD, Self.usd) }
        row("  drafts shipped") { Self.leg($0, \.draftUSD) }
        row("  heavyweight") { Self.leg($0, \.heavyweightUSD) }
        row("  drafts thrown away") { Self.leg($0, \.wastedDraftUSD) }
        row("  pre-fires thrown away") { Self.leg($0, \.wastedPrefireUSD) }
        row("  requests of unknown cost") { "\($0.costs.unknown)" }
        row("wasted, of all spent") { Self.known($0.costs.wasteShare, Self.percent) }
        row("saved, against heavyweight only") { Self.known($0.costs.savedShare, Self.percent) }
        row("first token, s (p50 p90 p99)") { Self.quantiles($0.firstTokenOverall) }
        for route in ReplayOutcome.Route.allCases { row("  \(route.rawValue)") { Self.quantiles($0.firstToken[route]) } }
        row("  heavyweight only") { Self.quantiles($0.heavyweightOnlyFirstToken) }
        row("complete, s (p50 p90 p99)") { Self.quantiles($0.totalOverall) }
        for route in ReplayOutcome.Route.allCases { row("  \(route.rawValue)") { Self.quantiles($0.total[route]) } }
        row("  heavyweight only") { Self.quantiles($0.heavyweightOnlyTotal) }
        row("pre-fires fired") { $0.share($0.prefires.fired) }
        row("  used") { "\($0.prefires.used)" }
        row("  cancelled") { "\($0.prefires.cancelled)" }
        row("  thrown away at the end") { "\($0.prefires.discarded)" }
        row("  denied") { "\($0.prefires.denied)" }
        row("  mean head start, s") { $0.prefires.meanHeadStartSeconds.map { Self.fixed($0, 3) } ?? "-" }
        return Self.aligned(rows)
    }

    /// The frontier, likewise.
    public static func rendered(_ frontier: PrefireFrontier) -> String {
        let head = ["USD per s", "fired", "used", "cancelled", "saved, s/request", "wasted, USD/1000", "USD per saved s"]
        return aligned(
            [head]
                + frontier.points.map { point in
                    [
                        "\(point.lambda)", "\(point.totals.fired)", "\(point.totals.used)", "\(point.totals.cancelled)",
                        fixed(point.savedSecondsPerRequest, 4), fixed(point.wastedUSDPerRequest * 1_000, 4),
                        point.usdPerSavedSecond.map { fixed($0, 6) } ?? "-",
                    ]
                })
    }

    // MARK: Cells

    private static func known(_ value: Double?, _ text: (Double) -> String) -> String { value.map(text) ?? "unknown" }

    static func percent(_ share: Double) -> String { "\(fixed(share * 100, 2)) %" }

    private static func usd(_ value: Double) -> String { fixed(value, 7) }

    private static func leg(_ summary: ReplaySummary, _ leg: KeyPath<ReplayCosts, Double>) -> String {
        summary.costs.known > 0 ? usd(summary.costs.sum[keyPath: leg] / Double(summary.costs.known)) : "unknown"
    }

    private static func rate(_ rate: ReplayRate) -> String {
        guard let estimate = rate.estimate else { return "unknown" }
        return "\(percent(estimate)) (\(fixed(rate.lower * 100, 2)) to \(fixed(rate.upper * 100, 2))), \(rate.count) of \(rate.trials)"
    }

    private static func quantiles(_ quantiles: ReplayQuantiles?) -> String {
        guard let quantiles else { return "-" }
        return [quantiles.p50, quantiles.p90, quantiles.p99].map { fixed($0, 3) }.joined(separator: " ")
    }

    /// Decimal digits without an exponent; for magnitudes below a billion.
    static func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "\(value)" }
        let unit = (0..<places).reduce(1) { product, _ in product * 10 }
        let scaled = Int64((value.magnitude * Double(unit)).rounded())
        let fraction = String(scaled % Int64(unit))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + "\(scaled)" }
        return sign + "\(scaled / Int64(unit))." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// The first column to the left, the others to the right.
    private static func aligned(_ rows: [[String]]) -> String {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + space : space + cell.0
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}

extension ReplaySummary {
    fileprivate func share(_ count: Int) -> String {
        requests > 0 ? "\(count) (\(ReplayTable.percent(Double(count) / Double(requests))))" : "\(count)"
    }
}
