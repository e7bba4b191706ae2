internal import Calibration
internal import EntropyRouting
internal import FastJSON

/// OpenAI chat completions with logprobs, without loss: every token's bytes, logarithm and alternatives as sent.
struct ChatCompletions {
    let defaults: RecordingImport.Defaults

    /// - Parameter fileName: the id of a completion that has none.
    func read(_ bytes: [UInt8], fileName: String) throws(CalibrationDataError) -> [Recording] {
        var recordings: [Recording] = []
        // A whole document first: it may be written over many lines.
        let whole: JSONValue?
        let problem: JSONSyntaxError?
        do throws(JSONSyntaxError) {
            (whole, problem) = (try JSONValue.parse(bytes), nil)
        } catch {
            (whole, problem) = (nil, error)
        }
        if let whole {
            for (index, item) in (whole.array ?? [whole]).enumerated() {
                recordings += try read(item, path: whole.array == nil ? "" : "[\(index)]", fileName: fileName, number: index + 1)
            }
            return recordings
        }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) {
            do throws(CalibrationDataError) {
                guard let item = try? JSONValue.parse(Array(line)) else {
                    // Neither one document nor lines: what is wrong with the document says more when even its first line is not whole.
                    let column = recordings.isEmpty ? problem?.column : nil
                    let message = recordings.isEmpty ? problem?.message ?? "" : "the line is not one JSON object"
                    throw CalibrationDataError(
                        .malformed, line: recordings.isEmpty ? problem?.line : nil, column: column, "is not JSON: \(message)")
                }
                recordings += try read(item, path: "", fileName: fileName, number: index + 1)
            } catch {
                var error = error
                error.line = error.line ?? index + 1
                throw error
            }
        }
        guard !recordings.isEmpty else { throw CalibrationDataError(.malformed, "holds nothing") }
        return recordings
    }

    private func read(_ value: JSONValue, path: String, fileName: String, number: Int) throws(CalibrationDataError) -> [Recording] {
        let outer = try JSONFields(value, path: path)
        var body = outer
        // The Batch API's output, and our own wrapper: the completion inside, its name and gold label outside.
        if outer["choices"] == nil, let response = try? outer.object("response") {
            body = try response.optionalObject("body") ?? response
        }
        try Self.refuseOtherFormats(body)
        let names = [try outer.optionalString("custom_id"), try outer.optionalString("id"), try body.optionalString("id")]
        let id = names.compactMap { $0 }.first { !$0.isEmpty } ?? "\(fileName)#\(number)"
        let choices = try body.array("choices")
        var recordings: [Recording] = []
        for (index, choice) in choices.enumerated() {
            let fields = try JSONFields(choice, path: body.path("choices[\(index)]"))
            let draft = try answer(fields, of: body)
            let created = try body.optionalDouble("created")
            recordings.append(
                defaults.recording(
                    id: choices.count > 1 ? "\(id)#choice\(index)" : id, category: try outer.optionalString("category"),
                    prompt: try outer.optionalString("prompt"),
                    recordedAt: created.map { Timestamp.text(secondsSince1970: $0) },
                    topLogprobs: draft.tokens.map(\.top.count).max() ?? 0, draft: draft, isBad: try outer.optionalBool("bad")))
        }
        return recordings
    }

    private func answer(_ choice: JSONFields, of body: JSONFields) throws(CalibrationDataError) -> RecordedAnswer {
        let message = try choice.object("message")
        let usage = try body.optionalObject("usage")
        let model = try body.optionalString("model")
        guard let logprobs = try choice.optionalObject("logprobs") else {
            throw choice.error("logprobs", "is missing: the answer was asked for without 'logprobs: true'")
        }
        let content = try logprobs.optionalArray("content") ?? []
        let refusal = try logprobs.optionalArray("refusal") ?? []
        guard !content.isEmpty || !refusal.isEmpty else { throw logprobs.error("content", "holds no tokens") }
        var tokens: [RecordedToken] = []
        for (index, item) in content.enumerated() {
            tokens.append(try token(JSONFields(item, path: logprobs.path("content[\(index)]"))))
        }
        for (index, item) in refusal.enumerated() {
            tokens.append(try token(JSONFields(item, path: logprobs.path("refusal[\(index)]"))))
        }
        let finish = try choice.optionalString("finish_reason") ?? ""
        return RecordedAnswer(
            provider: defaults.provider, model: defaults.model ?? model ?? "imported", answeredBy: model,
            fingerprint: try body.optionalString("system_fingerprint"), text: try message.optionalString("content") ?? "",
            finish: FinishKind(rawValue: finish) ?? .other,
            facts: AnswerFacts(
                inputTokens: try usage?.optionalInt("prompt_tokens") ?? 0,
                cachedInputTokens: try usage?.optionalObject("prompt_tokens_details")?.optionalInt("cached_tokens") ?? 0,
                outputTokens: try usage?.optionalInt("completion_tokens") ?? tokens.count),
            tokens: tokens, isRefusal: message["refusal"] != nil)
    }

    private func token(_ fields: JSONFields) throws(CalibrationDataError) -> RecordedToken {
        let text = try fields.string("token")
        var top: [Double] = []
        var isListed = false
        for (rank, item) in (try fields.optionalArray("top_logprobs") ?? []).enumerated() {
            let alternative = try JSONFields(item, path: fields.path("top_logprobs[\(rank)]"))
            top.append(try alternative.optionalDouble("logprob") ?? .nan)
            // By their texts, as the gateway compares them.
            if try alternative.optionalString("token") == text { isListed = true }
        }
        return RecordedToken(
            ms: 0, bytes: try bytes(fields) ?? Array(text.utf8), logprob: try fields.optionalDouble("logprob") ?? .nan, top: top,
            isListed: isListed)
    }

    private func bytes(_ fields: JSONFields) throws(CalibrationDataError) -> [UInt8]? {
        guard let items = try fields.optionalArray("bytes") else { return nil }
        var bytes: [UInt8] = []
        for (index, item) in items.enumerated() {
            guard let byte = item.int.flatMap(UInt8.init(exactly:)) else {
                throw fields.error("bytes[\(index)]", "must be a number from 0 to 255")
            }
            bytes.append(byte)
        }
        return bytes
    }

    /// Says what a file is that is something else.
    private static func refuseOtherFormats(_ body: JSONFields) throws(CalibrationDataError) {
        func refuse(_ what: String) -> CalibrationDataError {
            CalibrationDataError(
                .foreign,
                "is \(what); what can be imported are OpenAI chat completions ('object': 'chat.completion') with logprobs, and CSV")
        }
        let object = try? body.optionalString("object")
        switch object {
        case "text_completion": throw refuse("an answer of the older completions API ('object': 'text_completion')")
        case "chat.completion.chunk": throw refuse("one chunk of a stream ('object': 'chat.completion.chunk')")
        case "response": throw refuse("an answer of OpenAI's Responses API ('object': 'response')")
        default: break
        }
        if body["choices"] != nil { return }
        if body["candidates"] != nil { throw refuse("an answer of the Gemini API (it has 'candidates')") }
        if body["done"] != nil || body["done_reason"] != nil { throw refuse("an answer of Ollama's own API (it has 'done')") }
        if (try? body.optionalString("type")) == "message" { throw refuse("an answer of Anthropic's Messages API ('type': 'message')") }
        if body["draft"] != nil, body["v"] != nil { throw refuse("a recording of 'qualm record' already") }
        if let error = body["error"] {
            throw refuse("an error of the upstream: \(error["message"]?.string ?? String(decoding: error.serialized(), as: UTF8.self))")
        }
        throw refuse("not a chat completion: it has no 'choices'")
    }
}
