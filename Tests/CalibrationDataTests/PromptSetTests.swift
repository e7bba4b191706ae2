import CalibrationData
import FastJSON
import Testing

@Suite struct PromptSetTests {
    static let good = #"""
        {"id":"n","category":"reasoning","difficulty":"hard","prompt":"How many?","reference":{"type":"number","value":42,"tolerance":0.5}}
        {"id":"t","category":"simple_factual","prompt":"Where?","reference":{"type":"text","any":["Paris"],"none":["Lyon"]}}

        {"id":"a","category":"creative","prompt":"Both?","reference":{"type":"all","of":["x","y"]}}
        {"id":"r","category":"creative","prompt":"Match?","system":"Be brief.","reference":{"type":"regex","pattern":"^[0-9]+$","flags":"i"}}
        {"id":"s","category":"code","prompt":"JSON?","reference":{"type":"json_schema","schema":{"type":"object"}}}
        {"id":"c","category":"code","prompt":"Code?","reference":{"type":"tests","language":"python","entry":"f","tests":"assert f(1) == 2"}}
        {"id":"j","category":"creative","prompt":"Say something."}
        """#

    @Test func everyKindOfReferenceIsRead() throws {
        let folder = TestFolder()
        let set = try PromptSet.load(paths: [folder.write("a.jsonl", Self.good)])
        #expect(set.prompts.map(\.id) == ["n", "t", "a", "r", "s", "c", "j"])
        #expect(set["n"]?.reference == .number(value: 42, tolerance: 0.5))
        #expect(set["t"]?.reference == .text(any: ["Paris"], none: ["Lyon"]))
        #expect(set["a"]?.reference == .all(["x", "y"]))
        #expect(set["r"]?.reference == .regex(pattern: "^[0-9]+$", flags: "i"))
        #expect(set["s"]?.reference == .jsonSchema(["type": "object"]))
        #expect(set["c"]?.reference == .tests(language: "python", entry: "f", tests: "assert f(1) == 2"))
        #expect(set["j"]?.reference == nil)
        #expect(set["n"]?.difficulty == "hard" && set["r"]?.system == "Be brief." && set["none"] == nil)
    }

    @Test func theProjectsOwnPromptSetIsSound() throws {
        let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let set = try PromptSet.load(paths: ["\(package)/calibration/prompts"])
        #expect(set.prompts.count >= 640 && set.categories.count == 4)
        for category in set.categories { #expect(set.selection(categories: [category]).prompts.count >= 160) }
    }

    @Test func foldersAreReadByNameAndMixedWithFiles() throws {
        let folder = TestFolder()
        folder.write("b.jsonl", #"{"id":"2","category":"c","prompt":"two"}"#)
        folder.write("a.jsonl", #"{"id":"1","category":"c","prompt":"one"}"#)
        folder.write("README.md", "not prompts")
        let other = TestFolder()
        let file = other.write("z.jsonl", #"{"id":"3","category":"d","prompt":"three"}"#)
        let set = try PromptSet.load(paths: [file, folder.path])
        #expect(set.prompts.map(\.id) == ["3", "1", "2"])
        #expect(set.categories == ["d", "c"])
        let empty = TestFolder()
        #expect(throws: CalibrationDataError.self) { try PromptSet.load(paths: [empty.path]) }
    }

    static let wrong: [(String, says: String)] = [
        (#"{"id":"x","category":"c","prompt":"Where?"}"# + "\n" + #"{"id":"x","category":"c","prompt":"Who?"}"#, "'id' 'x' is taken by"),
        (
            #"{"id":"x","category":"c","prompt":"Where is it?"}"# + "\n" + #"{"id":"y","category":"c","prompt":"where  is \"it\"."}"#,
            "'prompt' is the same as"
        ),
        (#"{"id":"","category":"c","prompt":"p"}"#, "'id' must have 1 to 128 characters, not 0"),
        (#"{"id":"x","category":"c","prompt":" "}"#, "'prompt' must not be empty"),
        (#"{"id":"x","category":"","prompt":"p"}"#, "'category' must not be empty"),
        (#"{"id":"x","category":"c"}"#, "'prompt' is missing"),
        (#"{"id":"x","category":"c","prompt":"p","reference":{"type":"fuzzy"}}"#, "'reference.type' must be one of"),
        (
            #"{"id":"x","category":"c","prompt":"p","reference":{"type":"number","value":"3"}}"#,
            "'reference.value' must be a number, not a string"
        ),
        (
            #"{"id":"x","category":"c","prompt":"p","reference":{"type":"number","value":3,"tolerance":-1}}"#,
            "'reference.tolerance' must not"
        ),
        (#"{"id":"x","category":"c","prompt":"p","reference":{"type":"text","any":[]}}"#, "'reference.any' must hold strings"),
        (
            #"{"id":"x","category":"c","prompt":"p","reference":{"type":"all","of":["a",1]}}"#,
            "'reference.of[1]' must be a string, not a number"
        ),
        (
            #"{"id":"x","category":"c","prompt":"p","reference":{"type":"regex","pattern":"a","flags":"g"}}"#,
            "'reference.flags' must be 'i'"
        ),
        (#"{"id":"x","category":"c","prompt":"p","reference":{"type":"json_schema"}}"#, "'reference.schema' must be a JSON object"),
        (#"{"id":"x","category":"c","prompt":"p","reference":"Paris"}"#, "'reference' must be a JSON object, not a string"),
        (#"{"id":"x","category":"c","promt":"p"}"#, "'system', 'reference': is 'prompt' meant?"),
        (
            #"{"id":"x","category":"c","prompt":"p","reference":{"type":"number","value":3,"tolerence":1}}"#,
            "'reference.tolerence' is not known here; known are 'type', 'value', 'tolerance': is 'tolerance' meant?"
        ),
        ("\n \n", "holds no prompt"), ("", "holds no prompt"),
        ("{", "is cut off"), ("{\"id\":1}\n", "'id' must be a string"), ("[]\n", "must be a JSON object, not an array"),
    ]

    @Test(arguments: wrong.indices) func whatIsWrongIsNamed(index: Int) {
        let folder = TestFolder()
        let path = folder.write("p.jsonl", Self.wrong[index].0)
        do throws(CalibrationDataError) {
            _ = try PromptSet.load(paths: [path])
            Issue.record("read without an error")
        } catch {
            #expect(error.description.contains(Self.wrong[index].says) && error.description.hasPrefix(path), "\(error)")
        }
    }

    @Test func aByteOrderMarkIsNoContent() throws {
        let folder = TestFolder()
        let path = folder.write("p.jsonl", "\u{FEFF}" + Self.good)
        #expect(try PromptSet.load(paths: [path]).prompts.count == 7)
    }

    @Test func aReferenceThatCannotBeCheckedIsNamedWithItsLine() {
        let folder = TestFolder()
        let path = folder.write("p.jsonl", Self.good)
        do throws(CalibrationDataError) {
            _ = try PromptSet.load(paths: [path]) { if case .regex(let pattern, _) = $0 { "\(pattern) is no pattern" } else { nil } }
            Issue.record("read without an error")
        } catch {
            #expect(error.description == "\(path):5: 'reference' of prompt 'r': ^[0-9]+$ is no pattern" && error.exitStatus == 65)
        }
    }

    /// Punctuation between letters, and symbols, tell prompts apart.
    @Test func promptsThatDifferInWhatMattersAreTwo() throws {
        let folder = TestFolder()
        let texts = ["What is 1.5 * 2?", "What is 15 * 2?", "What is 1.5 + 2?", "a-b", "a b", "ab"]
        let lines = texts.enumerated().map { #"{"id":"\#($0.offset)","category":"c","prompt":"\#($0.element)"}"# }
        #expect(try PromptSet.load(paths: [folder.write("p.jsonl", lines.joined(separator: "\n"))]).prompts.count == texts.count)
    }

    @Test func aSelectionTakesTurnsAndKeepsTheOrder() {
        let prompts = ["a", "a", "a", "b", "b", "c"].enumerated().map {
            CalibrationPrompt(id: "\($0.offset)", category: $0.element, prompt: "\($0.offset)")
        }
        let set = PromptSet(prompts: prompts)
        #expect(set.selection(limit: 4).prompts.map(\.id) == ["0", "1", "3", "5"])
        #expect(set.selection(categories: ["b", "a"], limit: 3).prompts.map(\.id) == ["0", "1", "3"])
        #expect(set.selection(limit: 60).prompts.count == 6)
        #expect(set.selection(categories: ["c"]).prompts.map(\.id) == ["5"])
    }
}
