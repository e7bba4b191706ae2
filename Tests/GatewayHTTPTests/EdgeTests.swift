import HTTPTypes
import Testing

@testable import GatewayHTTP

@Suite("What the edge reads and writes")
struct EdgeTests {
    @Test(
        "A key is accepted whole and in no other way",
        arguments: [
            ("Bearer sk-one", BearerKeys.Verdict.accepted), ("bearer   sk-two ", .accepted), ("Bearer sk-on", .wrong),
            ("Bearer sk-one1", .wrong), ("Bearer ", .missing), ("Basic sk-one", .missing), ("sk-one", .missing), ("Bearer sk-ONE", .wrong),
        ])
    func keys(header: String, verdict: BearerKeys.Verdict) {
        var headers = HTTPFields()
        headers[.authorization] = header
        #expect(BearerKeys(["sk-one", "sk-two"]).check(headers) == verdict)
        #expect(BearerKeys([]).check(headers) == .accepted)
    }

    @Test("No key is missing, not wrong; SDKs may send x-api-key")
    func otherHeaders() throws {
        #expect(BearerKeys(["k"]).check(HTTPFields()) == .missing)
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("x-api-key"))] = "k"
        #expect(BearerKeys(["k"]).check(headers) == .accepted)
    }

    @Test("Comparison looks at every byte whatever was sent", arguments: ["", "s", "secret", "secrets", "Secret", "secre\0"])
    func constantTime(sent: String) {
        #expect(BearerKeys.isEqual(Array("secret".utf8), Array(sent.utf8)) == (sent == "secret"))
    }

    @Test(
        "Percent escapes are decoded or refused",
        arguments: [
            ("openai%3Agpt", "openai:gpt"), ("a%2Fb", "a/b"), ("plain", "plain"), ("%E2%82%AC", "€"), ("%", nil), ("%4", nil), ("%zz", nil),
            ("%ff", nil),
        ])
    func percent(text: String, decoded: String?) {
        #expect(PercentEncoding.decoded(Substring(text)) == decoded)
    }

    @Test(
        "Numbers in headers have their decimals and no locale",
        arguments: [
            (0.126, "0.126"), (0.1, "0.100"), (12.3456, "12.346"), (-0.5, "-0.500"), (0, "0.000"), (1e9, "1000000000.000"), (.nan, "0"),
        ])
    func decimals(value: Double, text: String) {
        #expect(value.decimals(3) == text)
    }

    @Test("A hundred thousand names are a hundred thousand different names")
    func names() {
        let ids = RequestIDs()
        let made = Set((0..<100_000).map { _ in ids.make("dec_") })
        #expect(made.count == 100_000)
        #expect(made.allSatisfy { $0.hasPrefix("dec_") && $0.utf8.count == 28 })
    }

    @Test("A client's own request name is kept when it is fit for a header", arguments: [("trace-1", true), ("", false), ("a b", false)])
    func ownName(name: String, isKept: Bool) {
        var headers = HTTPFields()
        headers[.xRequestID] = name
        #expect((RequestIDs().requestID(headers) == name) == isKept)
    }

    @Test(
        "A target is a path and a query",
        arguments: [
            ("/v1/decisions?limit=5", "/v1/decisions", "5"), ("/v1/decisions/?a=b&limit=%37", "/v1/decisions", "7"), ("/", "/", nil),
            ("/v1/decisions?limit", "/v1/decisions", ""), ("/v1/decisions?", "/v1/decisions", nil),
        ])
    func targets(target: String, path: String, limit: String?) {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: target)
        let request = IncomingRequest(head: head, acceptedAt: .now)
        #expect(request.path == path)
        #expect(request.query("limit") == limit)
    }

    @Test("Permits are as many as were given, and come back")
    func permits() {
        let admission = Admission(limit: 2)
        #expect(admission.enter() && admission.enter())
        #expect(!admission.enter() && admission.inFlight == 2)
        admission.leave()
        #expect(admission.enter())
    }
}
