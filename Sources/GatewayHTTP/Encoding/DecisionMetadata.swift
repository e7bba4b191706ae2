import Cascade
import FastJSON

/// The `qualm` object: what a client may know about how its answer came about. Clients that ignore unknown members see plain OpenAI.
enum DecisionMetadata {
    /// `"qualm":{...}`, ready to be put into another object.
    static func member(_ record: DecisionRecord) -> [UInt8] {
        var out = Array("\"qualm\":".utf8)
        out.append(contentsOf: object(record))
        return out
    }

    static func object(_ record: DecisionRecord) -> [UInt8] {
        var json = JSONWriter()
        json.reserveCapacity(384)
        json.beginObject()
        json.name("decision_id")
        json.string(record.id)
        json.name("route")
        json.string(record.route.rawValue)
        json.name("decision")
        json.string(record.decision.rawValue)
        json.name("reason")
        json.string(record.reason)
        if record.route != .direct { doubt(record, &json) }
        if let cache = record.cache, cache.isServed, let hit = cache.hit {
            json.name("cache")
            DecisionJSON.write(hit, cache.outcome, to: &json)
        }
        json.name("cost_usd")
        json.optional(record.costUSD)
        json.name("wasted_cost_usd")
        json.optional(record.wastedCostUSD)
        json.endObject()
        return json.bytes
    }

    private static func doubt(_ record: DecisionRecord, _ json: inout JSONWriter) {
        json.name("drafter")
        json.optional(record.drafter?.qualified)
        json.name("heavyweight")
        json.optional(record.heavyweight?.qualified)
        json.name("window_max_bits")
        json.optional(record.windowMaxBits)
        json.name("risk")
        json.optional(record.risk)
        json.name("prefired")
        json.bool(!record.prefires.isEmpty)
        json.name("prefire_cancelled")
        json.bool(record.prefires.contains { $0.outcome == .cancelled })
        if record.isOverrun {
            json.name("overrun")
            json.bool(true)
        }
        if record.isDoubtedDraftShipped {
            json.name("doubted_draft")
            json.bool(true)
        }
    }
}

extension JSONWriter {
    /// The number, or `null` when there is none.
    mutating func optional(_ value: Double?) {
        if let value, value.isFinite { double(value) } else { null() }
    }

    mutating func optional(_ value: String?) {
        if let value { string(value) } else { null() }
    }

    mutating func optional(_ value: Int?) {
        if let value { int(value) } else { null() }
    }
}
