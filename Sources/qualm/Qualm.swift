import ArgumentParser

/// The executable: one binary, one subcommand per job.
@main
struct Qualm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qualm",
        abstract: "An LLM gateway that streams a cheap draft while it is sure, and asks the heavyweight when it is not.",
        version: Version.current,
        subcommands: [
            Serve.self, Demo.self, Simulate.self, Check.self, Health.self, Cache.self, Record.self, Judge.self, Calibrate.self,
            Replay.self, Report.self, Drift.self,
        ],
        defaultSubcommand: Serve.self)
}

/// The version, also the label of `qualm_build_info`.
enum Version {
    static let current = "0.1.0"
}
