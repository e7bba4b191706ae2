import FastJSON
import Testing

@Suite struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try CanonicalJSON(Array(text.utf8)).bytes, as: UTF8.self)
    }

    @Test(arguments: [
        // Order, white space, duplicates.
        (#" { "b" : 1 , "a" : [ 1 , { "d" : 2, "c":3 } ] } "#, #"{"a":[1,{"c":3,"d":2}],"b":1}"#),
        (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#),
        (#"{"a":{"x":1},"a":{"y":2},"a":null}"#, #"{"a":null}"#),
        (#"{"\u0061":1,"a":2}"#, #"{"a":2}"#),
        (
            #"{"aa":1,"a":2,"":3,"B":4,"é":5,"z":6,"😀":7,"\uffff":8}"#,
            "{\"\":3,\"B\":4,\"a\":2,\"aa\":1,\"z\":6,\"é\":5,\"\u{FFFF}\":8,\"😀\":7}"
        ),
        ("[]", "[]"), ("{}", "{}"), (" null ", "null"), ("[true,false]", "[true,false]"),
        // Strings.
        (#""\u0041\/\u002f""#, #""A//""#),
        (#""\u000a\u0008\u000C\u0009\u000d\u0022\u005c""#, #""\n\b\f\t\r\"\\""#),
        (#""\u001F\u0000\u007f""#, "\"\\u001f\\u0000\u{7F}\""),
        (#""\ud83d\ude00 \u00e9 \u65e5""#, "\"😀 é 日\""),
        (#""\uD83D \ude00 \uD83D\u0041 \uD83D\uD83D\uDE00""#, #""\ud83d \ude00 \ud83dA \ud83d😀""#),
        ("\"e\u{301} \u{E9}\"", "\"e\u{301} \u{E9}\""),
        // Numbers.
        ("[1,1.0,1e0,10E-1,0.1e1,1.000]", "[1,1,1,1,1,1]"),
        ("[0,-0,0.0,-0e5,0E-9]", "[0,0,0,0,0]"),
        ("[0.3,0.30,3e-1,0.30000000000000001]", "[0.3,0.3,0.3,0.3]"),
        ("[9007199254740993,9007199254740992]", "[9007199254740993,9007199254740992]"),
        ("[18446744073709551615,18446744073709551614]", "[18446744073709551615,18446744073709551614]"),
        ("[100,1e2,1E+2,100.00]", "[100,100,100,100]"),
        ("[1e21,1000000000000000000000,1e20]", "[1e21,1e21,100000000000000000000]"),
        ("[1234567890123456789012345]", "[1.234567890123456789012345e24]"),
        ("[-1.5,1.5e300,1e-7,0.000001,-12.25]", "[-1.5,1.5e300,1e-7,0.000001,-12.25]"),
        ("[5e-324,1e-400,0.1e-999999999999999999999]", "[5e-324,0,0]"),
        ("[-9223372036854775808,9223372036854775807]", "[-9223372036854775808,9223372036854775807]"),
    ])
    func oneSpelling(_ given: String, _ expected: String) throws {
        #expect(try canonical(given) == expected)
        #expect(try canonical(expected) == expected)
    }

    @Test(arguments: ["", "{", "[1,]", "{\"a\":1,}", "01", "nul", "\"\\u12\"", "1e400", "{\"a\" 1}", "\"\u{1}\"", "[1] 2"])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try canonical(text) }
    }

    @Test func theParsersDepthHolds() throws {
        let deep = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(try canonical(deep(256)) == deep(256))
        #expect(throws: JSONSyntaxError.self) { try canonical(deep(257)) }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func writtenDifferentlyItIsStillTheSame(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = RandomJSON.value(&generator, depth: 5)
        let expected = try CanonicalJSON(value)
        for _ in 0..<5 {
            var other: [UInt8] = []
            Respelling.append(Self.withUniqueNames(value), to: &other, &generator)
            #expect(try CanonicalJSON(other) == expected, "\(String(decoding: other, as: UTF8.self))")
        }
        // It means what the document means.
        #expect(Self.sorted(try JSONValue.parse(expected.bytes)) == Self.sorted(Self.withUniqueNames(value)))
        #expect(try CanonicalJSON(expected.bytes).bytes == expected.bytes)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func differentDocumentsStayDifferent(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (one, other) = (RandomJSON.value(&generator, depth: 3), RandomJSON.value(&generator, depth: 3))
        let areEqual = Self.sorted(Self.withUniqueNames(one)) == Self.sorted(Self.withUniqueNames(other))
        #expect((try CanonicalJSON(one) == CanonicalJSON(other)) == areEqual)
    }

    @Test func valuesAreVisitedInPlace() throws {
        let json = try CanonicalJSON(Array(#"{"b":[1,[2,{}],"x\ny"],"a\n":{"k":null},"a":"A"}"#.utf8))
        #expect(json.members(of: json.root).map { json.text(ofName: $0) } == ["a", "a\n", "b"])
        let list = try #require(json.member("b", of: json.root))
        #expect(json.elements(of: list).map { String(decoding: json.bytes(of: $0), as: UTF8.self) } == ["1", "[2,{}]", #""x\ny""#])
        #expect(json.elements(of: list).map(\.kind) == [.int, .array, .string])
        #expect(json.elements(of: list).last.flatMap(json.text(of:)) == "x\ny")
        #expect(json.member("c", of: json.root) == nil)
        #expect(json.member("a", of: json.root).map { json.isString("A", $0) } == true)
        #expect(json.member("a", of: json.root).map { json.isString("AB", $0) } == false)
        #expect(json.members(of: list).isEmpty)
        #expect(json.elements(of: json.root).isEmpty)
        #expect(json.members(of: json.root).map { String(decoding: json.bytes(of: $0), as: UTF8.self) }.first == #""a":"A""#)
    }

    @Test func manyMembersAreSortedQuickly() throws {
        var generator = SeededGenerator(seed: 1)
        let names = (0..<5_000).map { "n\($0)" }.shuffled(using: &generator)
        let json = try CanonicalJSON(.object(names.map { JSONMember($0, 1) }))
        #expect(json.members(of: json.root).map { json.text(ofName: $0) } == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// Of duplicates the last.
    private static func withUniqueNames(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(withUniqueNames))
        case .object(let members):
            var unique: [JSONMember] = []
            for member in members {
                unique.removeAll { Array($0.name.utf8) == Array(member.name.utf8) }
                unique.append(JSONMember(member.name, withUniqueNames(member.value)))
            }
            return .object(unique)
        default: return value
        }
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(sorted))
        case .object(let members):
            .object(
                members.map { JSONMember($0.name, sorted($0.value)) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        default: value
        }
    }
}

/// Writes a tree in any of the ways that JSON allows.
enum Respelling {
    static func append(_ value: JSONValue, to output: inout [UInt8], _ generator: inout SeededGenerator) {
        space(&output, &generator)
        switch value {
        case .string(let text): string(text, to: &output, &generator)
        case .int(let number): whole(number, to: &output, &generator)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(element, to: &output, &generator)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.shuffled(using: &generator).enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                // An earlier duplicate does not count.
                if Bool.random(using: &generator) {
                    string(member.name, to: &output, &generator)
                    output.append(contentsOf: ":[1],".utf8)
                }
                space(&output, &generator)
                string(member.name, to: &output, &generator)
                space(&output, &generator)
                output.append(UInt8(ascii: ":"))
                append(member.value, to: &output, &generator)
            }
            output.append(UInt8(ascii: "}"))
        default: output.append(contentsOf: value.serialized())
        }
        space(&output, &generator)
    }

    private static func space(_ output: inout [UInt8], _ generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: -3...2, using: &generator).clamped {
            output.append([0x20, 0x09, 0x0A, 0x0D].randomElement(using: &generator) ?? 0x20)
        }
    }

    private static func whole(_ number: Int64, to output: inout [UInt8], _ generator: inout SeededGenerator) {
        switch Int.random(in: 0...3, using: &generator) {
        case 0: output.append(contentsOf: "\(number).0".utf8)
        case 1: output.append(contentsOf: "\(number)0e-1".utf8)
        case 2: output.append(contentsOf: "\(number).000E+0".utf8)
        default: output.append(contentsOf: "\(number)".utf8)
        }
    }

    private static func string(_ text: String, to output: inout [UInt8], _ generator: inout SeededGenerator) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0..<4, using: &generator) == 0 {
                for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    output.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
                }
            } else if scalar == "/", Bool.random(using: &generator) {
                output.append(contentsOf: "\\/".utf8)
            } else {
                output.append(contentsOf: String(Character(scalar)).utf8)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension Int {
    fileprivate var clamped: Int { Swift.max(0, self) }
}
