/// Runs the code of an answer with a reference's tests under python3, in a process of its own with limits.
///
/// Limits: 5 s of CPU, 512 MiB of memory, 1 MiB per file, 32 processes, 10 s of wall time, then the whole process group is killed; an empty
/// environment, a fresh directory that is removed afterwards, no core files. Where `unshare` may make namespaces, the process has no network
/// and its children die with it. Run by root, the code becomes `nobody`. This is a fence against accidents, not a vault: the code can read what its
/// user may read. Run answers of unknown models in a container.
public struct CodeRunner: Sendable {
    public struct Limits: Sendable, Hashable {
        /// Of CPU time. Default 5.
        public var cpuSeconds = 5
        /// Of address space. Default 512.
        public var memoryMiB = 512
        /// From start to end. Default 10 s.
        public var wallTime = Duration.seconds(10)
        /// Of what the code prints; more is read and thrown away. Default 64 KiB.
        public var outputBytes = 65_536

        public init() {}
    }

    /// The code has no network and cannot leave processes behind.
    public let isIsolated: Bool
    private let python: String
    private let wrapper: [String]
    private let limits: Limits

    /// Looks for python3 and tries out `unshare`.
    /// - Parameters:
    ///   - python: its path; by default `/usr/bin/python3`, else the first on `PATH`.
    ///   - isolates: false leaves `unshare` out.
    /// - Returns: `nil` when there is no python3.
    public init?(python: String? = nil, limits: Limits = Limits(), isolates: Bool = true) async {
        guard let python = python ?? ProgramPath.find("python3") else { return nil }
        self.python = python
        self.limits = limits
        let candidate = isolates ? Self.isolation() : nil
        if let candidate, let probe = ChildProcess(arguments: candidate + [python, "-I", "-c", "pass"], outputBytes: 4_096) {
            isIsolated = await probe.end(within: .seconds(10)) == .exited(0)
        } else {
            isIsolated = false
        }
        wrapper = isIsolated ? candidate ?? [] : []
    }

    /// `unshare` with namespaces of its own for processes and network; a plain user needs one for users as well.
    private static func isolation() -> [String]? {
        guard let unshare = ProgramPath.find("unshare") else { return nil }
        return [unshare] + (ProgramPath.isRoot ? [] : ["--map-root-user"]) + ["--net", "--pid", "--fork", "--kill-child"]
    }

    /// Runs the first code block that names `entry`, else the first, else the whole answer, and then the tests in the same module.
    ///
    /// Cancelling kills the process and gives ``CheckOutcome/cannotTell(_:)``.
    public func outcome(of answer: String, language: String, entry: String, tests: String) async -> CheckOutcome {
        guard language == "python" else { return .cannotTell("no way to run \(language)") }
        let blocks = FencedBlock.all(in: answer)
        let code = (blocks.first { $0.content.contains(entry) } ?? blocks.first)?.content ?? answer
        guard !code.trimmed.isEmpty else { return .fail("the answer has no code") }
        guard let directory = ScratchDirectory() else { return .cannotTell("no temporary directory could be made") }
        defer { directory.remove() }
        guard directory.save(code, as: "answer.py"), directory.save(tests, as: "tests.py") else {
            return .cannotTell("the code could not be written to a temporary directory")
        }
        let arguments =
            wrapper + [python, "-I", "-c", PythonSupervisor.source, "\(limits.cpuSeconds)", "\(limits.memoryMiB << 20)", directory.path]
        guard let child = ChildProcess(arguments: arguments, outputBytes: limits.outputBytes) else {
            return .cannotTell("python3 could not be started")
        }
        let end = await child.end(within: limits.wallTime)
        return outcome(end, child.output)
    }

    private func outcome(_ end: ChildProcess.End, _ output: String) -> CheckOutcome {
        switch end {
        case .exited(PythonSupervisor.passed): return .pass
        case .exited(PythonSupervisor.raised):
            let line = output.split(separator: "\n").last { !$0.trimmed.isEmpty } ?? "an exception"
            return .fail("the tests fail: \(line.trimmed.prefix(200))")
        case .exited(PythonSupervisor.outOfTime): return .fail("the code took more than \(limits.cpuSeconds) s of CPU time")
        case .exited(PythonSupervisor.unprepared):
            return .cannotTell("the limits could not be set: \(output.trimmed.suffix(200))")
        case .exited: return .fail("the code ended its process before the tests were through")
        case .signalled(let signal): return .fail("the code was ended by signal \(signal)")
        case .outOfTime: return .fail("the code took more than \(limits.wallTime)")
        case .cancelled: return .cannotTell("cancelled")
        }
    }
}
