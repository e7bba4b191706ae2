import FastJSON
import Simulator
import Testing

/// Every behaviour of an upstream, in every release mode, streamed and not.
@Suite struct StreamMatrixTests {
    /// How a draft like this must end.
    enum Fate: Sendable {
        /// The draft is the answer.
        case ship
        /// The heavyweight is the answer, for this reason.
        case escalate(String)
        /// The drafter broke, and the heavyweight is the answer.
        case handOver(String)
        /// As `escalate`, but what had left already in a weaker release mode stays: then it is shipped and marked.
        case escalateOrOverrun(String)
        /// As `handOver`, but after a part has left the failure is told inside the stream.
        case handOverOrFail(String)

        var mayBeReleasedBefore: Bool {
            switch self {
            case .escalateOrOverrun, .handOverOrFail: true
            case .ship, .escalate, .handOver: false
            }
        }
    }

    struct Case: Sendable, CustomStringConvertible {
        var words: String
        var fate: Fate
        var extra: [(String, JSONValue)] = []
        /// The heavyweight was started before the verdict and cancelled.
        var cancelsPrefire = false
        var description: String { words }

        init(_ words: String, _ fate: Fate, extra: [(String, JSONValue)] = [], cancelsPrefire: Bool = false) {
            self.words = words
            self.fate = fate
            self.extra = extra
            self.cancelsPrefire = cancelsPrefire
        }
    }

    private static let tools: [(String, JSONValue)] = [("tools", Tools.two)]
    private static let format: [(String, JSONValue)] = [("response_format", Formats.city)]

    static let sound: [Case] = [
        Case("confident", .ship), Case("short", .ship), Case("echo", .ship), Case("unicode", .ship), Case("k5", .ship),
        Case("censored", .ship), Case("multi", .ship), Case("nousage", .ship), Case("bytesplit-n8-k1", .ship), Case("crlf", .ship),
        Case("comments", .ship), Case("recovering-s4-n60-d1000", .ship, cancelsPrefire: true), Case("json", .ship, extra: format),
    ]

    static let doubtful: [Case] = [
        Case("unsure", .escalate("entropy")), Case("unsure-d2000", .escalate("entropy")), Case("empty", .escalate("gate_empty_answer")),
        Case("refusal", .escalate("gate_refusal")), Case("refusalfield", .escalate("gate_refusal")),
        Case("invalidlogprobs-n6", .escalate("no_evidence")), Case("nologprobs-n6", .escalate("no_evidence")),
        // Providers give no logprobs for the tokens of a tool call: even a valid one has no evidence.
        Case("tool", .escalate("no_evidence"), extra: tools), Case("paralleltools", .escalate("no_evidence"), extra: tools),
        Case("length-n6", .escalate("gate_length")), Case("badtool", .escalate("gate_tool_call"), extra: tools),
        Case("brokentool", .escalate("gate_tool_call"), extra: tools), Case("unknowntool", .escalate("gate_tool_call"), extra: tools),
        Case("wrongjson", .escalate("gate_structured_output"), extra: format),
        Case("badjson", .escalate("gate_structured_output"), extra: format), Case("late-d3000", .escalateOrOverrun("entropy")),
        Case("length-d3000", .escalateOrOverrun("gate_length")), Case("nologprobs-d3000", .escalateOrOverrun("no_evidence")),
    ]

    static let broken: [Case] = [
        Case("refuse", .handOver("failure")), Case("err400", .handOver("failure")), Case("err401", .handOver("failure")),
        Case("err404", .handOver("failure")), Case("err429", .handOver("rate_limit")), Case("err500", .handOver("failure")),
        Case("err503", .handOver("failure")),
        Case("resetmid-n12", .handOver("failure")), Case("cutmid-n12", .handOver("failure")), Case("malformed-n12", .handOver("failure")),
        Case("errorevent-n12", .handOver("failure")), Case("nodone-n12", .handOver("failure")),
        Case("resetmid-d3000", .handOverOrFail("failure")), Case("cutmid-d3000", .handOverOrFail("failure")),
        Case("malformed-d3000", .handOverOrFail("failure")), Case("errorevent-d3000", .handOverOrFail("failure")),
        Case("nodone-d3000", .handOverOrFail("failure")),
    ]

    static let silent: [Case] = [
        Case("stallhead", .handOver("stall")), Case("stallfirst", .handOver("stall")), Case("stallmid-n12", .handOver("stall")),
    ]

    static let modes = ["buffered", "boundary", "holdback; n=16", "commit; n=16"]

    @Test("A sound draft is the answer, byte-exactly framed, in every release mode and streamed or not")
    func soundDrafts() async throws { try await run(Self.sound) }

    @Test("A doubted draft is replaced whole, or marked where part of it had left, in every release mode and streamed or not")
    func doubtfulDrafts() async throws { try await run(Self.doubtful) }

    @Test("Rule 17: a broken drafter is a hand-over that the client does not notice, in every release mode and streamed or not")
    func brokenDrafters() async throws { try await run(Self.broken) }

    @Test("Rule 17: a silent drafter is a hand-over that the client does not notice, in every release mode and streamed or not")
    func silentDrafters() async throws { try await run(Self.silent, stallMilliseconds: 700) }

    // MARK: One table, one gateway

    /// A model name of its own for every call, so that the simulator's report counts one call alone.
    private struct Call: Sendable {
        var test: Case
        var mode: String?
        var index: Int
        var route: String { "r\(index)" }
        var drafter: String { "q\(index)x-\(test.words)" }
        var heavyweight: String {
            // Its own answer must satisfy the request as well, and begin with words that no drafter says.
            let kind = test.extra.first.map { $0.0 == "tools" ? "tool" : "json" } ?? "expert"
            return "q\(index)y-\(kind)-n9"
        }
        var comment: Comment { "\(test.words), \(mode ?? "not streamed")" }
    }

    private func run(_ cases: [Case], stallMilliseconds: Int = 0) async throws {
        let variants = cases.flatMap { test in (Self.modes.map { $0 } as [String?] + [nil]).map { (test, $0) } }
        let calls = variants.enumerated().map { Call(test: $0.element.0, mode: $0.element.1, index: $0.offset) }
        var config = GatewayConfig()
        config.routes = calls.map { .init(name: $0.route, drafter: $0.drafter, heavyweight: $0.heavyweight) }
        config.prefire = ["stall_ms: \(stallMilliseconds)"]
        try await withGateway(config) { gateway in
            // A few at a time: the table is long and most of it waits.
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (number, call) in calls.enumerated() {
                    if number >= (stallMilliseconds > 0 ? 32 : 8) { try await tasks.next() }
                    tasks.addTask { try await Self.check(call, gateway) }
                }
                try await tasks.waitForAll()
            }
            #expect(await gateway.simulator.waitUntil { $0.open == 0 })
            #expect(try await gateway.metric("qualm_inflight_requests") == 0)
        }
    }

    private static func check(_ call: Call, _ gateway: GatewayUnderTest) async throws {
        let comment = call.comment
        let usage = call.index % 2 == 0
        var request = ChatCall(call.route, streaming: call.mode != nil, usage: usage, extra: call.test.extra)
        if let mode = call.mode { request = request.released(mode) }
        let answer = try await gateway.chat(request)
        let decision = try await gateway.decision(of: answer, comment)
        let outcome = try Outcome(answer, isStreaming: call.mode != nil, comment)
        #expect(decision["status"]?.string == (outcome.hasFailed ? "upstream_error" : "ok"), comment)
        if outcome.hasFailed {
            // Only after a part had left, and never with what ends a good answer.
            #expect(call.test.fate.mayBeReleasedBefore && outcome.isPartial, comment)
            return
        }
        if call.mode != nil { try answer.transcript().expectExactFraming(usage: usage, comment) }
        try await expectFate(call, request, outcome, decision, gateway)
        try await expectCounts(call, decision, gateway)
    }

    /// The answer is the whole answer of one of the two models, and the headers, the metadata and the record say which.
    private static func expectFate(
        _ call: Call, _ request: ChatCall, _ outcome: Outcome, _ decision: JSONValue, _ gateway: GatewayUnderTest
    ) async throws {
        let comment = call.comment
        let isDraft = decision["route"]?.string == "draft"
        switch call.test.fate {
        case .ship:
            #expect(isDraft && decision["decision"]?.string == "ship" && decision["reason"]?.string == "accepted", comment)
        case .escalate(let reason):
            #expect(!isDraft && decision["decision"]?.string == "escalate" && decision["reason"]?.string == reason, comment)
        case .handOver(let reason), .handOverOrFail(let reason):
            #expect(!isDraft && decision["decision"]?.string == "handover" && decision["reason"]?.string == reason, comment)
        case .escalateOrOverrun(let reason):
            let isWeak = call.mode.map { $0.hasPrefix("commit") || $0.hasPrefix("holdback") || $0.hasPrefix("boundary") } ?? false
            #expect(!isDraft || isWeak, comment)
            #expect(decision["reason"]?.string == (isDraft ? "overrun_\(reason)" : reason), comment)
            #expect(decision["overrun"]?.bool == isDraft, comment)
        }
        let model = isDraft ? call.drafter : call.heavyweight
        #expect(outcome.model == model, comment)
        // A head that left with a keep-alive says what was known then.
        if outcome.keepAlives == 0 {
            #expect(outcome.headerModel == "sim:\(model)" && outcome.headerRoute == (isDraft ? "draft" : "heavyweight"), comment)
        }
        #expect(outcome.metadata?["route"] == decision["route"] && outcome.metadata?["reason"] == decision["reason"], comment)
        let reference = try await gateway.reference(model, request)["choices"]?.array?.first?["message"]
        #expect(outcome.content == reference?["content"]?.string ?? "", comment)
        let calls = reference?["tool_calls"]?.array?.map {
            [$0["function", "name"]?.string ?? "", $0["function", "arguments"]?.string ?? ""]
        }
        #expect(outcome.toolCalls == calls ?? [], comment)
    }

    /// Streams opened, cancelled and paid, as the simulator and the ledger saw them.
    private static func expectCounts(_ call: Call, _ decision: JSONValue, _ gateway: GatewayUnderTest) async throws {
        let comment = call.comment
        let legs = decision["legs"]?.array ?? []
        #expect(legs.count { $0["leg"]?.string == "draft" } == 1, comment)
        let isDraft = decision["route"]?.string == "draft"
        let heavyweights = legs.filter { $0["leg"]?.string == "heavyweight" }
        #expect(isDraft ? heavyweights.count <= 1 : heavyweights.count == 1, comment)
        if call.test.cancelsPrefire {
            #expect(heavyweights.first?["end"]?.string == "cancelled", comment)
            #expect(decision["prefires"]?.array?.first?["outcome"]?.string == "cancelled", comment)
        }
        if !isDraft { #expect(heavyweights.first?["end"]?.string == "completed" && heavyweights.first?["wasted"] == false, comment) }
        // Nobody is left waiting for an answer that will not be used; a pre-fire may be cancelled before it is sent.
        let isOver = await gateway.simulator.waitUntil { report in
            report.records.allSatisfy { ($0.model != call.drafter && $0.model != call.heavyweight) || $0.outcome != .open }
        }
        #expect(isOver, comment)
        let records = gateway.simulator.report().records.filter(\.isStream)
        let drafts = records.filter { $0.model == call.drafter }
        let answers = records.filter { $0.model == call.heavyweight }
        // A reused connection that is closed without a word is tried again on another one.
        #expect(drafts.count == 1 || call.test.words == "refuse" && drafts.count > 1, comment)
        #expect(answers.count <= heavyweights.count && (isDraft || answers.count == 1), comment)
        if !isDraft { #expect(answers.first?.outcome == .completed, comment) }
        // The provider's own count is what the ledger bills.
        if isDraft, call.test.words != "nousage" {
            let paid = legs.first { $0["leg"]?.string == "draft" }
            #expect(paid?["tokens_source"]?.string == "provider", comment)
            #expect(paid?["output_tokens"]?.int == drafts.first?.tokensSent, comment)
        }
    }
}

/// What the client got, streamed or not.
private struct Outcome {
    var content = ""
    var toolCalls: [[String]] = []
    var model: String?
    var headerModel: String?
    var headerRoute: String?
    var metadata: JSONValue?
    var keepAlives = 0
    var hasFailed = false
    /// A stream that began, broke off, and says so.
    var isPartial = false

    init(_ answer: Answer, isStreaming: Bool, _ comment: Comment) throws {
        headerModel = answer.header("x-qualm-model")
        headerRoute = answer.header("x-qualm-route")
        #expect(answer.isComplete, comment)
        #expect(answer.header("x-request-id")?.isEmpty == false && answer.header("x-qualm-overhead-ms") != nil, comment)
        guard answer.status == 200 else {
            hasFailed = true
            return
        }
        if isStreaming {
            let stream = try answer.transcript()
            #expect(answer.header("content-type") == "text/event-stream; charset=utf-8", comment)
            #expect(answer.header("cache-control") == "no-cache" && answer.header("x-accel-buffering") == "no", comment)
            content = stream.content
            toolCalls = stream.toolCalls.map { Array($0.dropFirst()) }
            model = stream.model
            metadata = stream.metadata
            keepAlives = stream.keepAlives
            hasFailed = stream.error != nil
            isPartial = hasFailed && !stream.chunks.isEmpty && !stream.isDone && stream.metadata == nil
        } else {
            let json = try answer.json()
            #expect(
                json["object"]?.string == "chat.completion" && json["usage"]?.object != nil || comment.rawValue.hasPrefix("nousage"),
                comment)
            content = try answer.content() ?? ""
            toolCalls = (try answer.message()?["tool_calls"]?.array ?? []).map {
                [$0["function", "name"]?.string ?? "", $0["function", "arguments"]?.string ?? ""]
            }
            model = json["model"]?.string
            metadata = json["qualm"]
        }
    }
}

extension GatewayUnderTest {
    fileprivate func decision(of answer: Answer, _ comment: Comment) async throws -> JSONValue {
        let id = try #require(answer.header("x-qualm-decision-id"), "\(comment): \(answer.status) \(answer.text.prefix(300))")
        return try await decision(id)
    }
}
