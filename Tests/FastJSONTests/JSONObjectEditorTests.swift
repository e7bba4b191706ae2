import FastJSON
import Testing

@Suite struct JSONObjectEditorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var source: String
        var edit: @Sendable (inout JSONObjectEditor) -> Void
        var expected: String
        var testDescription: String { source + " -> " + expected }
    }

    static let cases: [Case] = [
        Case(source: #" { "a" : 1 , "b":2 } "#, edit: { _ in }, expected: #" { "a" : 1 , "b":2 } "#),
        Case(source: #" { "a" : 1.50 , "b":2 } "#, edit: { $0.set("b", to: 3) }, expected: #" { "a" : 1.50 , "b":3 } "#),
        Case(source: #"{ "a" : 1 , "b":2 }"#, edit: { $0.remove("a") }, expected: #"{ "b":2 }"#),
        Case(source: #"{ "a" : 1 , "b":2 }"#, edit: { $0.remove("b") }, expected: #"{ "a" : 1 }"#),
        Case(source: #"{"a":1,"b":2,"c":3}"#, edit: { $0.remove("b") }, expected: #"{"a":1,"c":3}"#),
        Case(source: #"{"a":1,"b":2,"c":3}"#, edit: { for name in ["a", "b"] { $0.remove(name) } }, expected: #"{"c":3}"#),
        Case(source: #"{"a":1}"#, edit: { $0.remove("a") }, expected: "{}"),
        Case(source: #"{"a":1}"#, edit: { $0.remove("zz") }, expected: #"{"a":1}"#),
        Case(source: "{}", edit: { $0.set("x", to: "y") }, expected: #"{"x":"y"}"#),
        Case(source: "{ \n}", edit: { $0.set("x", raw: Array("[ 1 ]".utf8)) }, expected: "{ \n\"x\":[ 1 ]}"),
        Case(source: #"{"a":1 }"#, edit: { $0.set("q\"", to: nil) }, expected: #"{"a":1,"q\"":null }"#),
        Case(
            source: #"{"a":1}"#,
            edit: {
                $0.remove("a")
                $0.set("b", to: 2)
            }, expected: #"{"b":2}"#),
        Case(source: #"{"a":1,"b":0,"a":2,"c":0}"#, edit: { $0.remove("a") }, expected: #"{"b":0,"c":0}"#),
        Case(source: #"{"a":1,"b":0,"a":2,"c":0}"#, edit: { $0.set("a", to: 9) }, expected: #"{"b":0,"a":9,"c":0}"#),
        Case(source: #"{"\u0061":1,"b":0}"#, edit: { $0.set("a", to: 9) }, expected: #"{"\u0061":9,"b":0}"#),
        Case(
            source: #"{"a":1}"#,
            edit: {
                $0.set("a", to: 5)
                $0.remove("a")
                $0.set("a", to: 6)
            }, expected: #"{"a":6}"#),
        Case(
            source: #"{"x":{"a":"\ud83d","n":1.10E+2},"m":"q"}"#, edit: { $0.set("m", to: "z") },
            expected: #"{"x":{"a":"\ud83d","n":1.10E+2},"m":"z"}"#),
    ]

    @Test(arguments: cases)
    func everyOtherByteStays(test: Case) throws {
        var editor = try JSONObjectEditor(Array(test.source.utf8))
        test.edit(&editor)
        #expect(String(decoding: editor.applied(), as: UTF8.self) == test.expected)
    }

    /// Against a model that edits a list of members.
    @Test(arguments: 1...6)
    func anySequenceOfEditsGivesTheMembersOfTheModel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "b", "c", "d", "\u{1}\""]
        for _ in 0..<400 {
            var model = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                JSONMember(names.randomElement(using: &generator) ?? "a", RandomJSON.value(&generator, depth: 2))
            }
            let source = spaced(JSONValue.object(model).serialized(), &generator)
            var editor = try JSONObjectEditor(source)
            // One edit per name: the editor keeps only the last, and places new members in the order of first mention.
            for name in names.shuffled(using: &generator).prefix(Int.random(in: 0...4, using: &generator)) {
                let last = model.lastIndex { $0.name == name }
                if Bool.random(using: &generator) {
                    editor.remove(name)
                    model.removeAll { $0.name == name }
                } else {
                    let value = RandomJSON.value(&generator, depth: 2)
                    editor.set(name, to: value)
                    if let last {
                        model[last].value = value
                        model = model.enumerated().filter { $0.offset == last || $0.element.name != name }.map(\.element)
                    } else {
                        model.append(JSONMember(name, value))
                    }
                }
            }
            #expect(try JSONValue.parse(editor.applied()) == .object(model))
        }
    }

    /// White space around tokens, where the grammar allows it.
    private func spaced(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var out: [UInt8] = []
        var inString = false
        var escaped = false
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                out.append(byte)
                continue
            }
            if byte == UInt8(ascii: "\"") { inString = true }
            let isOperator = "{}[],:".utf8.contains(byte)
            if isOperator, Bool.random(using: &generator) { out.append(0x20) }
            out.append(byte)
            if isOperator, Bool.random(using: &generator) { out.append(0x0A) }
        }
        return out
    }
}
