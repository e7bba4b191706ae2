import Cascade
import ChatAPI
import EntropyRouting
import Testing

@testable import SemanticCache

@Suite struct PartitionRulesTests {
    private typealias Requests = PartitionRequests

    // MARK: What is not looked at

    @Test(arguments: [
        (#""temperature":0.31,"#, CacheBypass.temperature), (#""temperature":1,"#, .temperature), (#""temperature":-0.1,"#, .temperature),
        (#""n":2,"#, .choices), (#""logprobs":true,"#, .logprobs), (#""logprobs":true,"top_logprobs":5,"#, .logprobs),
        (#""modalities":["text","audio"],"#, .media), (#""modalities":["image"],"#, .media),
        (#""audio":{"voice":"alloy","format":"wav"},"#, .media),
        (#""web_search_options":{},"#, .time), (#""stop":["a"],"temperature":2,"n":3,"#, .temperature),
    ])
    func membersThatKeepTheCacheOut(_ members: String, _ reason: CacheBypass) throws {
        #expect(try Requests.reading(Requests.question("Capital of France?", members)).bypass == reason)
    }

    @Test(arguments: [
        "", #""temperature":0,"#, #""temperature":0.3,"#, #""temperature":3e-1,"#, #""temperature":null,"#, #""n":1,"#, #""n":1.0,"#,
        #""n":null,"#, #""logprobs":false,"#, #""logprobs":null,"#, #""modalities":["text"],"#, #""modalities":null,"#, #""audio":null,"#,
        #""web_search_options":null,"#, #""stop":null,"#, #""tools":null,"#, #""tools":[],"#,
    ])
    func membersThatDoNot(_ members: String) throws {
        #expect(try Requests.reading(Requests.question("Capital of France?", members)).fingerprint != nil)
    }

    @Test func theClientsDirectivesAndControlsComeFirst() throws {
        let body = Array(Requests.question("What is the weather today?", #""temperature":1,"#).utf8)
        let rules = PartitionRules()
        #expect(rules.read(try Requests.query(body, directive: .noStore)).bypass == .directive)
        #expect(rules.read(try Requests.query(body, control: .always, directive: .noCache)).bypass == .control)
        #expect(rules.read(try Requests.query(body, control: .never)).bypass == .control)
        #expect(rules.read(try Requests.query(body, directive: .onlyIfCached)).bypass == .temperature)
        let plain = Array(Requests.question().utf8)
        for directive in [CacheDirective.noCache, .onlyIfCached] {
            #expect(rules.read(try Requests.query(plain, directive: directive)) == rules.read(try Requests.query(plain)))
        }
    }

    @Test func longPromptsAreNotLookedAt() throws {
        let body = Array(Requests.question().utf8)
        #expect(PartitionRules().read(try Requests.query(body, promptTokens: 2_000)).fingerprint != nil)
        #expect(PartitionRules().read(try Requests.query(body, promptTokens: 2_001)).bypass == .length)
        #expect(PartitionRules(maxPromptTokens: 50).read(try Requests.query(body, promptTokens: 51)).bypass == .length)
    }

    @Test(arguments: [
        (#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]"#, CacheBypass.media),
        (#"[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]},{"role":"user","content":"and?"}]"#, .media),
        (
            #"[{"role":"user","content":"What is the weather?"},{"role":"assistant","content":"Where?"},{"role":"user","content":"In Paris."}]"#,
            .time
        ),
        (#"[{"role":"user","content":[{"type":"text","text":"Who is"},{"type":"text","text":"currently pope?"}]}]"#, .time),
    ])
    func messagesThatKeepTheCacheOut(_ messages: String, _ reason: CacheBypass) throws {
        #expect(try Requests.reading(#"{"model":"auto","messages":\#(messages)}"#).bypass == reason)
    }

    @Test func onlyTheUsersWordsCanAskForTheMoment() throws {
        let body =
            #"{"model":"auto","messages":[{"role":"system","content":"Today is Monday."},{"role":"user","content":"Capital of France?"}]}"#
        #expect(try Requests.reading(body).fingerprint != nil)
        let rules = PartitionRules(extraTimeWords: ["capital of"])
        #expect(try Requests.reading(body, rules: rules).bypass == .time)
    }

    /// The upstream reads the client's own bytes, and may read the other member.
    @Test(arguments: [
        #"{"model":"auto","messages":[{"role":"user","content":"POISON","content":"Hi"}]}"#,
        #"{"model":"auto","messages":[{"role":"user","content":"Ho"}],"messages":[{"role":"user","content":"Hi"}]}"#,
        #"{"model":"auto","temperature":2,"temperature":0,"messages":[{"role":"user","content":"Hi"}]}"#,
        #"{"model":"auto","messages":[{"role":"user","cont\u0065nt":"POISON","content":"Hi"}]}"#,
        #"{"model":"auto","seed":1,"seed":2,"messages":[{"role":"user","content":"Hi"}]}"#,
    ])
    func twoMembersOfOneNameAreNotLookedUp(_ body: String) throws {
        #expect(try Requests.reading(body).bypass == .shape)
    }

    // MARK: What is the same

    @Test(arguments: [
        (#"{"role":"user","content":"Hi"}"#, #"{"content":[{"text":"\u0048i","type":"text"}],"role":"user"}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":"Hi","name":null}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":[{"type":"text","text":"Hi","cache_control":null}]}"#),
    ])
    func messagesThatSayTheSame(_ one: String, _ other: String) throws {
        let bodies = [one, other].map { #"{"model":"auto","messages":[\#($0)]}"# }
        #expect(try Requests.fingerprint(bodies[0]) == Requests.fingerprint(bodies[1]))
        // Earlier turns, too.
        let turns = [one, other].map { #"{"model":"auto","messages":[\#($0),{"role":"user","content":"Go on."}]}"# }
        #expect(try Requests.fingerprint(turns[0]) == Requests.fingerprint(turns[1]))
    }

    @Test(arguments: [
        #""stream":true,"stream_options":{"include_usage":true},"#, #""user":"u","metadata":{"a":"b"},"store":true,"#,
        #""service_tier":"flex","safety_identifier":"s","prompt_cache_key":"k","prompt_cache_retention":"24h","#,
        #""logprobs":false,"top_logprobs":3,"n":1,"seed":null,"#, #""qualm":{"cache":"no-cache"},"#,
    ])
    func membersThatChangeNoAnswer(_ members: String) throws {
        #expect(try Requests.fingerprint(Requests.question("Hi", members)) == Requests.fingerprint(Requests.question("Hi")))
    }

    @Test(arguments: [
        (#""stop":"a","#, #""stop":["a"],"#), (#""temperature":0,"#, #""temperature":-0.0,"#),
        (#""temperature":0.1,"#, #""temperature":0.3,"#),
        (#""seed":7,"#, #""seed":7.0,"#), (#""max_tokens":128,"#, #""max_completion_tokens":128.0,"#),
    ])
    func membersThatSayTheSame(_ one: String, _ other: String) throws {
        let first = try #require(try Requests.fingerprint(Requests.question("Hi", one)))
        #expect(try Requests.fingerprint(Requests.question("Hi", other)) == first)
        #expect(try Requests.fingerprint(Requests.question("Hi"))?.partition != first.partition)
    }

    @Test func requestsOfOneTokenBucketShareEntriesButKeepTheirLimits() throws {
        let prints = try [64, 100, 127].map { try #require(try Requests.fingerprint(Requests.question("Hi", #""max_tokens":\#($0),"#))) }
        #expect(Set(prints.map(\.id)).count == 1)
        #expect(prints.map(\.maxTokens) == [64, 100, 127])
        for other in [63, 128, 0] {
            #expect(try Requests.fingerprint(Requests.question("Hi", #""max_tokens":\#(other),"#))?.partition != prints[0].partition)
        }
        // Whichever of two limits a provider obeys, the answer fits.
        for (one, other) in [(70, 90), (90, 70)] {
            let both = Requests.question("Hi", #""max_tokens":\#(one),"max_completion_tokens":\#(other),"#)
            #expect(try Requests.fingerprint(both)?.maxTokens == 70)
        }
    }

    // MARK: What differs

    @Test func noTextPassesForAnotherField() throws {
        let rules = PartitionRules()
        let body = Array(Requests.question().utf8)
        func partition(_ tenant: [String], _ policy: String, version: String = "") throws -> String? {
            PartitionRules(version: version).read(try Requests.query(body, tenant: tenant, policy: policy)).fingerprint?.partition
        }
        let partitions = [
            try partition(["a", "b"], "p"), try partition(["a"], "bp"), try partition(["ab"], "p"), try partition(["a\",\"b"], "p"),
            try partition(["b", "a"], "p"), try partition([], "p"), try partition([""], "p"), try partition(["", ""], "p"),
            try partition(["a", "b"], ""), try partition(["a", "b"], "p", version: "1"), try partition(["1", "a", "b"], "p"),
            try partition(["a", "b", "p"], ""), try partition(["a\u{0}b"], "p"), try partition(["a", "b\u{0}"], "p"),
        ]
        #expect(Set(partitions.compactMap { $0 }).count == partitions.count)
        let forged = [
            #"[{"role":"user","content":"a"},{"role":"user","content":"b"}]"#,
            #"[{"role":"user","content":"a\"},{\"role\":\"user\",\"content\":\"b"}]"#,
            #"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#, #"[{"role":"user","content":"a\nb"}]"#,
            #"[{"role":"user","content":[{"type":"text","text":"a\",\"b"}]}]"#,
            #"[{"role":"user","content":"a\",\"b"},{"role":"assistant"}]"#,
        ]
        let ids = try forged.map { rules.read(try Requests.query(Array(#"{"model":"auto","messages":\#($0)}"#.utf8))).fingerprint?.id }
        #expect(Set(ids.compactMap { $0 }).count == forged.count)
    }

    @Test func theLastUserTextIsExactAndOutsideOfThePartition() throws {
        let texts = ["Hi", "hi", "Hi ", " Hi", "Hi.", "H\\u0069!", "Hi\\n", "\\ud800", "\\ud801", "\\ufffd", "e\\u0301", "\\u00e9"]
        let prints = try texts.map { try #require(try Requests.fingerprint(Requests.question($0))) }
        #expect(Set(prints.map(\.partition)).count == 1)
        #expect(Set(prints.map(\.id)).count == texts.count)
        #expect(prints[2].prompt == "Hi ")
    }

    @Test func fingerprintsHaveTheirForms() throws {
        let print = try #require(try Requests.fingerprint(Requests.question()))
        #expect(print.partition.utf8.count == 64)
        #expect(print.partition.allSatisfy { "0123456789abcdef".contains($0) })
        let groups = print.id.split(separator: "-")
        #expect(groups.map(\.count) == [8, 4, 4, 4, 12])
        #expect(groups[2].first == "8")
        #expect(groups[3].first.map { "89ab".contains($0) } == true)
        #expect(print.prompt == "Capital of France?")
        #expect(print.maxTokens == nil)
    }

    @Test(arguments: [
        #"[{"role":"user","content":"Weigh this."},{"role":"assistant","content":"Sure:"}]"#,
        #"[{"role":"user","content":"2+2?"},{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","tool_call_id":"1","content":"4"}]"#,
        #"[{"role":"system","content":"Say hello."}]"#, #"[{"role":"user","content":""}]"#, #"[{"role":"user","content":" \n "}]"#,
        #"[{"role":"user"}]"#, #"[{"role":"user","content":[]}]"#,
    ])
    func withoutALastUserTextTheWholeIsExact(_ messages: String) throws {
        let print = try #require(try Requests.fingerprint(#"{"model":"auto","messages":\#(messages)}"#))
        #expect(print.prompt == nil)
        let other = messages.replacingFirst("role", by: "r0le\":1,\"role")
        #expect(try Requests.fingerprint(#"{"model":"auto","messages":\#(other)}"#)?.id != print.id)
    }

    @Test func severalTextPartsAreOnePrompt() throws {
        let two = #"{"model":"auto","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#
        let print = try #require(try Requests.fingerprint(two))
        #expect(print.prompt == "a\nb")
        #expect(try Requests.fingerprint(Requests.question("a\\nb"))?.partition != print.partition)
        let moved = #"{"model":"auto","messages":[{"role":"user","content":[{"type":"text","text":"a\nb"},{"type":"text","text":""}]}]}"#
        #expect(try Requests.fingerprint(moved)?.partition == print.partition)
        #expect(try Requests.fingerprint(moved)?.id != print.id)
    }

    @Test func everyPartOfAnEarlierTurnCounts() throws {
        let contents = [
            #"[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#, #"[{"type":"text","text":"a"},{"type":"text","text":"c"}]"#,
            #"[{"type":"text","text":"a"}]"#, #"[{"type":"text","text":"a"},{"type":"text","text":""}]"#, "[]", #""""#, "null",
            #"[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#,
        ]
        var partitions: Set<String> = []
        for content in contents {
            let body = #"{"model":"auto","messages":[{"role":"assistant","content":\#(content)},{"role":"user","content":"Go on."}]}"#
            let print = try #require(try Requests.fingerprint(body))
            #expect(partitions.insert(print.partition).inserted, "\(content)")
        }
    }

    @Test func aVeryLongTextIsExactOnly() throws {
        let limit = ChatRequest.maxUserTextBytes
        let fits = try #require(try Requests.fingerprint(Requests.question(String(repeating: "a", count: limit))))
        #expect(fits.prompt?.utf8.count == limit)
        let longer = try #require(try Requests.fingerprint(Requests.question(String(repeating: "a", count: limit + 1))))
        #expect(longer.prompt == nil)
        let longest = try #require(try Requests.fingerprint(Requests.question(String(repeating: "a", count: limit + 2))))
        #expect(Set([fits.id, longer.id, longest.id]).count == 3)
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, by other: String) -> String {
        guard let range = firstRange(of: text) else { return self }
        return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
    }
}
