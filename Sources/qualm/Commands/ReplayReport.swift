import Calibration
import FastJSON

/// What `qualm replay` prints.
struct ReplayReport {
    struct Entry {
        var file: String
        var summary: ReplaySummary
        /// `nil` when it was not asked for.
        var frontier: Result<PrefireFrontier, PrefireFrontier.Obstacle>?
    }

    let route: String
    let split: String
    private(set) var entries: [Entry] = []
    /// Limits that the first entry does not keep.
    var violations: [String] = []

    init(route: String, split: String) {
        self.route = route
        self.split = split
    }

    mutating func add(_ setup: ReplaySetup, summary: ReplaySummary, frontier: Result<PrefireFrontier, PrefireFrontier.Obstacle>?) {
        entries.append(Entry(file: setup.file, summary: summary, frontier: frontier))
    }

    func text() -> String {
        var text = ReplayTable(entries.map { ($0.file, $0.summary) }).rendered()
        for entry in entries {
            switch entry.frontier {
            case nil: break
            case .success(let frontier): text += "\nPre-fires by the price of a second, \(entry.file):\n\n" + ReplayTable.rendered(frontier)
            case .failure(let obstacle): text += "\nNo pre-fire frontier for \(entry.file): \(obstacle)\n"
            }
        }
        return text
    }

    func json() -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("route", string: route)
            writer.member("split", string: split)
            writer.name("configurations")
            writer.array { writer in
                for entry in entries { writer.object { Self.write(entry, to: &$0) } }
            }
            writer.name("violations")
            writer.array { writer in
                for violation in violations { writer.string(violation) }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ entry: Entry, to writer: inout JSONWriter) {
        let summary = entry.summary
        writer.member("config", string: entry.file)
        writer.member("requests", int: summary.requests)
        writer.name("routes")
        writer.object { writer in
            for route in ReplayOutcome.Route.allCases { writer.member(route.rawValue, int: summary.routes[route] ?? 0) }
        }
        writer.name("reasons")
        writer.object { writer in
            for (reason, count) in summary.reasons.sorted(by: { $0.key < $1.key }) { writer.member(reason, int: count) }
        }
        member("escalated", summary.escalated, &writer)
        member("shipped_bad_of_all", summary.shippedBadOfAll, &writer)
        member("shipped_bad_of_shipped", summary.shippedBadOfShipped, &writer)
        writer.member("shipped_not_judged", int: summary.shippedUnjudged)
        writer.name("cost")
        writer.object { write(summary.costs, to: &$0) }
        for (name, overall, byRoute, alone) in [
            ("first_token_s", summary.firstTokenOverall, summary.firstToken, summary.heavyweightOnlyFirstToken),
            ("total_s", summary.totalOverall, summary.total, summary.heavyweightOnlyTotal),
        ] {
            writer.name(name)
            writer.object { writer in
                member("all", overall, &writer)
                for route in ReplayOutcome.Route.allCases { member(route.rawValue, byRoute[route], &writer) }
                member("heavyweight_only", alone, &writer)
            }
        }
        writer.name("prefires")
        writer.object { write(summary.prefires, to: &$0) }
        switch entry.frontier {
        case nil: break
        case .failure(let obstacle): writer.member("frontier_missing", string: obstacle.description)
        case .success(let frontier):
            writer.name("frontier")
            writer.array { writer in
                for point in frontier.points {
                    writer.object { writer in
                        writer.member("usd_per_second", double: point.lambda)
                        write(point.totals, to: &writer)
                        writer.member("saved_seconds_per_request", double: point.savedSecondsPerRequest)
                        writer.member("wasted_usd_per_request", double: point.wastedUSDPerRequest)
                    }
                }
            }
        }
    }

    private static func write(_ costs: ReplayCostTotals, to writer: inout JSONWriter) {
        writer.member("known", int: costs.known)
        writer.member("unknown", int: costs.unknown)
        writer.member("total_usd", double: costs.sum.totalUSD)
        // Not finite is null: nothing is known.
        writer.member("per_request_usd", double: costs.perRequestUSD ?? .nan)
        writer.member("draft_usd", double: costs.sum.draftUSD)
        writer.member("heavyweight_usd", double: costs.sum.heavyweightUSD)
        writer.member("wasted_draft_usd", double: costs.sum.wastedDraftUSD)
        writer.member("wasted_prefire_usd", double: costs.sum.wastedPrefireUSD)
        writer.member("waste_share", double: costs.wasteShare ?? .nan)
        writer.member("heavyweight_only_usd", double: costs.heavyweightOnlyUSD)
        writer.member("saved_share", double: costs.savedShare ?? .nan)
    }

    private static func write(_ prefires: ReplayPrefireTotals, to writer: inout JSONWriter) {
        writer.member("fired", int: prefires.fired)
        writer.member("used", int: prefires.used)
        writer.member("cancelled", int: prefires.cancelled)
        writer.member("discarded", int: prefires.discarded)
        writer.member("denied", int: prefires.denied)
        writer.member("saved_seconds", double: prefires.savedSeconds)
        writer.member("wasted_usd", double: prefires.wastedUSD)
    }

    private static func member(_ name: String, _ rate: ReplayRate, _ writer: inout JSONWriter) {
        writer.name(name)
        writer.object { writer in
            writer.member("count", int: rate.count)
            writer.member("of", int: rate.trials)
            writer.member("estimate", double: rate.estimate ?? .nan)
            writer.member("lower", double: rate.lower)
            writer.member("upper", double: rate.upper)
        }
    }

    private static func member(_ name: String, _ quantiles: ReplayQuantiles?, _ writer: inout JSONWriter) {
        guard let quantiles else { return }
        writer.name(name)
        writer.object { writer in
            writer.member("count", int: quantiles.count)
            writer.member("p50", double: quantiles.p50)
            writer.member("p90", double: quantiles.p90)
            writer.member("p99", double: quantiles.p99)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, string value: String) { member(name, .string(value)) }

    fileprivate mutating func member(_ name: String, int value: Int) {
        self.name(name)
        int(value)
    }

    fileprivate mutating func member(_ name: String, double value: Double) {
        self.name(name)
        double(value)
    }
}
