import Cascade
import EntropyRouting
import FastJSON

/// What the oversight knows, as the member `oversight` of `GET /stats`. Unknown numbers are null.
enum OversightJSON {
    static func write(_ snapshot: OversightSnapshot, to json: inout JSONWriter) {
        json.object { json in
            json.name("audits")
            json.object { json in
                json.member("queued", .int(Int64(snapshot.queuedAudits)))
                json.member("spent_today_usd", .double(snapshot.spentTodayUSD))
                json.member("usd_per_day", .double(snapshot.usdPerDay))
            }
            json.name("state")
            json.object { json in
                json.member("store", .string(snapshot.store))
                json.name("failure")
                json.optional(snapshot.storeFailure)
            }
            json.name("routes")
            json.object { json in
                for route in snapshot.routes {
                    json.name(route.route)
                    write(route, to: &json)
                }
            }
        }
    }

    private static func write(_ route: RouteOversight, to json: inout JSONWriter) {
        json.object { json in
            json.name("calibration")
            if let state = route.calibration { write(state, to: &json) } else { json.null() }
            json.name("feedback")
            json.object { json in
                for verdict in DecisionFeedback.Verdict.allCases {
                    json.member(verdict.rawValue, .int(Int64(route.feedback[verdict] ?? 0)))
                }
            }
            json.name("savings")
            if let savings = route.savings { write(savings, to: &json) } else { json.null() }
        }
    }

    private static func write(_ state: CalibrationState, to json: inout JSONWriter) {
        json.object { json in
            json.member("data_hash", .string(state.dataHash))
            json.member("loss", .string(state.loss.rawValue))
            json.member("alpha", .double(state.alpha))
            json.member("delta", .double(state.delta))
            json.member("certified_level", .double(state.certifiedLevel))
            json.member("level", .double(state.level))
            json.member("tightened", .bool(state.isTightened))
            json.name("stale")
            json.optional(state.staleReason)
            json.member("temperature_mismatches", .int(Int64(state.temperatureMismatches)))
            json.member(
                "skipped_audits", .object(AuditSkip.allCases.map { JSONMember($0.rawValue, .int(Int64(state.skips[$0] ?? 0))) }))
            json.member("failed_audits_in_a_row", .int(Int64(state.failedInARow)))
            json.name("audits_failing")
            json.optional(state.failingReason?.rawValue)
            json.name("levels")
            json.array { json in for level in state.evidence { write(level, to: &json) } }
        }
    }

    private static func write(_ level: CalibrationState.Evidence, to json: inout JSONWriter) {
        json.value([
            "level": .double(level.level), "audits": .int(Int64(level.audits)), "bad": .int(Int64(level.bad)),
            "requests": .int(Int64(level.requests)), "bad_feedback": .int(Int64(level.badFeedback)),
            "log10_evidence": .double(level.log10Evidence), "alarmed": .bool(level.isAlarmed),
        ])
    }

    private static func write(_ savings: SavingsState, to json: inout JSONWriter) {
        json.object { json in
            json.member("holdout_share", .double(savings.holdoutShare))
            json.member("routed_requests", .int(Int64(savings.routedRequests)))
            json.member("held_out_requests", .int(Int64(savings.heldOutRequests)))
            for (name, value) in [
                ("routed_usd_per_request", savings.routedUSDPerRequest), ("held_out_usd_per_request", savings.heldOutUSDPerRequest),
                ("saved_usd", savings.savedUSD), ("saved_usd_low_95", savings.savedLowUSD), ("saved_usd_high_95", savings.savedHighUSD),
                ("saved_share", savings.savedShare), ("saved_share_low_95", savings.savedShareLow),
                ("saved_share_high_95", savings.savedShareHigh), ("audits_usd", savings.auditUSD), ("net_usd", savings.netUSD),
                ("net_usd_low_95", savings.netLowUSD), ("net_usd_high_95", savings.netHighUSD),
            ] as [(String, Double?)] {
                json.name(name)
                json.optional(value)
            }
            json.member("requests_with_unknown_price", .int(Int64(savings.unpricedRequests)))
        }
    }
}
