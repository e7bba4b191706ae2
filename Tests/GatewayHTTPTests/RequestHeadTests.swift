import HTTPTypes
import Testing

@testable import GatewayHTTP

@Suite("What a head says about its connection and its body")
struct RequestHeadTests {
    private func request(_ fields: [(HTTPField.Name, String)]) -> IncomingRequest {
        var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")
        for (name, value) in fields { head.headerFields.append(HTTPField(name: name, value: value)) }
        return IncomingRequest(head: head, acceptedAt: .now)
    }

    @Test(
        "The close may be one of several wishes, in any case",
        arguments: [
            (["close"], true), (["CLOSE"], true), (["TE, close"], true), (["keep-alive,Close"], true), (["a", "b , close\t, c"], true),
            ([], false), ([""], false), (["keep-alive"], false), (["closed"], false), (["not-close"], false), ([", ,"], false),
        ])
    func wantsClose(values: [String], expected: Bool) {
        #expect(request(values.map { (.connection, $0) }).wantsClose == expected)
    }

    @Test("A body is announced by its length or by its coding, and only then is waited for")
    func bodies() {
        #expect(!request([]).hasBody && !request([(.contentLength, "0")]).hasBody)
        #expect(request([(.contentLength, "1")]).hasBody && request([(.transferEncoding, "chunked")]).hasBody)
        #expect(!request([(.expect, "100-continue")]).expectsContinue)
        #expect(request([(.expect, "100-Continue"), (.contentLength, "1")]).expectsContinue)
        #expect(!request([(.expect, "200-ok"), (.contentLength, "1")]).expectsContinue)
    }

    @Test(
        "A declared length is held against the limit before a byte is read",
        arguments: [("0", nil), ("10", nil), ("11", 413), ("18446744073709551615", 413)] as [(String, Int?)])
    func limits(length: String, status: Int?) {
        var request = request([(.contentLength, length)])
        request.settle(limit: 10)
        #expect(request.refusal.map { PlainResponse($0).status } == status && request.closesConnection == (status != nil))
    }
}
