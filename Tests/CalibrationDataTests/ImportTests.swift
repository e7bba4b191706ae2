import Calibration
import CalibrationData
import EntropyRouting
import FastJSON
import Gzip
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct ImportTests {
    // MARK: OpenAI

    /// Real answers of OpenAI models, which are not part of the project.
    static var realRecordings: [String] {
        // QUALM_SHARED, else `shared` beside the package.
        let package = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let folder = getenv("QUALM_SHARED").map { String(cString: $0) } ?? "/\(package)/shared"
        let data = "\(folder)/data/openai-recordings"
        guard let directory = opendir(data) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json.gz") { names.append("\(data)/\(name)") }
        }
        return names.sorted()
    }

    @Test func realAnswersAreReadWithoutLoss() throws {
        let paths = Self.realRecordings
        if paths.isEmpty {
            print("skipped: no OpenAI recordings in ../shared/data (QUALM_SHARED names the folder)")
            return
        }
        var read = 0
        var refused: [String] = []
        var tokens = 0
        for path in paths {
            let source = try JSONValue.parse(Gzip.decompressed(TestFolder.read(path)))
            guard source["object"] == "chat.completion" else {
                do throws(CalibrationDataError) {
                    _ = try RecordingImport().read(paths: [path])
                    Issue.record("\(path) was read")
                } catch {
                    refused.append(error.message)
                }
                continue
            }
            let recordings = try RecordingImport().read(paths: [path]).recordings
            let recording = try #require(recordings.first)
            let choice = try #require(source["choices"]?.array?.first)
            let draft = recording.draft
            #expect(recordings.count == 1)
            #expect(recording.id == source["id"]?.string)
            #expect(draft.text == choice["message"]?["content"]?.string)
            #expect(draft.finish.rawValue == choice["finish_reason"]?.string ?? "other")
            #expect(draft.answeredBy == source["model"]?.string && draft.model == source["model"]?.string)
            #expect(draft.fingerprint == source["system_fingerprint"]?.string)
            if let usage = source["usage"] {
                #expect(draft.facts.inputTokens == usage["prompt_tokens"]?.int)
                #expect(draft.facts.outputTokens == usage["completion_tokens"]?.int)
                #expect(draft.facts.cachedInputTokens == usage["prompt_tokens_details"]?["cached_tokens"]?.int)
            }
            let content = try #require(choice["logprobs"]?["content"]?.array)
            #expect(draft.tokens.count == content.count)
            for (token, sent) in zip(draft.tokens, content) {
                #expect(token.bytes.map { Int($0) } == sent["bytes"]?.array?.compactMap(\.int))
                #expect(token.logprob == sent["logprob"]?.double)
                let top = try #require(sent["top_logprobs"]?.array)
                #expect(token.top == top.map { $0["logprob"]?.double })
                #expect(token.isListed == top.contains { $0["token"] == sent["token"] })
            }
            #expect(draft.tokens.flatMap(\.bytes) == Array(draft.text.utf8))
            // And through our own file.
            #expect(bits(try RecordingCoding.decode(RecordingCoding.encode(recording))) == bits(recording))
            read += 1
            tokens += content.count
        }
        #expect(read == 24 && tokens > 2_000)
        #expect(refused.count == 3)
        for what in ["Gemini", "older completions API", "Ollama"] { #expect(refused.contains { $0.contains(what) }, "\(refused)") }
    }

    static func completion(_ id: String = "c1", extra: String = "") -> String {
        #"{"id":"\#(id)","object":"chat.completion","created":1775258999,"model":"small-1","choices":[{"index":0,"message":{"role":"assistant","content":"é"},"#
            + #""logprobs":{"content":[{"token":"\\xc3","bytes":[195],"logprob":-0.5,"top_logprobs":[{"token":"\\xc3","logprob":-0.5},{"token":"b","logprob":-1}]},"#
            + #"{"token":"\\xa9","bytes":[169],"logprob":null,"top_logprobs":[{"token":"z","logprob":-9999}]}]},"finish_reason":"stop"}]\#(extra)}"#
    }

    @Test func documentsArraysLinesAndBatchOutputsAreRead() throws {
        let folder = TestFolder()
        let one = Self.completion()
        let pretty = one.replacing(",\"object\"", with: ",\n  \"object\"")
        let batch =
            #"{"id":"batch_req_1","custom_id":"fact-001","response":{"status_code":200,"body":\#(Self.completion("c9"))},"error":null}"#
        let wrapped = #"{"id":"w","category":"code","prompt":"Write a Python function","bad":true,"response":\#(Self.completion("c9"))}"#
        let table: [(String, [String])] = [
            (one, ["c1"]), (pretty, ["c1"]), ("[\(one),\(Self.completion("c2"))]", ["c1", "c2"]),
            ("\(one)\n\(Self.completion("c2"))\n", ["c1", "c2"]), (batch, ["fact-001"]), (wrapped, ["w"]),
            ("\(one)\n\(one)\n", ["c1", "c1#2"]),
        ]
        for (text, ids) in table {
            let result = try RecordingImport().read(paths: [folder.write("f", text)])
            #expect(result.recordings.map(\.id) == ids)
            let draft = try #require(result.recordings.first).draft
            #expect(draft.tokens.map(\.bytes) == [[195], [169]] && draft.tokens[1].logprob.isNaN && draft.tokens[1].top == [-9_999])
            #expect(draft.tokens.map(\.isListed) == [true, false] && draft.text == "é")
            #expect(result.recordings[0].recordedAt == "2026-04-03T23:29:59Z" && result.recordings[0].topLogprobs == 2)
        }
        let recording = try #require(try RecordingImport().read(paths: [folder.write("f", wrapped)]).recordings.first)
        #expect(recording.isBad == true && recording.category == "code" && recording.taskClass == .code && recording.promptTokens == 5)
        var defaults = RecordingImport.Defaults()
        defaults.prompts = PromptSet(prompts: [CalibrationPrompt(id: "fact-001", category: "simple_factual", prompt: "Where is it?")])
        (defaults.provider, defaults.model) = ("openai", "small")
        let joined = try #require(try RecordingImport(defaults: defaults).read(paths: [folder.write("f", batch)]).recordings.first)
        #expect(joined.category == "simple_factual" && joined.promptHash == defaults.prompts?["fact-001"]?.hash)
        #expect(joined.draft.provider == "openai" && joined.draft.model == "small" && joined.draft.answeredBy == "small-1")
    }

    static let refusals: [(String, says: String)] = [
        (completion().replacing("chat.completion", with: "chat.completion.chunk"), "one chunk of a stream"),
        (#"{"object":"response","output":[]}"#, "Responses API"), (#"{"type":"message","content":[]}"#, "Anthropic's Messages API"),
        (#"{"error":{"message":"no credit"}}"#, "an error of the upstream: no credit"),
        (#"{"a":1}"#, "not a chat completion: it has no 'choices'"),
        (completion().replacing(#""logprobs":{"#, with: #""x":{"#), "'choices[0].logprobs' is missing"),
        (completion().replacing("[195]", with: "[999]"), "'choices[0].logprobs.content[0].bytes[0]' must be a number from 0 to 255"),
        (
            completion().replacing(#""logprob":-0.5,"top"#, with: #""logprob":"x","top"#),
            "content[0].logprob' must be a number, not a string"
        ),
        (completion() + "\n{\"id\":", ":2: is not JSON"), ("{\"id\": 3,\n  oops}", ":2:"),
    ]

    @Test(arguments: refusals.indices) func whatCannotBeReadIsNamed(index: Int) {
        let folder = TestFolder()
        let path = folder.write("f.json", Self.refusals[index].0)
        do throws(CalibrationDataError) {
            _ = try RecordingImport().read(paths: [path])
            Issue.record("read without an error")
        } catch {
            #expect(error.description.contains(Self.refusals[index].says) && error.description.hasPrefix(path), "\(error)")
            #expect(error.exitStatus == 65)
        }
    }

    @Test func logitsAreWarnedOf() throws {
        let folder = TestFolder()
        let result = try RecordingImport().read(
            paths: [folder.write("f", Self.completion().replacing(#""logprob":-0.5,"top"#, with: #""logprob":4.5,"top"#))])
        #expect(result.recordings.count == 1 && result.warnings.count == 1 && result.warnings[0].contains("above 0"))
    }

    @Test func aForeignFileIsNamedAndCanBeLeftOut() throws {
        let folder = TestFolder()
        let good = folder.write("good.json", Self.completion())
        let strangers = [folder.write("gemini.json", #"{"candidates":[]}"#), folder.write("notes.txt", "bread\nmilk\n")]
        let paths = [good, strangers[0], strangers[1], folder.write("more.json", Self.completion("c2"))]
        do throws(CalibrationDataError) {
            _ = try RecordingImport().read(paths: paths)
            Issue.record("read without an error")
        } catch {
            #expect(error.kind == .foreign && error.exitStatus == 65 && error.description.hasPrefix(strangers[0]), "\(error)")
        }
        let result = try RecordingImport(skipsForeign: true).read(paths: paths)
        #expect(result.recordings.map(\.id) == ["c1", "c2"] && result.skipped == 2 && result.warnings.count == 2)
        for (warning, path) in zip(result.warnings, strangers) { #expect(warning.hasPrefix(path) && warning.contains("left out")) }
        // A file of the right format that is broken is not left out.
        let broken = folder.write("broken.json", Self.completion().replacing("[195]", with: "[999]"))
        #expect(throws: CalibrationDataError.self) { _ = try RecordingImport(skipsForeign: true).read(paths: [good, broken]) }
        #expect(throws: CalibrationDataError.self) { _ = try RecordingImport(skipsForeign: true).read(paths: strangers) }
    }

    // MARK: CSV

    static func csv(_ text: String) throws(CalibrationDataError) -> [Recording] {
        let folder = TestFolder()
        return try RecordingImport().read(paths: [folder.write("f.csv", text)]).recordings
    }

    @Test func answersWithNamesAndGoldLabelsAreRead() throws {
        let rows = try Self.csv(
            "\u{FEFF}ID,category,token,p1,p2,p3,tok1,tok2,tok3,gold,comment\r\n"
                + "q1,simple_factual, A,0.7,0.2,0.05, A, B, C,A,\"a, \"\"quoted\"\" one\nof two lines\"\r\n"
                + "q2,reasoning,B,0.5,0.5,0,A,B,C,C,\r\nq3,x,D,0.9,,,A,B,C,,")
        #expect(rows.map(\.id) == ["q1", "q2", "q3"])
        #expect(rows.map(\.isBad) == [false, true, nil])
        #expect(rows.map(\.draft.text) == [" A", "B", "D"])
        #expect(rows[0].draft.tokens[0].top == [log(0.7), log(0.2), log(0.05)])
        #expect(rows[0].draft.tokens[0].logprob == log(0.7) && rows[0].draft.tokens[0].isListed)
        #expect(rows[1].draft.tokens[0].top == [log(0.5), log(0.5)] && rows[1].draft.tokens[0].logprob == log(0.5))
        #expect(rows[2].draft.tokens[0].logprob.isNaN && !rows[2].draft.tokens[0].isListed)
        #expect(rows.map(\.taskClass) == [.simpleFactual, .reasoning, .simpleFactual])
        #expect(rows.map(\.topLogprobs) == [3, 3, 3])
    }

    @Test func logarithmsAndMissingNamesAreRead() throws {
        let rows = try Self.csv("id,lp1,lp2,tok1,tok2,gold\na,-0.25,-3,no,yes,yes\nb,-2.5,-0.125,no,yes,yes\n")
        #expect(rows.map(\.draft.text) == ["no", "yes"] && rows.map(\.isBad) == [true, false])
        #expect(rows.map { $0.draft.tokens[0].logprob } == [-0.25, -0.125])
        let unnamed = try Self.csv("id,p1,p2\na,0.25,0.5")
        #expect(unnamed[0].draft.text.isEmpty && unnamed[0].draft.tokens[0].logprob == log(0.5) && unnamed[0].isBad == nil)
    }

    static let wrongCSV: [(String, says: String)] = [
        ("", ":1: is empty"), ("id,p1\n", ":2: is missing"), ("name,p1\nx,1\n", ":1: 'id' is missing"),
        ("id,x\na,1\n", ":1: 'p1' is missing"),
        ("id,p1,P1\na,1,1\n", ":1:7: 'p1' is there twice"), ("id,p1,lp1\na,1,1\n", ":1: 'lp1' is there beside 'p1'"),
        ("id,p1\na,0.5\nb\n", ":3: has 1 fields, but the header has 2"), ("id,p1\na,much\n", ":2:3: 'p1' must be a number, not 'much'"),
        ("id,p1\na,50\n", ":2:3: 'p1' must be a probability from 0 to 1, not 50"),
        ("id,lp1\na,0.5\n", ":2:3: 'lp1' must be 0 or less"), ("id,p1,p2\na,0.8,0.7\n", "sum up to a probability of 1.5"),
        ("id,p1\na,0.5\na,0.5\n", ":3:1: 'id' 'a' is that of line 2, too"), ("id,p1\n,0.5\n", ":2:1: 'id' must not be empty"),
        ("id,p1,gold\na,0.5,A\n", ":2:7: 'gold' cannot be compared"), ("id,p1\n\"a,0.5\n", ":2:1: has a quoted field that never ends"),
        ("id,p1\n\"a\"x,0.5\n", ":2:4: has something behind a closing quote"), ("id,p1\na\"b,0.5\n", ":2:2: has a quote within a field"),
        ("id,p1\na,\n", ":2:3: 'p1' must be a number: there is none"),
    ]

    @Test(arguments: wrongCSV.indices) func whatIsWrongInACSVIsNamedWithLineAndColumn(index: Int) {
        do throws(CalibrationDataError) {
            _ = try Self.csv(Self.wrongCSV[index].0)
            Issue.record("read without an error")
        } catch {
            #expect(error.description.contains(Self.wrongCSV[index].says), "\(error)")
        }
    }
}
