import FastJSON
import Simulator

/// Prompts of several kinds. The kind says how sure the simulated drafter is of its answer; the prompt's own reference, whether that
/// answer is right. Surer kinds are right more often.
enum CalibrationPrompts {
    struct Kind: Sendable {
        var words = ""
        /// `nil`: as the words say.
        var text: String?
        /// Entropies of the tokens.
        var bits: [Double] = []
        /// Of twenty prompts of the kind, the drafter is wrong about so many.
        var wrong: Int
    }

    /// The drafter's number in every answer.
    static let answer = 42

    static let kinds: [Kind] = [
        Kind(text: "The answer is 42.", bits: [0.05], wrong: 0),
        Kind(text: "It is 42.", bits: [0.3, 0.1, 0.2], wrong: 0),
        Kind(text: "Counted one by one, the whole comes to 42.", bits: [0.2, 0.9, 0.4, 0.1, 1.1, 0.3], wrong: 1),
        Kind(text: "That should be 42, counted twice.", bits: [0.8, 1.4, 0.7, 0.2, 1.9], wrong: 4),
        Kind(
            words: "multi", text: "Some say 40 or 41. Others count again and find that it is perhaps 42.", bits: [1.2, 2.1, 1.4], wrong: 9),
        Kind(text: "Hard to tell, several numbers come to mind here, and one of the likely ones is 42.", bits: [2.8, 3.1, 2.2], wrong: 16),
        Kind(words: "censored", text: "Possibly 42.", bits: [3.6], wrong: 19),
        // What quality gates refuse, however sure it sounds, and a draft without evidence.
        Kind(words: "refusal", bits: [0.1], wrong: 20),
        Kind(words: "length", text: "The count begins with the first and comes to 42", bits: [0.1], wrong: 10),
        Kind(words: "nologprobs", text: "The answer is 42.", wrong: 5),
    ]

    /// Words that make the gateway take a prompt for another kind of task.
    private static let tasks = [
        "What is the count", "Calculate step by step the sum", "Write a poem about the number", "Write a Python function for the case",
    ]

    /// - Parameter kinds: only the first of them, in turn.
    static func text(_ index: Int, kinds: Int = kinds.count) -> String {
        "\(tasks[index / kinds % tasks.count]) of question number \(index), which is of kind k\(index % kinds)?"
    }

    /// A line of a prompt set for each of the first `count` prompts. Ids are `p-0` and so on.
    static func lines(_ count: Int, kinds used: Int = kinds.count) -> String {
        (0..<count).map { index in
            let kind = kinds[index % used]
            // A fixed shuffle of twenty, so that the wrong ones are not all at the beginning.
            let isWrong = (index / used * 7 + index % used * 3) % 20 < kind.wrong
            let value: JSONValue = [
                "id": .string("p-\(index)"), "category": .string("kind \(index % used)"), "prompt": .string(text(index, kinds: used)),
                "reference": ["type": "number", "value": .int(Int64(isWrong ? 7 : answer))],
            ]
            return String(decoding: value.serialized(), as: UTF8.self) + "\n"
        }.joined()
    }

    /// The drafter and the heavyweight to these prompts.
    static var scenario: Scenario {
        var rules: [Scenario.Rule] = []
        for (index, kind) in kinds.enumerated() {
            var behaviour = Behaviour(words: kind.words)
            if let text = kind.text { behaviour.content = .text(text) }
            behaviour.entropy = kind.bits.map { EntropySegment(tokens: 1, bits: $0) }
            rules.append(Scenario.Rule(model: CalibrationScene.drafter, promptContains: ["kind k\(index)?"], behaviour: behaviour))
        }
        var heavyweight = Behaviour(words: "confident")
        heavyweight.content = .text("Counted with care: 42")
        rules.append(Scenario.Rule(model: CalibrationScene.heavyweight, behaviour: heavyweight))
        return Scenario(rules: rules)
    }
}
