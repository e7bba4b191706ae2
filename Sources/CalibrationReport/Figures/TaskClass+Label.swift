import EntropyRouting

extension TaskClass {
    /// As it is written in the page.
    var label: String {
        switch self {
        case .simpleFactual: "simple factual"
        case .reasoning: "reasoning"
        case .code: "code"
        case .creative: "creative"
        }
    }
}
