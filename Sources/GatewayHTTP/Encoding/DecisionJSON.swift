import Cascade
import ChatAPI
import EntropyRouting
import FastJSON

/// A decision as JSON. Times are milliseconds since the request was accepted, entropies bits, money US dollars.
enum DecisionJSON {
    static func write(_ record: DecisionRecord, withTrace: Bool, to json: inout JSONWriter) {
        json.object { json in
            head(record, &json)
            doubt(record, &json)
            json.name("cost_usd")
            json.optional(record.costUSD)
            json.name("wasted_cost_usd")
            json.optional(record.wastedCostUSD)
            json.name("cache")
            if let cache = record.cache { write(cache, &json) } else { json.null() }
            json.name("legs")
            json.array { json in for leg in record.legs { write(leg, &json) } }
            json.name("prefires")
            json.array { json in for prefire in record.prefires { write(prefire, &json) } }
            json.name("marks")
            json.array { json in
                for mark in record.marks {
                    json.value(["kind": .string(mark.kind.rawValue), "token": .int(Int64(mark.token)), "ms": rounded(mark.ms)])
                }
            }
            guard withTrace else { return }
            trace(record.trace, &json)
            if let text = record.draftText { json.member("draft_text", .string(text)) }
        }
    }

    private static func head(_ record: DecisionRecord, _ json: inout JSONWriter) {
        json.member("object", "decision")
        json.member("id", .string(record.id))
        json.member("request_id", .string(record.requestID))
        json.member("created", .double(record.createdAt))
        json.member("requested_model", .string(record.requestedModel))
        json.member("stream", .bool(record.isStreaming))
        json.member("route", .string(record.route.rawValue))
        json.member("decision", .string(record.decision.rawValue))
        json.member("reason", .string(record.reason))
        json.name("gate_detail")
        json.optional(record.gateDetail)
        json.member("status", .string(record.status.rawValue))
        json.name("model")
        json.optional(record.answeredBy?.qualified)
        json.name("drafter")
        json.optional(record.drafter?.qualified)
        json.name("heavyweight")
        json.optional(record.heavyweight?.qualified)
        json.member("overhead_ms", rounded(record.overheadMs))
        json.name("first_token_ms")
        json.optional(record.firstTokenMs.map { ($0 * 1_000).rounded() / 1_000 })
        json.member("total_ms", rounded(record.totalMs))
    }

    private static func doubt(_ record: DecisionRecord, _ json: inout JSONWriter) {
        json.name("strategy")
        json.optional(record.strategy)
        json.name("release")
        json.optional(record.releaseMode?.rawValue)
        json.name("signal_tier")
        json.optional(record.signalTier)
        json.name("statistic")
        json.optional(record.statistic)
        json.name("threshold")
        json.optional(record.threshold)
        json.name("window_max_bits")
        json.optional(record.windowMaxBits)
        json.name("risk")
        json.optional(record.risk)
        json.member("observed_tokens", .int(Int64(record.observedTokens)))
        json.member("overrun", .bool(record.isOverrun))
        json.member("doubted_draft", .bool(record.isDoubtedDraftShipped))
    }

    /// The entry that was found, for clients and decisions alike.
    static func write(_ hit: CacheHitRecord, _ outcome: CacheOutcome, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", .string(hit.id))
            json.member("level", .string(hit.level.rawValue))
            json.member("age_seconds", .int(Int64(hit.ageSeconds)))
            json.name("similarity")
            json.optional(hit.level == .vector ? outcome.similarity : nil)
            json.name("score")
            json.optional(hit.level == .vector ? outcome.score : nil)
        }
    }

    private static func write(_ cache: CacheRecord, _ json: inout JSONWriter) {
        let outcome = cache.outcome
        json.object { json in
            json.member("served", .bool(cache.isServed))
            json.name("bypass")
            json.optional(outcome.bypass?.rawValue)
            json.name("exact")
            json.optional(outcome.exact?.rawValue)
            json.name("vector")
            json.optional(outcome.vector?.rawValue)
            json.name("similarity")
            json.optional(outcome.similarity)
            json.name("score")
            json.optional(outcome.score)
            json.name("guard")
            json.optional(outcome.guardName)
            json.member("waited_ms", rounded(outcome.waitedMs))
            json.name("hit")
            if let hit = cache.hit { write(hit, outcome, to: &json) } else { json.null() }
        }
    }

    private static func write(_ leg: LegRecord, _ json: inout JSONWriter) {
        json.object { json in
            json.member("leg", .string(leg.leg.rawValue))
            json.member("provider", .string(leg.model.provider))
            json.member("model", .string(leg.model.model))
            json.member("attempt", .int(Int64(leg.attempt)))
            json.member("input_tokens", .int(Int64(leg.tokens.input)))
            json.member("cached_input_tokens", .int(Int64(leg.tokens.cachedInput)))
            json.member("output_tokens", .int(Int64(leg.tokens.output)))
            json.member("tokens_source", .string(leg.tokens.source.rawValue))
            json.name("cost_usd")
            json.optional(leg.costUSD)
            json.member("end", .string(leg.end.name))
            json.name("end_detail")
            switch leg.end {
            case .completed: json.null()
            case .cancelled(let reason): json.string(reason.rawValue)
            case .failed(let kind): json.string(kind.rawValue)
            }
            json.name("failure")
            json.optional(leg.failure.map { Redaction.redacted($0) })
            json.member("wasted", .bool(leg.isWasted))
            json.member("started_ms", rounded(leg.startedMs))
            json.name("first_byte_ms")
            json.optional(leg.firstByteMs.map { ($0 * 1_000).rounded() / 1_000 })
            json.member("ended_ms", rounded(leg.endedMs))
        }
    }

    private static func write(_ prefire: PrefireRecord, _ json: inout JSONWriter) {
        json.object { json in
            json.member("attempt", .int(Int64(prefire.attempt)))
            json.member("reason", .string(prefire.reason.rawValue))
            json.member("token", .int(Int64(prefire.token)))
            json.member("fired_ms", rounded(prefire.firedMs))
            json.name("ended_ms")
            json.optional(prefire.endedMs.map { ($0 * 1_000).rounded() / 1_000 })
            json.name("outcome")
            json.optional(prefire.outcome?.rawValue)
            json.member("had_first_byte", .bool(prefire.hadFirstByte))
            json.name("head_start_ms")
            json.optional(prefire.headStartMs.map { ($0 * 1_000).rounded() / 1_000 })
        }
    }

    /// Columns, not rows: a quarter of the bytes.
    private static func trace(_ trace: DecisionTrace, _ json: inout JSONWriter) {
        json.name("trace")
        json.object { json in
            json.member("dropped", .int(Int64(trace.dropped)))
            column("ms", trace, \.ms, &json)
            column("entropy_bits", trace, \.entropy, &json)
            column("lower_bits", trace, \.lower, &json)
            column("upper_bits", trace, \.upper, &json)
            column("surprisal_bits", trace, \.surprisal, &json)
            column("statistic", trace, \.statistic, &json)
        }
    }

    private static func column(
        _ name: String, _ trace: DecisionTrace, _ value: KeyPath<DecisionTrace.Point, Float>, _ json: inout JSONWriter
    ) {
        json.name(name)
        json.array { json in
            for point in trace.points {
                let number = Double(point[keyPath: value])
                json.optional(number.isFinite ? (number * 1e6).rounded() / 1e6 : nil)
            }
        }
    }

    private static func rounded(_ ms: Double) -> JSONValue { .double((ms * 1_000).rounded() / 1_000) }
}
