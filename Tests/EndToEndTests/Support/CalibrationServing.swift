import FastJSON
import Foundation
import Simulator
import Testing

extension CalibrationScene {
    /// Lines of `routing` for the artefact `risk.json`.
    var certified: [String] { ["strategy: risk", "risk_model: '\(path("risk.json"))'"] }

    /// Lines of `audit`: every request is drawn.
    static let everyDraft = ["share: 1", "judge: sim:\(judge)", "usd_per_day: 100"]

    /// Completions that the simulator gave as that model.
    func calls(_ model: String) -> Int { simulator.report().records.count { $0.model == model } }

    /// What the drafter says to everything but doubtful prompts.
    static let draft = "The drafters own words are calm and short."
    /// What the heavyweight says.
    static let heavyAnswer = "The heavyweights own words are longer and weighed with care."
    static let judgeReason = "the judges own words"

    /// The drafter is unsure of prompts with the word "doubtful" and sure of all others.
    static let doubtful = scenario(score: 5)

    /// As ``doubtful``, with a judge that gives every answer that score.
    static func scenario(score: Int) -> Scenario {
        func says(_ model: String, _ text: String, _ words: String = "", to prompts: [String] = []) -> Scenario.Rule {
            var behaviour = Behaviour(words: words)
            behaviour.content = .text(text)
            return Scenario.Rule(model: model, promptContains: prompts, behaviour: behaviour)
        }
        let verdict = #"{"reason": "\#(judgeReason)", "score": \#(score)}"#
        return Scenario(rules: [
            says(drafter, draft, "unsure", to: ["doubtful"]), says(drafter, draft), says(heavyweight, heavyAnswer),
            says(judge, #"{"a": \#(verdict), "b": \#(verdict)}"#),
        ])
    }
}

extension GatewayUnderTest {
    /// The decision about a prompt.
    func ask(_ prompt: String) async throws -> JSONValue { try await decision(of: try await chat(ChatCall(prompt: prompt))) }

    /// What the operator should know about the calibrations, as `GET /ready` says it; `nil` when there is nothing.
    func concerns() async throws -> [String]? { try await get("/ready").json()["calibration"]?.array?.compactMap(\.string) }

    func oversight() async throws -> JSONValue { try #require(try await get("/stats").json()["oversight"]) }

    /// `calibration` of a route in `GET /stats`.
    func calibration(_ route: String = "auto") async throws -> JSONValue {
        try #require(try await oversight()["routes", route, "calibration"])
    }

    /// Asks sure prompts, one after the other, until the rule is tightened.
    ///
    /// - Returns: how many drafts were shipped until then.
    func askUntilTightened(_ marker: String) async throws -> Int {
        var shipped = 0
        for index in 0..<40 {
            let answer = try await chat(ChatCall(streaming: index % 2 == 0, prompt: "\(marker), case \(index)"))
            if try answer.metadata()?["route"] == "draft" { shipped += 1 }
            // Audits take their time, and the next request must not come before their verdict.
            let isCounted = try await eventually {
                let state = try await calibration()
                return state["tightened"]?.bool == true || state["levels"]?.array?.last?["audits"]?.int ?? 0 >= shipped
            }
            #expect(isCounted, "no verdict on draft \(shipped)")
            if try await calibration()["tightened"]?.bool == true { return shipped }
        }
        throw Failure(description: "no alarm after \(shipped) shipped drafts")
    }

    func feedback(_ body: JSONValue, headers: [(String, String)] = []) async throws -> Answer {
        try await request("POST", "/v1/feedback", headers: headers, body: body.serialized())
    }

    /// `promtool check metrics` has nothing to say, where it is installed.
    func expectSoundMetrics(in directory: URL, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        guard let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first(where: FileManager.default.isExecutableFile) else {
            print("skipped: promtool is not installed")
            return
        }
        let metrics = directory.appending(path: "metrics-\(UUID().uuidString).txt")
        try Data(try await get("/metrics").body).write(to: metrics)
        let process = Process()
        process.executableURL = URL(filePath: promtool)
        process.arguments = ["check", "metrics"]
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: metrics)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.isEmpty, "\(said)", sourceLocation: sourceLocation)
    }
}
