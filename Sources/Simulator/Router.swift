import FastJSON
import Synchronization

/// Turns a request into a plan of its answer. Knows no connection, no clock but the wall's, and keeps only how often limited rules fired.
final class Router: Sendable {
    /// A request as it came off the wire.
    struct Request: Sendable {
        var method: String
        /// Without query.
        var path: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]
        var connection: Int
    }

    private struct Rules {
        var scenario: Scenario
        var uses: [Int: Int] = [:]
    }

    private let options: SimulatorOptions
    private let recorder: Recorder
    private let renderer = TokenRenderer()
    private let rules: Mutex<Rules>

    init(options: SimulatorOptions, recorder: Recorder) {
        self.options = options
        self.recorder = recorder
        rules = Mutex(Rules(scenario: options.scenario))
    }

    func setScenario(_ scenario: Scenario) { rules.withLock { $0 = Rules(scenario: scenario) } }

    /// The plan, and the record to keep for it; only completions and embeddings are recorded.
    func answer(_ request: Request) -> (plan: ResponsePlan, live: LiveRequest?) {
        switch (request.method, request.path) {
        case ("POST", "/v1/chat/completions"): recorded(request, idPrefix: "chatcmpl-", answer: chat)
        case ("POST", "/v1/embeddings"): recorded(request, idPrefix: "embd-", answer: embeddings)
        case ("GET", "/v1/models"): (models(), nil)
        case ("GET", "/health"): (ResponsePlan(json: Array("{\"status\":\"ok\"}".utf8)), nil)
        case ("GET", "/_sim/report"): (ResponsePlan(json: recorder.report().json()), nil)
        case ("POST", "/_sim/reset"): (reset(), nil)
        case ("GET", _) where request.path.hasPrefix("/v1/models/"):
            (model(String(request.path.dropFirst("/v1/models/".count))), nil)
        default:
            (
                ResponsePlan(
                    status: 404,
                    message: "Unknown request URL: \(request.method) \(request.path). Known are /v1/chat/completions, "
                        + "/v1/embeddings, /v1/models, /health, /_sim/report and /_sim/reset.", code: "unknown_url"), nil
            )
        }
    }

    // MARK: - Recorded endpoints

    /// What an endpoint made of a request: a plan that still needs the id of its record.
    private struct Draft {
        var model = ""
        var isStream = false
        var promptHash = ""
        var fault: String?
        var plan: (_ id: String) -> ResponsePlan
    }

    private func recorded(
        _ request: Request, idPrefix: String, answer: (JSONValue) -> Draft
    ) -> (plan: ResponsePlan, live: LiveRequest?) {
        let draft: Draft
        if let rejection = authenticate(request) {
            draft = Draft { _ in rejection }
        } else {
            do {
                draft = answer(try JSONValue.parse(request.body))
            } catch {
                let rejection = ResponsePlan(status: 400, message: "We could not parse the JSON body of your request: \(error)")
                draft = Draft { _ in rejection }
            }
        }
        var hash = StableHash()
        hash.combine(request.body)
        let live = recorder.begin(
            RequestRecord(
                sequence: 0, id: "", path: request.path, connection: request.connection, model: draft.model, isStream: draft.isStream,
                promptHash: draft.promptHash, headers: request.headers.map(Self.recorded), body: request.body,
                bodyBytes: request.body.count, bodyHash: hash.hexadecimal, status: nil, tokensSent: 0, outcome: .open, fault: draft.fault,
                startedAt: unixTime(), endedAfterMilliseconds: nil),
            idPrefix: idPrefix)
        var plan = draft.plan(live.id)
        plan.headers += [("x-request-id", "req_" + live.id), ("openai-processing-ms", "1"), ("openai-version", "2020-10-01")]
        return (plan, live)
    }

    private func chat(_ body: JSONValue) -> Draft {
        let request: ChatRequest
        do throws(ChatRequest.Invalid) {
            request = try ChatRequest(body)
        } catch {
            let rejection = ResponsePlan(status: 400, message: error.message, parameter: error.parameter)
            return Draft(model: body["model"]?.string ?? "") { _ in rejection }
        }
        let behaviour = behaviour(model: request.model, prompt: request.lastUserText)
        let renderer = renderer
        return Draft(
            model: request.model, isStream: request.isStream, promptHash: StableHash.hexadecimal(request.promptHash),
            fault: behaviour.fault?.word
        ) { id in
            if case .status(let status)? = behaviour.fault {
                return Self.error(status, model: request.model, behaviour)
            }
            let rendering = ChatRendering(
                request: request, behaviour: behaviour, script: Script(request, behaviour), renderer: renderer, id: id,
                created: Int(unixTime()))
            var plan: ResponsePlan
            if request.isStream {
                plan = ResponsePlan(body: .stream(rendering.stream()))
                plan.headers = [("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache")]
            } else {
                plan = ResponsePlan(json: rendering.whole(), tokens: rendering.completionTokens * request.choices)
            }
            plan.headers += Self.headroom
            plan.apply(behaviour)
            return plan
        }
    }

    /// What OpenAI tells about its limits with every answer.
    private static let headroom = [
        ("x-ratelimit-limit-requests", "500"), ("x-ratelimit-limit-tokens", "200000"), ("x-ratelimit-remaining-requests", "499"),
        ("x-ratelimit-remaining-tokens", "199000"), ("x-ratelimit-reset-requests", "120ms"), ("x-ratelimit-reset-tokens", "300ms"),
    ].map { (name: $0.0, value: $0.1) }

    private func embeddings(_ body: JSONValue) -> Draft {
        guard let model = body["model"]?.string, let input = body["input"] else {
            let rejection = ResponsePlan(status: 400, message: "'model' and 'input' are required.", parameter: "input")
            return Draft(model: body["model"]?.string ?? "") { _ in rejection }
        }
        let texts = input.string.map { [$0] } ?? (input.array ?? []).map { $0.string ?? String(decoding: $0.serialized(), as: UTF8.self) }
        let behaviour = behaviour(model: model, prompt: texts.last ?? "")
        let dimensions = min(max(body["dimensions"]?.int ?? options.embeddingDimensions, 1), 4_096)
        let usesBase64 = body["encoding_format"]?.string == "base64"
        return Draft(
            model: model, promptHash: StableHash.hexadecimal(StableHash.of(texts.joined(separator: "\n"))), fault: behaviour.fault?.word
        ) { _ in
            if case .status(let status)? = behaviour.fault { return Self.error(status, model: model, behaviour) }
            var writer = JSONWriter()
            let tokens = texts.reduce(0) { $0 + Tokeniser.count(of: $1) }
            writer.object {
                $0.member("object", "list")
                $0.name("data")
                $0.array {
                    for (index, text) in texts.enumerated() {
                        let vector = Embedding.vector(of: text, dimensions: dimensions)
                        let value: JSONValue =
                            usesBase64 ? .string(Embedding.base64(vector)) : .array(vector.map { .double(Double("\($0)") ?? 0) })
                        $0.value(["object": "embedding", "index": .int(Int64(index)), "embedding": value])
                    }
                }
                $0.member("model", .string(model))
                $0.member("usage", ["prompt_tokens": .int(Int64(tokens)), "total_tokens": .int(Int64(tokens))])
            }
            var plan = ResponsePlan(json: writer.bytes)
            plan.apply(behaviour)
            return plan
        }
    }

    private static func error(_ status: Int, model: String, _ behaviour: Behaviour) -> ResponsePlan {
        var plan = ResponsePlan(errorStatus: status, model: model, retryAfterSeconds: behaviour.retryAfterSeconds)
        plan.headDelay = behaviour.firstTokenMicroseconds
        plan.splitsBytes = behaviour.splitsBytes
        return plan
    }

    /// The first matching rule's behaviour, else the one the model's name spells.
    private func behaviour(model: String, prompt: String) -> Behaviour {
        let prompt = String(prompt.prefix(Scenario.promptLimit)).lowercased()
        return rules.withLock { rules in
            for (index, rule) in rules.scenario.rules.enumerated() where rule.matches(model: model, prompt: prompt) {
                if let times = rule.times {
                    let used = rules.uses[index, default: 0]
                    guard used < times else { continue }
                    rules.uses[index] = used + 1
                }
                return rule.behaviour
            }
            return Behaviour(words: model)
        }
    }

    // MARK: - Other endpoints

    private func models() -> ResponsePlan {
        let names = rules.withLock { $0.scenario.models }
        let document: JSONValue = ["object": "list", "data": .array(names.map(Self.model))]
        return ResponsePlan(json: document.serialized())
    }

    private func model(_ name: String) -> ResponsePlan {
        if Behaviour(words: name).fault == .status(404) { return ResponsePlan(errorStatus: 404, model: name, retryAfterSeconds: 1) }
        return ResponsePlan(json: Self.model(name).serialized())
    }

    private static func model(_ name: String) -> JSONValue {
        ["id": .string(name), "object": "model", "created": 1_700_000_000, "owned_by": "simulator"]
    }

    private func reset() -> ResponsePlan {
        recorder.reset()
        return ResponsePlan(json: Array("{\"status\":\"reset\"}".utf8))
    }

    private func authenticate(_ request: Request) -> ResponsePlan? {
        guard let key = options.apiKey else { return nil }
        let given = request.headers.first { $0.name.lowercased() == "authorization" }?.value
        return given == "Bearer " + key ? nil : ResponsePlan(errorStatus: 401, model: "", retryAfterSeconds: 1)
    }

    private static func recorded(_ header: (name: String, value: String)) -> RequestRecord.Header {
        let name = header.name.lowercased()
        let isSecret = name == "authorization" || name == "cookie" || name.contains("key") || name.contains("token")
        return RequestRecord.Header(name: name, value: isSecret ? "(redacted)" : header.value)
    }
}
