import FastJSON
import Testing

@Suite struct JSONParseTests {
    static let documents: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true\n", true), ("\tfalse\r", false), ("0", 0), ("-0", .double(-0.0)), ("-12", -12),
        ("1.0", .double(1)),
        ("1e2", .double(100)), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .double(0x1p63)), ("-9223372036854775809", .double(-0x1p63)),
        ("123456789012345678901234567890", .double(1.2345678901234568e29)), ("0.000", .double(0)), ("-9999.0", .double(-9999)),
        ("1E-400", .double(0)), ("4.9e-324", .double(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
        ("0e99999999999999999999", .double(0)), ("\"\"", ""), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"),
        (#""\u0041\u00e9\u65E5\ud83d\ude00""#, "Aé日😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00\ud83dx""#, "\u{FFFD}\u{FFFD}x"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\u0000""#, "\u{0}"), ("[]", []), ("[ ]", []), ("{ }", [:]), ("[[],{}]", [[], [:]]),
        ("[1,22,333]", [1, 22, 333]), ("[1,22,3333,4]", [1, 22, 3333, 4]), ("[ 1 , 2 ]", [1, 2]), ("[0,10,255]", [0, 10, 255]),
        (#"{"a":1,"b":[true,null],"a":2}"#, ["a": 1, "b": [true, nil], "a": 2]), (#"{"\u0061":"x"}"#, ["a": "x"]),
    ]

    @Test(arguments: documents)
    func aDocumentIsReadByTheGrammar(text: String, expected: JSONValue) throws {
        let value = try JSONValue.parse(quoting: text)
        #expect(value == expected)
        if case .double(let number) = value, case .double(let wanted) = expected { #expect(number.sign == wanted.sign) }
    }

    static let faults: [(String, Int, Int, Int, String)] = [
        ("", 0, 1, 1, "end of the document"), ("   ", 3, 1, 4, "end of the document"), ("{", 1, 1, 2, "member name"),
        ("[", 1, 1, 2, "a value"),
        ("[1,]", 3, 1, 4, "']'"), ("{\"a\":1,}", 7, 1, 8, "member name"), ("{\"a\" 1}", 5, 1, 6, "':'"), ("{\"a\":}", 5, 1, 6, "a value"),
        ("{a:1}", 1, 1, 2, "'a'"), ("{'a':1}", 1, 1, 2, "member name"), ("[1 2]", 3, 1, 4, "',' or ']'"), ("[1}", 2, 1, 3, "',' or ']'"),
        ("{\"a\":1]", 6, 1, 7, "',' or '}'"), ("1 2", 2, 1, 3, "the end of the document"), ("{} x", 3, 1, 4, "the end"),
        ("tru", 0, 1, 1, "unknown word"),
        ("nulll", 4, 1, 5, "the end"), ("True", 0, 1, 1, "a value"), ("NaN", 0, 1, 1, "a value"), ("-", 1, 1, 2, "a digit"),
        ("01", 0, 1, 1, "zero"),
        ("[0,01,255]", 3, 1, 4, "zero"), ("-01", 0, 1, 1, "zero"), ("+1", 0, 1, 1, "'+'"), (".5", 0, 1, 1, "'.'"),
        ("1.", 2, 1, 3, "decimal point"),
        ("1.e3", 2, 1, 3, "decimal point"), ("1e", 2, 1, 3, "exponent"), ("1e+", 3, 1, 4, "exponent"), ("1.5x", 3, 1, 4, "the end"),
        ("0x1F", 1, 1, 2, "the end"), ("\"abc", 0, 1, 1, "closing quote"), ("\"a\\\"", 0, 1, 1, "closing quote"),
        ("\"a\nb\"", 2, 1, 3, "control"),
        ("\"a\tb\"", 2, 1, 3, "0x09"), (#""\x""#, 1, 1, 2, "invalid escape"), (#""\u12g4""#, 1, 1, 2, "hexadecimal"),
        (#""\u12""#, 1, 1, 2, "hexadecimal"),
        ("\"a\"\"b\"", 3, 1, 4, "the end"), ("\"a\"b", 3, 1, 4, "the end"), ("1\"a\"", 1, 1, 2, "the end"),
        ("{\n  \"é\": é\n}", 10, 2, 8, "byte 0xC3"),
        ("[1,\u{C}2]", 3, 1, 4, "0x0C"), ("[1\u{1A}2]", 2, 1, 3, "0x1A"), ("\u{FEFF}{}", 0, 1, 1, "0xEF"),
        ("[1,\n2,\n3,,\n4]", 9, 3, 3, "a value"),
        ("1e999", 0, 1, 1, "too large"), ("[-1e400]", 1, 1, 2, "too large"), ("// x\n1", 0, 1, 1, "'/'"),
    ]

    @Test(arguments: faults)
    func anErrorSaysWhereAndWhy(text: String, offset: Int, line: Int, column: Int, reason: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(quoting: text) }
        #expect(error?.offset == offset)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    static let illFormed: [([UInt8], Int)] = [
        ([0x22, 0x80, 0x22], 1), ([0x22, 0xC3, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
        ([0x22, 0xC0, 0xAF, 0x22], 1), ([0x5B, 0x22, 0xC3, 0xA9, 0x22, 0x2C, 0xFF, 0x5D], 6),
    ]

    @Test(arguments: illFormed)
    func illFormedUTF8IsAnError(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(bytes) }
        #expect(error?.offset == offset)
        #expect(error?.message == "invalid UTF-8")
    }

    @Test(arguments: ["[", "{\"a\":"])
    func nestingIsBounded(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + "0" + String(repeating: closing, count: depth)
        }
        _ = try JSONValue.parse(quoting: nested(256))
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(quoting: nested(257)) }
        #expect(error?.offset == 256 * opening.utf8.count)
        #expect(error?.message.contains("256") == true)
        #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(quoting: String(repeating: opening, count: 200_000)) }
        _ = try JSONObjectIndex(Array("{\"x\":\(nested(255))}".utf8))
    }

    @Test(arguments: [1, 2, 3])
    func everyDoubleReadsBackExactly(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let value = RandomJSON.finite(&generator)
            guard case .double(let read) = try JSONValue.parse(JSONValue.double(value).serialized()) else {
                Issue.record("\(value) is no double")
                continue
            }
            #expect(read == value)
        }
    }

    @Test(arguments: [4, 5, 6])
    func anyDecimalIsRoundedAsTheStandardLibraryDoes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func digits(_ count: ClosedRange<Int>) -> String {
            String((0..<Int.random(in: count, using: &generator)).map { _ in Character("\(Int.random(in: 0...9, using: &generator))") })
        }
        for _ in 0..<10_000 {
            var text = Bool.random(using: &generator) ? "-" : ""
            text += Bool.random(using: &generator) ? "0" : "\(Int.random(in: 1...9, using: &generator))" + digits(0...24)
            text += "." + digits(1...24)
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -340...280, using: &generator))" }
            #expect(try JSONValue.parse(quoting: text).double == Double(text), "\(text)")
        }
    }

    @Test(arguments: 1...8)
    func aTreeSurvivesBeingWrittenAndRead(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let value = RandomJSON.value(&generator)
            #expect(try JSONValue.parse(value.serialized()) == value)
        }
    }

    /// The scanner on SIMD and the checker written byte by byte must agree on what is JSON.
    @Test(arguments: 11...18)
    func theScannerAndTheCheckerAgreeOnMutatedDocuments(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("{}[],:\"\\ \n\t0123456789.-+eEtrufalsn\u{1}\u{C}\u{1A}/u".utf8) + [0x80, 0xC3, 0xFF]
        var accepted = 0
        for _ in 0..<4000 {
            var bytes = RandomJSON.value(&generator, depth: 3).serialized()
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let byte = alphabet.randomElement(using: &generator) ?? 0
                let position = Int.random(in: 0...bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.insert(byte, at: position)
                case 1 where position < bytes.count: bytes[position] = byte
                default: if position < bytes.count { bytes.remove(at: position) }
                }
            }
            let complaint = JSONSyntaxChecker.firstError(in: bytes)
            do {
                _ = try JSONValue.parse(bytes)
                accepted += 1
                #expect(complaint == nil, "accepted \(String(decoding: bytes, as: UTF8.self))")
            } catch {
                let isRange = error.message.contains("too large")
                #expect(complaint != nil || isRange, "refused \(String(decoding: bytes, as: UTF8.self)): \(error)")
            }
        }
        #expect(accepted > 1000)
        #expect(accepted < 4000)
    }
}
