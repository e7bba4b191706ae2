import EntropyRouting
import Testing

@Suite("Quality gates")
struct QualityGatesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var facts: DraftFacts
        /// `nil`: passes.
        var gate: GateName?
        var testDescription: String { "\(facts.finish.rawValue) \(facts.text.prefix(60))" }

        init(_ facts: DraftFacts, _ gate: GateName?) {
            self.facts = facts
            self.gate = gate
        }
    }

    static let rows: [Row] = [
        Row(DraftFacts(text: "Paris.", finish: .stop), nil),
        Row(DraftFacts(text: "Paris.", finish: .other), nil),
        Row(DraftFacts(text: "", finish: .stop), .emptyAnswer),
        Row(DraftFacts(text: " \n\t\u{200B}\u{00A0}", finish: .stop), .emptyAnswer),
        Row(DraftFacts(text: "", finish: .toolCalls, toolCallCount: 1), nil),
        Row(DraftFacts(text: "", finish: .toolCalls), .emptyAnswer),
        Row(DraftFacts(text: "Let me look.", finish: .toolCalls), .toolCall),
        Row(DraftFacts(text: "", finish: .toolCalls, toolCallProblem: "unknown tool \"rm\"", toolCallCount: 1), .toolCall),
        Row(DraftFacts(text: "Paris is", finish: .length), .length),
        Row(DraftFacts(text: "", finish: .length), .length),
        Row(DraftFacts(text: "Par", finish: .contentFilter), .contentFilter),
        Row(DraftFacts(text: "{}", finish: .stop, wantsJSON: true), nil),
        Row(DraftFacts(text: "{", finish: .stop, wantsJSON: true, structuredOutputProblem: "ends inside an object"), .structuredOutput),
        Row(DraftFacts(text: "{", finish: .stop, wantsJSON: false, structuredOutputProblem: "ends inside an object"), nil),
        Row(
            DraftFacts(text: "", finish: .toolCalls, wantsJSON: true, structuredOutputProblem: "empty", toolCallCount: 1), nil),
        Row(DraftFacts(text: "", finish: .stop, refusal: true), .refusal),
        Row(
            DraftFacts(text: "I'm sorry, but I can't help.", finish: .stop, wantsJSON: true, structuredOutputProblem: "no"), .refusal),
        Row(DraftFacts(text: "I'm not sure, let me look it up.", finish: .toolCalls, toolCallCount: 1), nil),
    ]

    @Test("Each gate catches its own, in a fixed order", arguments: rows)
    func table(row: Row) {
        let verdict = QualityGates().verdict(row.facts)
        switch (verdict, row.gate) {
        case (.pass, nil): break
        case (.escalate(let gate, let reason), let expected?):
            #expect(gate == expected && !reason.isEmpty)
        default: Issue.record("\(verdict), expected \(row.gate?.rawValue ?? "pass")")
        }
    }

    @Test("The problem found is part of the reason")
    func reasons() {
        let facts = DraftFacts(text: "", finish: .toolCalls, toolCallProblem: "unknown tool \"rm\"", toolCallCount: 1)
        #expect(QualityGates().verdict(facts) == .escalate(gate: .toolCall, reason: "a tool call is unusable: unknown tool \"rm\""))
    }

    @Test("A gate that is not enabled is not asked, and the next one is")
    func disabled() {
        let empty = DraftFacts(text: "", finish: .length)
        #expect(QualityGates(enabled: []).verdict(empty) == .pass)
        #expect(QualityGates(enabled: [.emptyAnswer]).verdict(empty) == .escalate(gate: .emptyAnswer, reason: "the draft is empty"))
    }

    @Test("A minimum length holds for its task class and not for tool calls")
    func minimumLength() {
        let gates = QualityGates(minimumCharacters: [.code: 12])
        func gate(_ facts: DraftFacts) -> GateName? {
            if case .escalate(let gate, _) = gates.verdict(facts) { gate } else { nil }
        }
        #expect(gate(DraftFacts(text: "print(42)", finish: .stop, taskClass: .code)) == .length)
        #expect(gate(DraftFacts(text: "print(42), 1", finish: .stop, taskClass: .code)) == nil)
        #expect(gate(DraftFacts(text: "Yes.", finish: .stop, taskClass: .simpleFactual)) == nil)
        #expect(gate(DraftFacts(text: "", finish: .toolCalls, toolCallCount: 1, taskClass: .code)) == nil)
    }

    static let refusals = [
        "I'm sorry, but I can't assist with that.",
        "I’m sorry, but I can’t assist with that request.",
        "I'M SORRY, I CANNOT do this",
        "Sorry, I can't.",
        "Unfortunately, I don't have that data.",
        "I apologize for the confusion, but I cannot say.",
        "As an AI, I have no feelings.",
        "As an AI language model I cannot",
        "As an AI",
        "I don't know.",
        "I don’t know",
        "I do not know the answer",
        "I don't know — it was long ago",
        "I don't know…",
        "I am not sure about that",
        "I'm not sure.",
        "Well, I'm not sure that this is right.",
        "  \n\n**I'm not sure** about it",
        "Hmm... honestly, I have no idea",
        "I'm unable to browse the internet",
        "I'm afraid I can't do that, Dave.",
        "Well, unfortunately, I'm sorry, but I am not permitted to say",
    ]

    @Test("An answer that begins like a refusal is one", arguments: refusals)
    func beginsLikeARefusal(text: String) {
        guard case .escalate(.refusal, let reason) = QualityGates().verdict(DraftFacts(text: text, finish: .stop)) else {
            Issue.record("passed: \(text)")
            return
        }
        #expect(reason.hasPrefix("the draft begins with \""))
    }

    static let answers = [
        "Paris.",
        "The shortest refusal is: I don't know.",
        "\"I don't know\" is what Socrates said.",
        "“I’m sorry, but I can’t” is a common refusal.",
        "He said: as an AI, I have no feelings.",
        "As an aid to memory, ...",
        "As an aircraft engineer you ...",
        "As an AIX user ...",
        "I can't stress enough how important this is.",
        "I cannotify is not a word.",
        "I don't knowé",
        "Sorry to hear that! Try restarting the router.",
        "Unfortunately for the king, the bridge was out.",
        "I'm not surprised: it is 42.",
        "I am not surely known.",
        "Well, the answer is 4.",
        "Well, well, well, well, well, well, well",
        "but but but but but but but but I don't know",
        "",
        "****",
    ]

    @Test("An answer that only resembles or quotes a refusal passes", arguments: answers)
    func resemblesARefusal(text: String) {
        if case .escalate(.refusal, let reason) = QualityGates().verdict(DraftFacts(text: text, finish: .stop)) {
            Issue.record("\(text): \(reason)")
        }
    }
}
