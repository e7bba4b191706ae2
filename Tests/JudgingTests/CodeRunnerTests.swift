import Testing

@testable import Judging

@Suite struct CodeRunnerTests {
    private func run(
        _ answer: String, tests: String = "assert f(1) == 2", cpuSeconds: Int = 1, wall: Duration = .seconds(10), isolates: Bool = true
    )
        async -> CheckOutcome?
    {
        var limits = CodeRunner.Limits()
        limits.cpuSeconds = cpuSeconds
        limits.wallTime = wall
        guard let runner = await CodeRunner(limits: limits, isolates: isolates) else {
            print("skipped: there is no python3")
            return nil
        }
        return await runner.outcome(of: answer, language: "python", entry: "f", tests: tests)
    }

    private func expect(_ outcome: CheckOutcome?, _ isExpected: (CheckOutcome) -> Bool) {
        guard let outcome else { return }
        #expect(isExpected(outcome), "\(outcome)")
    }

    @Test(
        "right code passes, however it is wrapped",
        arguments: [
            "```python\ndef f(x):\n    return x + 1\n```", "def f(x):\n    return x + 1",
            "Install:\n```sh\npip install x\n```\nthen\n```py\ndef f(x): return x + 1\n```",
            "~~~\ndef f(x): return x + 1\n~~~", "```python\ndef f(x): return x + 1\n\nif __name__ == '__main__':\n    input('wait')\n```",
            "```python\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: 'int'\ndef f(x): return A(x).x + 1",
        ])
    func right(_ answer: String) async {
        expect(await run(answer)) { $0 == .pass }
    }

    @Test(
        "wrong code fails",
        arguments: [
            "```python\ndef f(x):\n    return x\n```", "def f(x) return x", "no code at all", "```python\nraise SystemExit(0)\n```",
            "```python\nimport os\nos._exit(0)\n```", "```python\nimport os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n```",
            "```\n\n```",
            "```python\ndef g(x): return x + 1\n```",
        ])
    func wrong(_ answer: String) async {
        expect(await run(answer)) { if case .fail = $0 { true } else { false } }
    }

    @Test("an endless loop ends at the CPU limit, an endless sleep at the wall")
    func endless() async {
        expect(await run("while True: pass")) { $0 == .fail("the code took more than 1 s of CPU time") }
        let started = ContinuousClock.now
        expect(await run("import time\ntime.sleep(60)", wall: .seconds(1))) { if case .fail = $0 { true } else { false } }
        #expect(ContinuousClock.now - started < .seconds(30))
    }

    @Test("memory, files and processes are limited")
    func limits() async {
        expect(await run("x = bytearray(1 << 30)")) { "\($0)".contains("MemoryError") }
        expect(await run("open('big', 'wb').write(bytes(1 << 22))")) { $0 != .pass }
        let bomb = """
            import os, time
            children = 0
            try:
                while children < 500:
                    if os.fork() == 0:
                        time.sleep(30)
                        os._exit(0)
                    children += 1
            except OSError:
                pass
            print('children', children)
            def f(x): return children
            """
        expect(await run(bomb, tests: "assert f(1) < 100")) { $0 == .pass }
    }

    @Test("what a program prints is read, and mostly thrown away")
    func flood() async {
        expect(await run("import sys\nwhile True: sys.stdout.write('x' * 65536)", wall: .seconds(2))) { $0 != .pass }
        let printing = "import sys\nfor _ in range(300): sys.stdout.write('x' * 10000 + '\\n')\ndef f(x): return 2"
        expect(await run(printing)) { $0 == .pass }
    }

    @Test("the environment is empty, and the rights are few")
    func environment() async {
        expect(await run("import os\ndef f(x): return [k for k in os.environ if k != 'LC_CTYPE']", tests: "assert f(1) == [], f(1)")) {
            $0 == .pass
        }
        guard ProgramPath.isRoot else { return print("skipped: not root, so there are no rights to drop") }
        expect(await run("import os\ndef f(x): return os.getuid()", tests: "assert f(1) == 65534, f(1)")) { $0 == .pass }
        expect(await run("open('/etc/qualm-test', 'w')")) { "\($0)".contains("PermissionError") }
    }

    @Test("there is no network where namespaces can be made")
    func network() async {
        guard let runner = await CodeRunner(), runner.isIsolated else { return print("skipped: no namespaces here") }
        // Even the loopback device is down in a new network namespace.
        let code =
            "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\nsocket.create_connection(s.getsockname(), timeout=2)"
        expect(await runner.outcome(of: code, language: "python", entry: "f", tests: "pass")) { "\($0)".contains("unreachable") }
    }

    @Test("without namespaces the same limits hold, and a child that stays behind is killed")
    func plain() async {
        expect(await run("def f(x): return x + 1", isolates: false)) { $0 == .pass }
        expect(await run("import os, time\nif os.fork() == 0: time.sleep(300)\ndef f(x): return x + 1", isolates: false)) { $0 == .pass }
        expect(await run("while True: pass", isolates: false)) { $0 != .pass }
    }

    @Test("cancelling ends the process")
    func cancelling() async {
        guard let runner = await CodeRunner() else { return print("skipped: there is no python3") }
        let started = ContinuousClock.now
        let outcome = await withTaskGroup(of: CheckOutcome.self) { group in
            group.addTask { await runner.outcome(of: "import time\ntime.sleep(60)", language: "python", entry: "f", tests: "") }
            try? await Task.sleep(for: .milliseconds(200))
            group.cancelAll()
            return await group.next()
        }
        #expect(outcome == .cannotTell("cancelled"))
        #expect(ContinuousClock.now - started < .seconds(9))
    }

    @Test("another language is left to the judge")
    func languages() async {
        guard let runner = await CodeRunner() else { return print("skipped: there is no python3") }
        #expect(await runner.outcome(of: "x", language: "rust", entry: "f", tests: "") == .cannotTell("no way to run rust"))
    }
}
