import ChatAPI
import Testing

@Suite("A client gets as many alternatives as it asked for")
struct LogprobsTrimmerTests {
    private func trimmed(_ json: String, _ limit: Int) -> String {
        var out: [UInt8] = []
        let bytes = Array(json.utf8)
        LogprobsTrimmer.append(bytes.span, limit: limit, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test(arguments: [
        (0, #"{"content":[{"token":"a","top_logprobs":[]},{"top_logprobs": []}],"refusal":null}"#),
        (1, #"{"content":[{"token":"a","top_logprobs":[{"token":"],[","bytes":[1,2]}]},{"top_logprobs": [{"token":"\"]"}]}],"refusal":null}"#),
        (2, #"{"content":[{"token":"a","top_logprobs":[{"token":"],[","bytes":[1,2]},{"token":"b"}]},{"top_logprobs": [{"token":"\"]"}]}],"refusal":null}"#),
        (3, #"{"content":[{"token":"a","top_logprobs":[{"token":"],[","bytes":[1,2]},{"token":"b"},{}]},{"top_logprobs": [{"token":"\"]"}]}],"refusal":null}"#),
        (20, #"{"content":[{"token":"a","top_logprobs":[{"token":"],[","bytes":[1,2]},{"token":"b"},{}]},{"top_logprobs": [{"token":"\"]"}]}],"refusal":null}"#),
    ])
    func everyListIsCutAndNothingElseChanges(limit: Int, expected: String) {
        let whole = #"{"content":[{"token":"a","top_logprobs":[{"token":"],[","bytes":[1,2]},{"token":"b"},{}]},{"top_logprobs": [{"token":"\"]"}]}],"refusal":null}"#
        #expect(trimmed(whole, limit) == expected)
    }

    @Test func aTokenThatReadsLikeTheNameIsNotTheName() {
        let json = #"{"content":[{"token":"top_logprobs","bytes":[1,2,3]}]}"#
        #expect(trimmed(json, 0) == json)
    }
}
