import FastJSON
import Testing

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func commasStandBetweenAndNowhereElse() {
        let written = text { writer in
            writer.object {
                $0.member("a", 1)
                $0.name("b")
                $0.array { list in
                    list.int(1)
                    list.array { _ in }
                    list.object { _ in }
                    list.null()
                    list.bool(true)
                    list.raw("{\"x\": 1}".utf8)
                    list.string("s")
                }
                $0.member("c", raw: "[1, 2]".utf8)
                $0.member("d", [:])
            }
        }
        #expect(written == #"{"a":1,"b":[1,[],{},null,true,{"x": 1},"s"],"c":[1, 2],"d":{}}"#)
    }

    @Test func whatStandsBeforeIsLeftAlone() {
        var writer = JSONWriter(appendingTo: Array("data: ".utf8))
        writer.object { $0.member("a", "b") }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"data: {"a":"b"}"#)
    }

    static let strings: [(String, String)] = [
        ("", #""""#), ("a\"b\\c/", #""a\"b\\c/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""),
        ("é日😀\u{2028}", "\"é日😀\u{2028}\""),
    ]

    @Test(arguments: strings)
    func stringsAreEscapedAsLittleAsPossible(value: String, expected: String) {
        #expect(text { $0.string(value) } == expected)
        let bytes = Array(value.utf8)
        #expect(text { $0.string(utf8: bytes.span) } == expected)
    }

    @Test func illFormedUTF8IsRepaired() {
        let bytes: [UInt8] = [0x61, 0xFF, 0x22]
        #expect(text { $0.string(utf8: bytes.span) } == "\"a\u{FFFD}\\\"\"")
    }

    static let doubles: [(Double, String)] = [
        (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e22, "1e+22"), (.leastNonzeroMagnitude, "5e-324"), (.nan, "null"), (.infinity, "null"),
        (-.infinity, "null"),
        (-0.000016187581, "-1.6187581e-05"),
    ]

    @Test(arguments: doubles)
    func doublesAreShortestAndNeverNaN(value: Double, expected: String) {
        #expect(text { $0.double(value) } == expected)
    }
}
