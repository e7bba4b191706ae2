/// What the simulator saw of one request to `/v1/chat/completions` or `/v1/embeddings`, and how it ended.
public struct RequestRecord: Sendable, Hashable {
    /// How far a request has come.
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// The answer is being given, delayed or withheld.
        case open
        /// Everything was written, the end of the body included.
        case completed
        /// The client closed or reset the connection first.
        case aborted
        /// The simulator itself broke it off or answered with an error, as scripted or because the request was wrong.
        case faulted
    }

    /// One header field of the request, in the order received.
    public struct Header: Sendable, Hashable {
        /// Lower-case.
        public var name: String
        /// Values of `authorization`, `cookie` and every name with `key` or `token` in it are replaced by `(redacted)`.
        public var value: String
    }

    /// Counts from 1 in the order of arrival; never reset.
    public var sequence: Int
    /// The id in the answer, for example `chatcmpl-sim000000000001`.
    public var id: String
    /// Without query.
    public var path: String
    /// Counts from 1 in the order of acceptance: equal for requests that share a connection.
    public var connection: Int
    /// As requested; empty when the body could not be read.
    public var model: String
    /// The request's `stream` member.
    public var isStream: Bool
    /// Sixteen hexadecimal digits, equal for equal messages.
    public var promptHash: String
    /// In the order received, secrets redacted.
    public var headers: [Header]
    /// Raw; `nil` when it has been dropped (see ``SimulatorOptions/recordedBodies``) or was larger than 1 MiB.
    public var body: [UInt8]?
    /// Size of the raw body.
    public var bodyBytes: Int
    /// FNV-1a of the raw body, also when it was not kept.
    public var bodyHash: String
    /// `nil` until the response head leaves.
    public var status: Int?
    /// Tokens written so far, summed over choices; a whole answer's count once it is written.
    public var tokensSent: Int
    /// Changes once, from ``Outcome/open``; only a completion whose last bytes failed to leave turns into an abort.
    public var outcome: Outcome
    /// The word of the scripted fault.
    public var fault: String?
    /// Seconds since 1970 when the request had arrived completely.
    public var startedAt: Double
    /// Milliseconds from then to the outcome; `nil` while open.
    public var endedAfterMilliseconds: Double?

    /// Milliseconds from the complete request to the moment the client's disconnect was seen; `nil` unless aborted.
    public var abortedAfterMilliseconds: Double? { outcome == .aborted ? endedAfterMilliseconds : nil }
    /// `nil` unless aborted.
    public var tokensSentBeforeAbort: Int? { outcome == .aborted ? tokensSent : nil }

    /// The value of the first header of that lower-case name.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
