import HTTPTransport
import Testing

@testable import CurlHTTP

@Suite
struct PartsTests {
    @Test(arguments: [
        ("https://user:secret@api.example.com:8443/v1?key=1", "api.example.com:8443"),
        ("http://[::1]:80", "[::1]:80"),
        ("api.example.com?x", "api.example.com"),
        ("", ""),
    ])
    func whatIsLoggedOfAURLHasNoCredentialsPathOrQuery(_ url: String, _ place: String) {
        #expect(loggablePlace(ofURL: url) == place)
    }

    /// libcurl code, errno, the proxy's answer, something sent, head seen.
    @Test(arguments: [
        (1, 0, 0, false, false, HTTPTransportError.Kind.invalidURL), (1, 0, 0, true, false, .malformedResponse),
        (3, 0, 0, false, false, .invalidURL),
        (5, 0, 0, false, false, .dns), (6, 0, 0, false, false, .dns), (7, 111, 0, false, false, .connectionRefused),
        (7, 101, 0, false, false, .unreachable), (8, 0, 0, true, false, .malformedResponse), (16, 0, 0, true, false, .resetBeforeHead),
        (18, 0, 0, true, true, .resetMidBody), (27, 0, 0, true, false, .oversizedHeaders), (27, 0, 0, false, false, .other),
        (28, 0, 0, false, false, .connectTimeout), (35, 0, 0, false, false, .tls), (52, 0, 0, true, false, .resetBeforeHead),
        (55, 32, 0, true, false, .resetBeforeHead), (56, 104, 0, true, true, .resetMidBody), (56, 0, 407, true, false, .unreachable),
        (56, 104, 200, true, false, .resetBeforeHead), (60, 0, 0, false, false, .tls), (77, 0, 0, false, false, .tls),
        (92, 0, 0, true, true, .resetMidBody), (97, 0, 0, false, false, .unreachable), (100, 0, 0, true, false, .oversizedHeaders),
        (0, 0, 0, true, false, .resetBeforeHead), (43, 0, 0, false, false, .other),
    ])
    func everyWayToFailHasItsKind(
        _ code: UInt32, _ systemError: Int, _ proxyStatus: Int, _ hasSent: Bool, _ hasHead: Bool, _ kind: HTTPTransportError.Kind
    ) {
        #expect(failureKind(code, systemError, proxyStatus, hasSent, hasHead) == kind)
    }

    @Test
    func durationsAreClamped() {
        #expect(Duration.seconds(-1).clampedNanoseconds == 0)
        #expect(Duration.nanoseconds(5).clampedNanoseconds == 5)
        #expect(Duration.seconds(Int64.max).clampedNanoseconds == .max)
        #expect(Duration.zero.clampedMilliseconds == 1)
        #expect(Duration.microseconds(1500).clampedMilliseconds == 2)
        #expect(Duration.seconds(Int64.max).clampedMilliseconds == Int(Int32.max))
        #expect(MonotonicTime(nanoseconds: 7).advanced(byNanoseconds: .max) == .never)
    }

    /// What a sequence of lines gives.
    private func parse(_ lines: [String], maxBytes: Int = 1000) -> (heads: [HTTPResponseHead], isOversized: Bool) {
        var parser = ResponseHeadParser(maxBytes: maxBytes)
        var heads: [HTTPResponseHead] = []
        for line in lines {
            let step = Array(line.utf8).withUnsafeBytes { parser.consume($0) }
            switch step {
            case .more: break
            case .head(let head): heads.append(head)
            case .oversized: return (heads, true)
            }
        }
        return (heads, false)
    }

    @Test
    func headLinesBecomeAHead() {
        let lines = [
            "HTTP/1.1 102 Processing\r\n", "a: b\r\n", "\r\n", "HTTP/2 200 \r\n", "Name:\t value with : colon \r\n", " folded\r\n",
            "no colon\r\n",
            ": no name\r\n", "bare:newline\n", "\r\n", "trailer: x\r\n", "\r\n",
        ]
        let head = HTTPResponseHead(status: 200, headers: [HTTPHeader("Name", "value with : colon folded"), HTTPHeader("bare", "newline")])
        #expect(parse(lines).heads == [head])
    }

    @Test
    func theBoundCountsEveryLineOfEveryHead() {
        let lines = ["HTTP/1.1 100 A\r\n", "\r\n", "HTTP/1.1 200 B\r\n", "\r\n"]
        let bytes = lines.reduce(0) { $0 + $1.utf8.count }
        #expect(parse(lines, maxBytes: bytes).heads.count == 1)
        #expect(parse(lines, maxBytes: bytes - 1).isOversized)
    }

    @Test
    func headerSetsAreRememberedUntilTooManyOthersCame() throws {
        var cache = RequestHeaderCache()
        let first = try cache.list(for: [HTTPHeader("a", "1")], hasBody: false)
        #expect(try cache.list(for: [HTTPHeader("a", "1")], hasBody: false) === first)
        #expect(try cache.list(for: [HTTPHeader("a", "1")], hasBody: true) !== first)
        for value in 0..<8 { _ = try cache.list(for: [HTTPHeader("b", "\(value)")], hasBody: false) }
        #expect(try cache.list(for: [HTTPHeader("a", "1")], hasBody: false) !== first)
    }
}
