import FastJSON
import Testing

@Suite struct JSONObjectIndexTests {
    @Test func membersHaveNamesRangesAndKinds() throws {
        let text = " { \"model\" : \"auto\" ,\"n\":2,\"t\":0.5, \"s\\u0074ream\":true,\"x\":null,\"o\":{\"a\":[1]},\"l\":[ {} ] } \n"
        let index = try JSONObjectIndex(Array(text.utf8))
        #expect(index.members.map(\.name) == ["model", "n", "t", "stream", "x", "o", "l"])
        #expect(index.members.map(\.kind) == [.string, .int, .double, .bool, .null, .object, .array])
        func slice(_ range: Range<Int>) -> String { String(decoding: index.bytes[range], as: UTF8.self) }
        #expect(index.members.map { slice($0.value) } == ["\"auto\"", "2", "0.5", "true", "null", "{\"a\":[1]}", "[ {} ]"])
        #expect(slice(index.members[0].range) == "\"model\" : \"auto\"")
        #expect(slice(index.members[3].range) == "\"s\\u0074ream\":true")
        #expect(slice(index.range).first == "{" && slice(index.range).last == "}")
        #expect(index.range.count == text.utf8.count - 3)
    }

    @Test func valuesAreReadByName() throws {
        let json = #"{"s":"a\n\u00e9","b":true,"f":false,"i":-3,"w":2.0,"d":1.5,"big":1e300,"n":null,"o":{"deep":{"x":7}}}"#
        let index = try JSONObjectIndex(Array(json.utf8))
        #expect(index.string("s") == "a\né")
        #expect(index.bool("b") == true)
        #expect(index.bool("f") == false)
        #expect(index.int("i") == -3)
        #expect(index.int("w") == 2)
        #expect(index.int("d") == nil)
        #expect(index.int("big") == nil)
        #expect(index.double("d") == 1.5)
        #expect(index.double("i") == -3)
        #expect(index.string("i") == nil)
        #expect(index.bool("missing") == nil)
        #expect(index.kind(of: "n") == .null)
        #expect(index.value("o") == ["deep": ["x": 7]])
        #expect(index.value("n") == JSONValue.null)
        #expect(index.object("o")?.object("deep")?.int("x") == 7)
        let nested = try #require(index.object("o")?["deep"])
        #expect(String(decoding: index.bytes[nested.value], as: UTF8.self) == #"{"x":7}"#)
        #expect(index.object("s") == nil)
    }

    @Test func ofDuplicatesTheLastCounts() throws {
        let index = try JSONObjectIndex(Array(#"{"a":1,"b":2,"\u0061":3}"#.utf8))
        #expect(index.int("a") == 3)
        #expect(index.members.count == 3)
    }

    static let refused: [(String, Int, String)] = [
        ("[1]", 0, "expected a JSON object"), ("  \"x\"", 2, "expected a JSON object"), ("{\"a\":[1,}", 8, "a value"),
        ("{\"a\":1}}", 7, "the end"),
        ("{\"a\":1e999}", 5, "too large"), ("", 0, "end of the document"), ("{\"a\":[0,01,255]}", 8, "zero"), ("[1", 2, "']'"),
    ]

    @Test(arguments: refused)
    func anythingElseIsRefused(text: String, offset: Int, reason: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONObjectIndex(Array(text.utf8)) }
        #expect(error?.offset == offset)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: 1...4)
    func theIndexAgreesWithTheTree(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let members = (0..<Int.random(in: 0...8, using: &generator)).map { _ in RandomJSON.member(&generator, depth: 3) }
            let index = try JSONObjectIndex(JSONValue.object(members).serialized())
            #expect(index.members.map(\.name) == members.map(\.name))
            for (found, member) in zip(index.members, members) {
                #expect(try JSONValue.parse(Array(index.bytes[found.value])) == member.value)
            }
        }
    }
}
