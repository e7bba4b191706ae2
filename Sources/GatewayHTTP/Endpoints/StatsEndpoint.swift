import Cascade
import FastJSON

/// `GET /stats` and `POST /stats/reset`: counters as JSON, since the start or the last reset.
struct StatsEndpoint {
    let statistics: GatewayStatistics
    /// `nil` when nothing watches over the routes.
    var oversight: (any OversightReporting)?

    func show() -> PlainResponse {
        let (totals, seconds) = statistics.snapshot
        let shipped = totals.decisions["ship", default: 0] - totals.unjudged
        let judged = shipped + totals.decisions["escalate", default: 0]
        return .json { json in
            json.object { json in
                json.member("since", .double(totals.since))
                json.member("uptime_seconds", .double(seconds))
                json.member("requests", .int(Int64(totals.requests)))
                json.member("decisions", Self.counts(totals.decisions))
                json.member("statuses", Self.counts(totals.statuses))
                json.name("drafts")
                json.object { json in
                    json.member("accepted", .int(Int64(shipped)))
                    json.member("rejected", .int(Int64(judged - shipped)))
                    json.name("acceptance_rate")
                    json.optional(judged > 0 ? Double(shipped) / Double(judged) : nil)
                    json.member("overruns", .int(Int64(totals.overruns)))
                }
                json.name("prefires")
                json.object { json in
                    json.member("fired", .int(Int64(totals.prefires)))
                    json.member("used", .int(Int64(totals.prefiresUsed)))
                    json.member("cancelled", .int(Int64(totals.prefiresCancelled)))
                    json.member("failed", .int(Int64(totals.prefiresFailed)))
                    json.member("abandoned", .int(Int64(totals.prefiresAbandoned)))
                    json.member("denied", .int(Int64(totals.prefireDenials)))
                    json.name("mean_head_start_ms")
                    json.optional(totals.prefiresUsed > 0 ? totals.headStartMs / Double(totals.prefiresUsed) : nil)
                }
                json.name("money")
                json.object { json in
                    json.member("cost_usd", .double(totals.costUSD))
                    json.member("wasted_cost_usd", .double(totals.wastedCostUSD))
                    json.member("saved_usd", .double(totals.savedUSD))
                    json.member("requests_with_unknown_price", .int(Int64(totals.unpricedRequests)))
                }
                if let snapshot = oversight?.snapshot {
                    json.name("oversight")
                    OversightJSON.write(snapshot, to: &json)
                }
                json.name("latency")
                json.object { json in
                    json.name("mean_total_ms")
                    json.optional(totals.requests > 0 ? totals.totalMs / Double(totals.requests) : nil)
                    json.name("mean_first_token_ms")
                    json.optional(totals.firstTokens > 0 ? totals.firstTokenMs / Double(totals.firstTokens) : nil)
                }
                json.name("models")
                json.object { json in
                    for (name, model) in totals.models.sorted(by: { $0.key < $1.key }) {
                        json.member(name, Self.model(model))
                    }
                }
            }
        }
    }

    func reset() -> PlainResponse {
        statistics.reset()
        return .json(200, ["status": "reset"])
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .int(Int64($0.value))) })
    }

    private static func model(_ model: GatewayStatistics.PerModel) -> JSONValue {
        [
            "calls": .int(Int64(model.calls)), "input_tokens": .int(Int64(model.inputTokens)),
            "output_tokens": .int(Int64(model.outputTokens)), "wasted_tokens": .int(Int64(model.wastedTokens)),
            "cost_usd": .double(model.costUSD), "calls_with_unknown_price": .int(Int64(model.unpricedCalls)),
            "errors": .int(Int64(model.errors)), "rate_limits": .int(Int64(model.rateLimits)),
        ]
    }
}
