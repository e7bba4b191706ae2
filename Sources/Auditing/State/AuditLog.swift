import Cascade
import FastJSON
import Synchronization

/// One JSON line for each audit, for `qualm drift` and for people. No text of a request or an answer; of feedback the comment, where one was given.
///
/// Lines are collected and written by the oversight's clock. At the bound the file is renamed to `<path>.1`, in place of an older one: at most
/// twice the bound is kept. What cannot be written is dropped, at most 4,096 lines wait.
public final class AuditLog: Sendable {
    struct Line: Sendable {
        /// Seconds since 1970.
        var at: Double
        var id: String
        var route: String
        var risk: Double
        var isShipped: Bool
        var isBad: Bool
        var source: AuditObservation.Source
        /// In force after this audit.
        var level: Double
        var log10Evidence: Double
    }

    private struct State {
        var lines: [[UInt8]] = []
        var dropped = 0
    }

    public let path: String
    private let maxBytes: Int
    private let file = BlockingFile(label: "qualm-audit-log")
    private let state = Mutex(State())
    private static let maxLines = 4_096
    private static let maxComment = 1_000

    /// - Parameter maxBytes: of the file, from which on it is renamed. Default 16 MiB.
    public init(path: String, maxBytes: Int = 16 << 20) {
        self.path = path
        self.maxBytes = max(1, maxBytes)
    }

    /// Lines that were not written.
    public var dropped: Int { state.withLock { $0.dropped } }

    func write(_ line: Line) {
        var json = JSONWriter()
        json.object { json in
            json.member("at", .double(line.at))
            json.member("id", .string(line.id))
            json.member("decision_id", .string(line.id))
            json.member("route", .string(line.route))
            json.member("risk", .double(line.risk))
            json.member("shipped", .bool(line.isShipped))
            json.member("bad", .bool(line.isBad))
            json.member("source", .string(line.source.rawValue))
            json.member("level", .double(line.level))
            json.member("log10_evidence", .double(line.log10Evidence))
        }
        append(json.bytes)
    }

    func write(_ feedback: DecisionFeedback, at seconds: Double) {
        var json = JSONWriter()
        json.object { json in
            json.member("at", .double(seconds))
            json.member("decision_id", .string(feedback.decisionID))
            json.member("feedback", .string(feedback.verdict.rawValue))
            if let source = feedback.source { json.member("by", .string(source)) }
            if let comment = feedback.comment { json.member("comment", .string(String(comment.prefix(Self.maxComment)))) }
        }
        append(json.bytes)
    }

    private func append(_ line: [UInt8]) {
        state.withLock { state in
            guard state.lines.count < Self.maxLines else {
                state.dropped += 1
                return
            }
            state.lines.append(line)
        }
    }

    /// Writes what has been collected.
    ///
    /// - Returns: why it was dropped instead; `nil` when it was written.
    func flush() async -> StoreError? {
        let lines = state.withLock { state in
            defer { state.lines = [] }
            return state.lines
        }
        guard !lines.isEmpty else { return nil }
        let bytes = Array(lines.map { $0 + [0x0A] }.joined())
        let (path, maxBytes) = (path, maxBytes)
        let failure = await file.perform { () -> String? in
            do throws(BlockingFile.Failure) {
                if try BlockingFile.append(bytes, to: path) >= maxBytes { try BlockingFile.rename(path, to: path + ".1") }
                return nil
            } catch {
                return error.description
            }
        }
        guard let failure else { return nil }
        state.withLock { $0.dropped += lines.count }
        return StoreError(.embedded, .unavailable, "\(lines.count) lines of the audit log are lost: \(failure)")
    }
}
