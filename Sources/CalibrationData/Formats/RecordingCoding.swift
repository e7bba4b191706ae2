internal import Calibration
internal import EntropyRouting
internal import FastJSON

/// ``Recording`` as one line of JSON and back, without loss: numbers as their shortest digits, bytes that are no UTF-8 as an array, a
/// missing logarithm (NaN) as null. `docs/recordings.md` describes the format.
public enum RecordingCoding {
    /// Appends one line, with its newline.
    public static func append(_ recording: Recording, to bytes: inout [UInt8]) {
        var writer = JSONWriter(appendingTo: bytes)
        bytes = []
        writer.object { writer in
            writer.member("v", int: Recording.version)
            writer.member("id", string: recording.id)
            writer.member("prompt_hash", string: recording.promptHash)
            writer.member("category", string: recording.category)
            writer.member("class", string: recording.taskClass.rawValue)
            writer.member("recorded_at", string: recording.recordedAt)
            writer.member("temperature", double: recording.temperature)
            writer.member("top_logprobs", int: recording.topLogprobs)
            if let maxTokens = recording.maxTokens { writer.member("max_tokens", int: maxTokens) }
            writer.member("prompt_mode", string: recording.promptMode)
            if let promptTokens = recording.promptTokens { writer.member("prompt_tokens", int: promptTokens) }
            writer.name("draft")
            append(recording.draft, withTokens: true, to: &writer)
            writer.name("heavyweight")
            if let heavyweight = recording.heavyweight {
                append(heavyweight, withTokens: !heavyweight.tokens.isEmpty, to: &writer)
            } else {
                writer.null()
            }
            writer.name("bad")
            if let isBad = recording.isBad { writer.bool(isBad) } else { writer.null() }
        }
        bytes = writer.bytes
        bytes.append(0x0A)
    }

    /// One line, with its newline.
    public static func encode(_ recording: Recording) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + recording.draft.tokens.count * 512)
        append(recording, to: &bytes)
        return bytes
    }

    /// Reads one line. Members that it does not know are ignored.
    ///
    /// - Throws: ``CalibrationDataError`` naming the member that is missing or of the wrong kind, without file and line.
    public static func decode(_ line: [UInt8]) throws(CalibrationDataError) -> Recording { try RecordingLine(line).whole }

    /// The same through a tree of the whole line: slower, and able to say what is wrong.
    static func decodeTree(_ line: [UInt8]) throws(CalibrationDataError) -> Recording {
        let fields = try JSONFields(line: line)
        let version = try fields.int("v")
        guard version == Recording.version else {
            throw fields.error("v", "is \(version): this program reads version \(Recording.version) of the format")
        }
        let id = try fields.string("id")
        guard !id.isEmpty else { throw fields.error("id", "must not be empty") }
        return Recording(
            id: id, promptHash: try fields.string("prompt_hash"), category: try fields.string("category"),
            taskClass: try fields.word("class", of: TaskClass.self), recordedAt: try fields.string("recorded_at"),
            temperature: try fields.double("temperature"), topLogprobs: try fields.int("top_logprobs"),
            maxTokens: try fields.optionalInt("max_tokens"), promptMode: try fields.optionalString("prompt_mode") ?? "plain",
            promptTokens: try fields.optionalInt("prompt_tokens"),
            draft: try answer(try fields.object("draft")), heavyweight: try fields.optionalObject("heavyweight").map(answer),
            isBad: try fields.optionalBool("bad"))
    }

    // MARK: Answers

    private static func append(_ answer: RecordedAnswer, withTokens: Bool, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("provider", string: answer.provider)
            writer.member("model", string: answer.model)
            writer.member("answered_by", string: answer.answeredBy)
            writer.member("fingerprint", string: answer.fingerprint)
            writer.member("text", string: answer.text)
            writer.member("finish", string: answer.finish.rawValue)
            writer.name("usage")
            writer.object {
                $0.member("input", int: answer.facts.inputTokens)
                $0.member("cached_input", int: answer.facts.cachedInputTokens)
                $0.member("output", int: answer.facts.outputTokens)
                if answer.isCountEstimated {
                    $0.name("estimated")
                    $0.bool(true)
                }
            }
            writer.member("first_token_ms", double: answer.facts.firstTokenMs)
            writer.member("total_ms", double: answer.facts.totalMs)
            writer.member("cost_usd", double: answer.costUSD)
            writer.name("refusal")
            writer.bool(answer.isRefusal)
            guard withTokens else { return }
            writer.name("tokens")
            writer.array { writer in
                for token in answer.tokens { append(token, to: &writer) }
            }
        }
    }

    private static func answer(_ fields: JSONFields) throws(CalibrationDataError) -> RecordedAnswer {
        let usage = try fields.optionalObject("usage")
        let finish = try fields.string("finish")
        var tokens: [RecordedToken] = []
        if let items = try fields.optionalArray("tokens") {
            tokens.reserveCapacity(items.count)
            for (index, item) in items.enumerated() { tokens.append(try token(item, path: fields.path("tokens"), index)) }
        }
        return RecordedAnswer(
            provider: try fields.string("provider"), model: try fields.string("model"),
            answeredBy: try fields.optionalString("answered_by"), fingerprint: try fields.optionalString("fingerprint"),
            text: try fields.string("text"), finish: FinishKind(rawValue: finish) ?? .other,
            facts: AnswerFacts(
                inputTokens: try usage?.optionalInt("input") ?? 0, cachedInputTokens: try usage?.optionalInt("cached_input") ?? 0,
                outputTokens: try usage?.optionalInt("output") ?? 0, firstTokenMs: try fields.optionalDouble("first_token_ms"),
                totalMs: try fields.optionalDouble("total_ms")),
            costUSD: try fields.optionalDouble("cost_usd"), tokens: tokens, isRefusal: try fields.optionalBool("refusal") ?? false,
            isCountEstimated: try usage?.optionalBool("estimated") ?? false)
    }

    // MARK: Tokens

    private static func append(_ token: RecordedToken, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("t_ms", double: token.ms)
            writer.name("bytes")
            if String(validating: token.bytes, as: UTF8.self) != nil {
                writer.string(utf8: token.bytes.span)
            } else {
                writer.array { for byte in token.bytes { $0.int(Int(byte)) } }
            }
            writer.name("logprob")
            writer.double(token.logprob)
            writer.name("top")
            writer.array { for logprob in token.top { $0.double(logprob) } }
            if !token.isListed {
                writer.name("listed")
                writer.bool(false)
            }
        }
    }

    /// One pass over the members, for there are many tokens.
    private static func token(_ value: JSONValue, path: String, _ index: Int) throws(CalibrationDataError) -> RecordedToken {
        func wrong(_ name: String, _ message: String) -> CalibrationDataError {
            CalibrationDataError(.malformed, member: "\(path)[\(index)]\(name)", message)
        }
        guard case .object(let members) = value else { throw wrong("", "must be an object, not \(value.kind)") }
        var token = RecordedToken(ms: 0, bytes: [], logprob: .nan, top: [], isListed: true)
        var hasBytes = false
        for member in members {
            switch member.name {
            case "t_ms":
                guard let ms = member.value.double else { throw wrong(".t_ms", "must be a number, not \(member.value.kind)") }
                token.ms = ms
            case "bytes":
                guard let bytes = bytes(member.value) else {
                    throw wrong(".bytes", "must be a string or an array of numbers from 0 to 255, not \(member.value.kind)")
                }
                token.bytes = bytes
                hasBytes = true
            case "logprob":
                guard let logprob = logarithm(member.value) else {
                    throw wrong(".logprob", "must be a number or null, not \(member.value.kind)")
                }
                token.logprob = logprob
            case "top":
                guard case .array(let items) = member.value else { throw wrong(".top", "must be an array, not \(member.value.kind)") }
                token.top.reserveCapacity(items.count)
                for (rank, item) in items.enumerated() {
                    guard let logprob = logarithm(item) else {
                        throw wrong(".top[\(rank)]", "must be a number or null, not \(item.kind)")
                    }
                    token.top.append(logprob)
                }
            case "listed":
                guard let isListed = member.value.bool else { throw wrong(".listed", "must be true or false, not \(member.value.kind)") }
                token.isListed = isListed
            default: break
            }
        }
        guard hasBytes else { throw wrong(".bytes", "is missing: it must be a string or an array of bytes") }
        return token
    }

    private static func logarithm(_ value: JSONValue) -> Double? { value.isNull ? .nan : value.double }

    private static func bytes(_ value: JSONValue) -> [UInt8]? {
        switch value {
        case .string(let string): return Array(string.utf8)
        case .array(let items):
            var bytes: [UInt8] = []
            for item in items {
                guard let byte = item.int.flatMap(UInt8.init(exactly:)) else { return nil }
                bytes.append(byte)
            }
            return bytes
        default: return nil
        }
    }
}

extension JSONWriter {
    mutating func member(_ name: String, string value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }

    mutating func member(_ name: String, int value: Int) {
        self.name(name)
        int(value)
    }

    mutating func member(_ name: String, double value: Double?) {
        self.name(name)
        if let value { double(value) } else { null() }
    }
}
