import Cascade
import ChatAPI
import FastJSON
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("Which answers are kept, and how")
struct AdmissionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let candidate: CacheCandidate
        let admit: CacheSettings.Admit
        let refusal: CacheAdmission?

        init(_ name: String, _ candidate: CacheCandidate, admit: CacheSettings.Admit = .all, _ refusal: CacheAdmission?) {
            self.name = name
            self.candidate = candidate
            self.admit = admit
            self.refusal = refusal
        }
        var testDescription: String { name }
    }

    private static func body(_ json: String, finish: FinishReason = .stop) -> CacheCandidate {
        var candidate = Pipeline.candidate("", finish: finish)
        candidate.body = Array(json.utf8)
        return candidate
    }

    private static func message(_ message: String, finish: FinishReason = .stop) -> CacheCandidate {
        body(#"{"choices":[{"index":0,"message":\#(message)}]}"#, finish: finish)
    }

    static let call = #"{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]}"#

    static let cases = [
        Case("a heavyweight's answer", Pipeline.candidate("Yes."), nil),
        Case("a heavyweight's answer, drafts only", Pipeline.candidate("Yes."), admit: .shippedDrafts, .policy),
        Case("an accepted draft", Pipeline.candidate("Yes.", route: .draft, doubt: 0.49), nil),
        Case("an accepted draft, drafts only", Pipeline.candidate("Yes.", route: .draft, doubt: 0), admit: .shippedDrafts, nil),
        Case("a draft at half the level", Pipeline.candidate("Yes.", route: .draft, doubt: 0.5), .doubtful),
        Case("a draft without evidence", Pipeline.candidate("Yes.", route: .draft), .doubtful),
        Case("a draft whose doubt is no number", Pipeline.candidate("Yes.", route: .draft, doubt: .nan), .doubtful),
        Case("cut at the limit", Pipeline.candidate("Yes.", finish: .length), .incomplete),
        Case("filtered", Pipeline.candidate("Yes.", finish: .contentFilter), .incomplete),
        Case("ended otherwise", Pipeline.candidate("Yes.", finish: .other), .incomplete),
        Case("marked", Pipeline.candidate("Yes.", isMarked: true), .marked),
        Case("marked and cut", Pipeline.candidate("Yes.", finish: .length, isMarked: true), .incomplete),
        Case("from the cache itself", Pipeline.candidate("Yes.", route: .cache), .policy),
        Case("not routed", Pipeline.candidate("Yes.", route: .direct), .policy),
        Case("white space", Pipeline.candidate(" \\n\\t "), .unfit),
        Case("nothing", Pipeline.candidate(""), .unfit),
        Case("too large", Pipeline.candidate(String(repeating: "x", count: 4_096)), .unfit),
        Case("complete tool calls", message(call, finish: .toolCalls), nil),
        Case("tool calls that stopped", message(call), nil),
        Case("tool calls announced, none made", message(#"{"content":"Hm."}"#, finish: .toolCalls), .incomplete),
        Case("text in parts", message(#"{"content":[{"type":"text","text":"Yes."}]}"#), nil),
        Case("only a refusal", message(#"{"content":null,"refusal":"No."}"#), .unfit),
        Case("two choices", body(#"{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}"#), .unfit),
        Case("no choices", body(#"{"choices":[]}"#), .unfit),
        Case("no completion", body(#"{"error":"x"}"#), .unfit),
        Case("no JSON", body("yes"), .unfit),
        Case("no bytes", body(""), .unfit),
    ]

    @Test("the rules, one by one", arguments: cases)
    func rules(_ one: Case) {
        let reading = LazyReading(one.candidate.body)
        #expect(
            AdmissionRules.refusal(of: one.candidate, admit: one.admit, maxEntryBytes: 4_096, reading: reading.value) == one.refusal)
    }

    @Test(
        "a refusal in the heavyweight's own words is not repeated; talk about refusals is",
        arguments: [("I'm sorry, but I can't help with that.", CacheAdmission.marked), ("\u{201C}I can't\u{201D} is a contraction.", nil)])
    func refusals(_ text: String, _ refusal: CacheAdmission?) {
        let candidate = Pipeline.candidate(text)
        let reading = LazyReading(candidate.body)
        #expect(AdmissionRules.refusal(of: candidate, admit: .all, maxEntryBytes: 4_096, reading: reading.value) == refusal)
    }

    @Test("a refused answer is counted once, by its reason, and not stored")
    func refusedIsCounted() async throws {
        try await Pipeline.run(resident: true) { pipeline in
            for (position, candidate) in [
                Pipeline.candidate("A", finish: .length), Pipeline.candidate("A", isMarked: true), Pipeline.candidate("A", route: .draft),
                Pipeline.candidate(" "), Pipeline.candidate("A", route: .direct),
            ].enumerated() {
                let lookup = try pipeline.begin("Q\(position)")
                _ = try await lookup.outcome()
                lookup.session.end(.answered(candidate))
                lookup.session.end(.answered(Pipeline.candidate("the first end counts")))
            }
            #expect(pipeline.observer.record.admissions == [.incomplete: 1, .marked: 1, .doubtful: 1, .unfit: 1, .policy: 1])
            #expect(await pipeline.cache.statistics().admissions == pipeline.observer.record.admissions)
            #expect(pipeline.answers.calls(.set) == 0)
        }
    }

    @Test("an entry reads back as it was written", arguments: 0..<200)
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func text() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &generator))
                    }
                ))
        }
        let answer = StoredAnswer(
            id: text(), partition: text(), prompt: Bool.random(using: &generator) ? text() : nil,
            body: (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) },
            model: ModelName(provider: text(), model: text()), route: AnswerRoute.allCases.randomElement(using: &generator) ?? .draft,
            tokens: TokenCount(
                input: Int.random(in: 0...100_000, using: &generator), cachedInput: 3, output: 7,
                source: TokenCount.Source.allCases.randomElement(using: &generator) ?? .unknown),
            createdAt: 1.75e9 + generator.unit())
        let bytes = StoredEntry.answer(answer).encoded()
        #expect(StoredEntry(bytes) == .answer(answer))
        // Whatever happens to it on the way, it is not taken for something else.
        #expect(StoredEntry(Array(bytes.dropLast())) == nil)
        #expect(StoredEntry(bytes + [0]) == nil)
        for _ in 0..<20 {
            var broken = bytes
            broken[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            #expect(StoredEntry(broken) == nil)
        }
        #expect(StoredEntry(Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)))) == nil)
        let tombstone = StoredEntry.tombstone(partition: text())
        #expect(StoredEntry(tombstone.encoded()) == tombstone)
    }

    @Test("random bytes are no entry, even behind the right head")
    func garbage() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(StoredEntry(bytes) == nil)
            if bytes.count >= 4 { bytes.replaceSubrange(0..<4, with: [0x51, 0x43, 1, UInt8.random(in: 0...1, using: &generator)]) }
            #expect(StoredEntry(bytes) == nil)
        }
    }

    @Test(
        "the usage of a kept body says that it is cached, and nothing else changes",
        arguments: [
            (#"{"choices":[],"usage":{"prompt_tokens":1}}"#, #"{"choices":[],"usage":{"prompt_tokens":1,"cached":true}}"#),
            (#"{"usage": {"cached":false , "x":{"cached":1}},"a":1.0}"#, #"{"usage": {"cached":true , "x":{"cached":1}},"a":1.0}"#),
            (#"{"usage":{}}"#, #"{"usage":{"cached":true}}"#),
            (
                #"{"a":1,"usage":null}"#,
                #"{"a":1,"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"estimated":true,"cached":true}}"#
            ),
            (#"{}"#, #"{"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"estimated":true,"cached":true}}"#),
        ])
    func marks(body: String, expected: String) {
        let marked = CachedBody.marked(Array(body.utf8), tokens: TokenCount(input: 9, output: 2, source: .estimated))
        #expect(marked.map { String(decoding: $0, as: UTF8.self) } == expected)
    }
}
