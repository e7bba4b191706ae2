import FastJSON

/// What the simulator has seen since it started or was last reset. `requests == completed + aborted + faulted + open`, always.
public struct SimulatorReport: Sendable {
    /// Requests to `/v1/chat/completions` and `/v1/embeddings` that arrived completely.
    public var requests = 0
    /// Answered to the end.
    public var completed = 0
    /// Left by the client.
    public var aborted = 0
    /// Broken off or answered with an error.
    public var faulted = 0
    /// Requests not yet ended.
    public var open = 0
    /// All endpoints together.
    public var connectionsAccepted = 0
    /// All endpoints together.
    public var connectionsOpen = 0
    /// Tokens written, in all answers.
    public var tokensSent = 0
    /// Oldest first; at most ``SimulatorOptions/recordedRequests``, and every open one.
    public var records: [RequestRecord] = []

    /// The records of one model, oldest first.
    public func requests(model: String) -> [RequestRecord] { records.filter { $0.model == model } }

    /// The body of `GET /_sim/report`.
    public func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("requests", .int(Int64(requests)))
            $0.member("completed", .int(Int64(completed)))
            $0.member("aborted", .int(Int64(aborted)))
            $0.member("faulted", .int(Int64(faulted)))
            $0.member("open", .int(Int64(open)))
            $0.member("connections_accepted", .int(Int64(connectionsAccepted)))
            $0.member("connections_open", .int(Int64(connectionsOpen)))
            $0.member("tokens_sent", .int(Int64(tokensSent)))
            $0.member("records", .array(records.map(\.json)))
        }
        return writer.bytes
    }
}

extension RequestRecord {
    fileprivate var json: JSONValue {
        [
            "sequence": .int(Int64(sequence)),
            "id": .string(id),
            "path": .string(path),
            "connection": .int(Int64(connection)),
            "model": .string(model),
            "stream": .bool(isStream),
            "prompt_hash": .string(promptHash),
            "headers": .object(headers.map { JSONMember($0.name, .string($0.value)) }),
            "body": body.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
            "body_bytes": .int(Int64(bodyBytes)),
            "body_hash": .string(bodyHash),
            "status": status.map { .int(Int64($0)) } ?? .null,
            "tokens_sent": .int(Int64(tokensSent)),
            "outcome": .string(outcome.rawValue),
            "fault": fault.map { .string($0) } ?? .null,
            "started_at": .double(startedAt),
            "ended_after_ms": endedAfterMilliseconds.map { .double($0) } ?? .null,
            "aborted_after_ms": abortedAfterMilliseconds.map { .double($0) } ?? .null,
            "tokens_sent_before_abort": tokensSentBeforeAbort.map { .int(Int64($0)) } ?? .null,
        ]
    }
}
