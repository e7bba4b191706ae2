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

    private static let first = #"{"token":"],[","bytes":[1,2]}"#
    private static let second = #"{"token":"b"}"#
    private static let other = #"{"token":"\"]"}"#

    private static func value(_ list: String, _ otherList: String) -> String {
        #"{"content":[{"token":"a","top_logprobs":[\#(list)]},{"top_logprobs": [\#(otherList)]}],"refusal":null}"#
    }

    @Test(arguments: [
        (0, value("", "")), (1, value(first, other)), (2, value("\(first),\(second)", other)),
        (3, value("\(first),\(second),{}", other)), (20, value("\(first),\(second),{}", other)),
    ])
    func everyListIsCutAndNothingElseChanges(limit: Int, expected: String) {
        #expect(trimmed(Self.value("\(Self.first),\(Self.second),{}", Self.other), limit) == expected)
    }

    @Test func aTokenThatReadsLikeTheNameIsNotTheName() {
        let json = #"{"content":[{"token":"top_logprobs","bytes":[1,2,3]}]}"#
        #expect(trimmed(json, 0) == json)
    }
}
