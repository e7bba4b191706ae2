import Cascade
import ChatAPI
import EntropyRouting

/// A shipped draft to be audited. Holds text; lives in the queue and its worker only.
struct AuditJob: Sendable {
    let watch: RouteWatch
    let observation: CalibrationWatch.Observation
    let id: String
    let chat: ChatRequest
    let taskClass: TaskClass
    let promptTokens: Int
    let draft: String
    /// Drawn while audits failed: shows whether they still do. Requests that were not shipped did not count then, and so its verdict does not.
    let isProbe: Bool

    init(
        watch: RouteWatch, observation: CalibrationWatch.Observation, record: DecisionRecord, request: CascadeRequest, draft: String,
        isProbe: Bool
    ) {
        self.isProbe = isProbe
        self.watch = watch
        self.observation = observation
        id = record.id
        chat = request.chat
        taskClass = request.taskClass
        promptTokens = max(0, request.estimatedPromptTokens)
        self.draft = draft
    }

    /// What the audit may cost, in US dollars, on the high side: an answer of the heavyweight twice as long as the draft, and a judge that sees the request and
    /// both answers in both orders. `nil` when a price is unknown.
    func estimate(judge: ModelName, prices: PriceBook) -> Double? {
        let draftTokens = draft.utf8.count / 4 + 1
        let answerTokens = min(2 * draftTokens + 256, max(1, chat.maxTokens ?? .max))
        let asked = TokenCount(input: promptTokens, output: answerTokens)
        let judged = TokenCount(input: 2 * (promptTokens + draftTokens + answerTokens + 800), output: 2 * 400)
        guard let answer = prices.cost(of: asked, model: watch.route.heavyweight), let verdict = prices.cost(of: judged, model: judge)
        else { return nil }
        return answer + verdict
    }
}
