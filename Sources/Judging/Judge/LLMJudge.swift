public import Cascade
public import ChatAPI
public import EntropyRouting
internal import FastJSON
internal import Synchronization

/// A model as examiner of drafts.
///
/// The draft and the heavyweight's answer are shown blind, in both orders, with a rubric; the draft's score is the mean of both, so that a liking
/// for the first or the second place cancels (Zheng et al., "Judging LLM-as-a-Judge", 2023, section 3.4). The heavyweight's answer is something to
/// compare with, not assumed to be right. Temperature 0. A reply that is not the JSON asked for is repaired once, by telling the judge what was
/// wrong; then there is no verdict. A copy shares what has been learnt about the upstream.
public struct LLMJudge: Sendable {
    public struct Options: Sendable {
        /// A draft with a score below is bad, 1...5. Default 3.
        public var badBelow = 3.0
        /// Of the two orders' scores: from here on they count as disagreeing. Default 2.
        public var bigDisagreement = 2.0
        /// Of one reply, reasoning included. Default 2,048.
        public var maxOutputTokens = 2_048
        /// For one call; a verdict takes two or more. Default 60 s.
        public var timeout = Duration.seconds(60)
        /// Decides the marks around the texts and the jitter of pauses.
        public var seed: UInt64 = 1

        public init() {}
    }

    public let model: ModelName
    public let options: Options
    private let question: ModelQuestion
    private let prices: PriceBook
    private let retry: RetryPolicy
    private let dialect = LearntDialect()

    public init(
        provider: any CompletionProvider, model: ModelName, prices: PriceBook = PriceBook(), options: Options = Options(),
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.model = model
        self.options = options
        self.prices = prices
        self.retry = retry
        question = ModelQuestion(provider: provider, model: model)
    }

    /// Judges one draft.
    ///
    /// - Parameters:
    ///   - prompt: what was asked; for a conversation see ``transcript(of:)``.
    ///   - heavyweight: `nil`, or a text equal to the draft, asks about the draft alone, once.
    ///   - category: chooses the criteria.
    /// - Throws: ``JudgeFailure``. Cancelling the task closes the call at once.
    public func verdict(
        prompt: String, draft: String, heavyweight: String?, category: TaskClass
    ) async throws(JudgeFailure) -> JudgeVerdict {
        var bill = Bill(costUSD: prices[model] == nil ? nil : 0)
        guard let heavyweight, heavyweight != draft else {
            let alone = try await scores(JudgePrompt(prompt: prompt, answers: [draft], taskClass: category, seed: options.seed), &bill)
            return verdict(draft: [alone[0]], heavyweight: [], bill)
        }
        let first = try await scores(
            JudgePrompt(prompt: prompt, answers: [draft, heavyweight], taskClass: category, seed: options.seed), &bill)
        let second = try await scores(
            JudgePrompt(prompt: prompt, answers: [heavyweight, draft], taskClass: category, seed: options.seed &+ 1), &bill)
        return verdict(draft: [first[0], second[1]], heavyweight: [first[1], second[0]], bill)
    }

    /// Of the judge itself; `nil` = unknown.
    public var price: PriceBook.Price? { prices[model] }

    /// The two orders see the draft so differently that the mean says little.
    public func disagrees(_ verdict: JudgeVerdict) -> Bool { verdict.disagreement >= options.bigDisagreement }

    /// The conversation of a request as one text for ``verdict(prompt:draft:heavyweight:category:)``: the message alone when there is one of the
    /// user's only, else each message under its role. Parts that are no text are named, not shown.
    public static func transcript(of request: ChatRequest) -> String {
        // The body was validated when the request was decoded.
        guard let messages = (try? JSONValue.parse(request.body))?["messages"]?.array else { return "" }
        if messages.count == 1, messages[0]["role"]?.string == "user" { return text(of: messages[0]) }
        return messages.map { "[\($0["role"]?.string ?? "message")]\n\(text(of: $0))" }.joined(separator: "\n\n")
    }

    private static func text(of message: JSONValue) -> String {
        switch message["content"] {
        case .string(let text)?: return text
        case .array(let parts)?: return parts.map { $0["text"]?.string ?? "(\($0["type"]?.string ?? "part"))" }.joined(separator: "\n")
        default: return ""
        }
    }

    // MARK: Scores

    private func verdict(draft: [JudgeReply.Score], heavyweight: [JudgeReply.Score], _ bill: Bill) -> JudgeVerdict {
        let values = draft.map { Double($0.score) }
        let score = values.reduce(0, +) / Double(values.count)
        let lowest = draft.min { $0.score < $1.score }
        let lowestHeavyweight = heavyweight.min { $0.score < $1.score }
        return JudgeVerdict(
            isBad: score < options.badBelow, score: score, disagreement: (values.max() ?? 0) - (values.min() ?? 0),
            heavyweightScore: heavyweight.isEmpty ? nil : Double(heavyweight.reduce(0) { $0 + $1.score }) / Double(heavyweight.count),
            reason: lowest?.reason ?? "", heavyweightReason: lowestHeavyweight?.reason ?? "", costUSD: bill.costUSD, tokens: bill.tokens)
    }

    private func scores(_ prompt: JudgePrompt, _ bill: inout Bill) async throws(JudgeFailure) -> [JudgeReply.Score] {
        var messages = [Message(role: "system", content: prompt.system), Message(role: "user", content: prompt.user)]
        let first = try await ask(messages, prompt, &bill)
        let problem: JudgeReply.Problem
        do throws(JudgeReply.Problem) {
            return try JudgeReply(first.text, count: prompt.answers.count).scores
        } catch {
            problem = error
        }
        messages.append(Message(role: "assistant", content: String(first.text.prefix(bytes: 4_000))))
        messages.append(
            Message(
                role: "user",
                content:
                    "That cannot be used: \(problem.message). Reply again with one JSON object and nothing else: "
                    + JudgePrompt.example(count: prompt.answers.count)))
        let second = try await ask(messages, prompt, &bill)
        do throws(JudgeReply.Problem) {
            return try JudgeReply(second.text, count: prompt.answers.count).scores
        } catch {
            let refusal = second.refusal.isEmpty ? "" : " (it refused: \(second.refusal.prefix(bytes: 200)))"
            throw JudgeFailure(.unreadable(error.message + refusal), costUSD: bill.costUSD, tokens: bill.tokens)
        }
    }

    // MARK: Asking

    private func ask(_ messages: [Message], _ prompt: JudgePrompt, _ bill: inout Bill) async throws(JudgeFailure) -> ModelQuestion.Reply {
        var attempt = 1
        var form = dialect.form
        while true {
            let request: ChatRequest
            do throws(ChatRequestError) {
                request = try ChatRequest.decode(body(messages, prompt, form))
            } catch {
                throw JudgeFailure(.unreadable("\(error)"), costUSD: bill.costUSD, tokens: bill.tokens)
            }
            do throws(ProviderError) {
                let reply = try await question.ask(request, prices: prices, deadline: .now + options.timeout)
                dialect.form = form
                bill.add(reply)
                return reply
            } catch {
                if error.kind == .cancelled { throw JudgeFailure(.cancelled, costUSD: bill.costUSD, tokens: bill.tokens) }
                if error.kind == .invalidRequest, error.status == 400 || error.status == 422, let simpler = form.next {
                    form = simpler
                    continue
                }
                guard attempt < retry.attempts, error.isTransient else {
                    throw JudgeFailure(.upstream(error), costUSD: bill.costUSD, tokens: bill.tokens)
                }
                do {
                    try await retry.sleep(retry.pause(after: attempt, error: error, salt: options.seed ^ TextHash.fnv1a(prompt.mark)))
                } catch {
                    throw JudgeFailure(.cancelled, costUSD: bill.costUSD, tokens: bill.tokens)
                }
                attempt += 1
            }
        }
    }

    private func body(_ messages: [Message], _ prompt: JudgePrompt, _ form: LearntDialect.Form) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("model", .string(model.model))
            writer.name("messages")
            writer.array { for message in messages { $0.value(message.json) } }
            if form.hasTemperature { writer.member("temperature", 0) }
            writer.member(form.hasTemperature ? "max_tokens" : "max_completion_tokens", .int(Int64(options.maxOutputTokens)))
            if form.hasSchema {
                let schema: JSONValue = ["name": "scores", "strict": true, "schema": prompt.schema]
                writer.member("response_format", ["type": "json_schema", "json_schema": schema])
            }
        }
        return writer.bytes
    }
}

private struct Message {
    var role: String
    var content: String
    var json: JSONValue { ["role": .string(role), "content": .string(content)] }
}

/// What the calls of one verdict used.
private struct Bill {
    var costUSD: Double?
    var tokens = TokenCount(source: .provider)

    mutating func add(_ reply: ModelQuestion.Reply) {
        tokens.input += reply.tokens.input
        tokens.cachedInput += reply.tokens.cachedInput
        tokens.output += reply.tokens.output
        if reply.tokens.source != .provider { tokens.source = .estimated }
        costUSD = costUSD.flatMap { sum in reply.costUSD.map { sum + $0 } }
    }
}

/// The plainest form of a request that the upstream was seen to take. Thread-safe.
///
/// Not every server knows `response_format`, and reasoning models refuse `temperature` and `max_tokens`: each 400 leads to the next form.
private final class LearntDialect: Sendable {
    enum Form: Int {
        case schema, plain, schemaWithoutTemperature, plainWithoutTemperature

        var hasSchema: Bool { self == .schema || self == .schemaWithoutTemperature }
        var hasTemperature: Bool { self == .schema || self == .plain }
        var next: Form? { Form(rawValue: rawValue + 1) }
    }

    private let known = Mutex(Form.schema)

    var form: Form {
        get { known.withLock { $0 } }
        set { known.withLock { $0 = newValue } }
    }
}
