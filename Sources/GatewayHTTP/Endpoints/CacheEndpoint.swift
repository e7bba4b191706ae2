import Cascade
import ChatAPI
import FastJSON

/// `GET /v1/cache/stats`, `DELETE /v1/cache`, `DELETE /v1/cache/{id}`, and their short names.
struct CacheEndpoint {
    /// `nil` when the cache is off.
    let cache: (any CompletionCache)?

    func statistics() async -> PlainResponse {
        guard let cache else { return .json { json in json.value(["object": "cache.stats", "mode": "off"]) } }
        let statistics = await cache.statistics()
        return .json { json in CacheStatisticsJSON.write(statistics, to: &json) }
    }

    func clear() async -> PlainResponse {
        // Nothing is stored: nothing had to be deleted.
        guard let cache else { return .json { json in json.value(["object": "cache.deleted", "deleted": 0]) } }
        do throws(StoreError) {
            let count = try await cache.removeAll()
            return .json { json in json.value(["object": "cache.deleted", "deleted": .int(Int64(count))]) }
        } catch {
            return Self.failure(error)
        }
    }

    func remove(_ id: String) async -> PlainResponse {
        guard let cache else { return PlainResponse(.notFound("The cache is off ('cache.mode'): the entry '\(id.prefix(64))'")) }
        do throws(StoreError) {
            guard try await cache.remove(id) else { return PlainResponse(.notFound("The cache entry '\(id.prefix(64))'")) }
            return .json { json in json.value(["object": "cache.deleted", "id": .string(id), "deleted": 1]) }
        } catch {
            return Self.failure(error)
        }
    }

    /// For the operator, unlike a lookup: here the store's failure is the answer.
    private static func failure(_ error: StoreError) -> PlainResponse {
        PlainResponse(
            APIError(
                status: 503, message: "The cache's store did not do it: \(Redaction.redacted(error.description)). Try again.",
                type: "server_error", code: "store_\(error.kind.rawValue)"))
    }
}

/// Counters and sizes as JSON; what a store could not tell is null.
enum CacheStatisticsJSON {
    static func write(_ statistics: CacheStatistics, to json: inout JSONWriter) {
        json.object { json in
            json.member("object", "cache.stats")
            json.member("mode", .string(statistics.mode))
            json.member("store", .string(statistics.store))
            json.name("embedder")
            json.optional(statistics.embedder)
            json.name("entries")
            json.optional(statistics.entries)
            json.name("vectors")
            json.optional(statistics.vectors)
            json.name("bytes")
            json.optional(statistics.bytes)
            json.member("served", .int(Int64(statistics.served)))
            json.name("hit_rate")
            json.optional(hitRate(statistics))
            json.name("lookups")
            json.object { json in
                for level in CacheLevel.allCases {
                    json.member(level.rawValue, counts(CacheResult.allCases, statistics.lookups[level] ?? [:]))
                }
            }
            json.member("bypasses", counts(CacheBypass.allCases, statistics.bypasses))
            json.member("admissions", counts(CacheAdmission.allCases, statistics.admissions))
            json.name("shadow")
            json.object { json in
                json.member("comparisons", counts(ShadowVerdict.allCases, statistics.comparisons))
                json.name("false_hit_rate")
                json.optional(falseHitRate(statistics))
                json.member("false_hit_rate_upper_95", .double(statistics.falseHitBound))
            }
            json.member("quarantined", .int(Int64(statistics.quarantined)))
            json.name("store_errors")
            json.object { json in
                for (store, kinds) in statistics.failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    json.member(store.rawValue, counts(StoreError.Kind.allCases, kinds))
                }
            }
            json.member("open_breakers", .array(statistics.openBreakers.map { .string($0.rawValue) }))
        }
    }

    /// Served, of the requests that were looked up; `nil` before the first.
    private static func hitRate(_ statistics: CacheStatistics) -> Double? {
        let looked = statistics.lookups[.exact, default: [:]].values.reduce(0, +)
        return looked > 0 ? Double(statistics.served) / Double(looked) : nil
    }

    private static func falseHitRate(_ statistics: CacheStatistics) -> Double? {
        let wrong = statistics.comparisons[.disagree] ?? 0
        let compared = wrong + (statistics.comparisons[.agree] ?? 0)
        return compared > 0 ? Double(wrong) / Double(compared) : nil
    }

    private static func counts<Name: RawRepresentable & Hashable>(_ names: [Name], _ counts: [Name: Int]) -> JSONValue
    where Name.RawValue == String {
        .object(names.map { JSONMember($0.rawValue, .int(Int64(counts[$0] ?? 0))) })
    }
}
