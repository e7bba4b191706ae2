import EntropyRouting
import Testing

@Suite("Task class")
struct TaskClassTests {
    static let table: [(String, TaskClass)] = [
        ("", .simpleFactual),
        ("What is the capital of France?", .simpleFactual),
        ("Who wrote Faust", .simpleFactual),
        ("Write a Python function that reverses a list.", .code),
        ("fix this:\n```\nfor i in x\n```", .code),
        ("Explain why the sky is blue, step by step.", .reasoning),
        ("A train leaves at 3. Calculate the average speed and the total time.", .reasoning),
        ("Write a haiku about rain", .creative),
        ("WRITE ME A POEM", .creative),
        // Equal votes: code before reasoning before creative.
        ("explain this code", .code),
        ("explain this poem", .reasoning),
        // Parts of words do not vote.
        ("The decoder of Storyville", .simpleFactual),
        ("C++ or C#?", .code),
        ("¿Qué hora es?", .simpleFactual),
    ]

    @Test("A few words give a prompt's class away", arguments: table)
    func classify(prompt: String, expected: TaskClass) {
        #expect(TaskClass.classify(prompt) == expected)
        #expect(TaskClass.classify(bytes: Array(prompt.utf8)) == expected)
    }

    @Test("Only the beginning of a long prompt is read")
    func bounded() {
        #expect(TaskClass.classify(String(repeating: "x ", count: 2_047) + "poem") == .simpleFactual)
        #expect(TaskClass.classify(String(repeating: "x ", count: 2_000) + "poem") == .creative)
    }
}
