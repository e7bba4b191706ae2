/// The Python that stands between the gateway and an answer's code: the parent waits and keeps what the code must not reach (it is the first
/// process of the namespace, so that its end ends all others), the child drops its rights, sets the limits and runs code and tests.
enum PythonSupervisor {
    /// Code and tests went through.
    static let passed: Int32 = 97
    /// One of them raised, `SystemExit` included; the traceback was printed.
    static let raised: Int32 = 98
    /// The CPU limit was reached.
    static let outOfTime: Int32 = 99
    /// The limits could not be set; nothing was run.
    static let unprepared: Int32 = 100

    /// Arguments: seconds of CPU, bytes of memory, the directory with `answer.py` and `tests.py`.
    static let source = """
        import os, resource, signal, sys
        os.closerange(3, 4096)
        os.chdir(sys.argv[3])
        cpu, memory = int(sys.argv[1]), int(sys.argv[2])
        child = os.fork()
        if child:
            status = os.waitpid(child, 0)[1]
            if os.WIFEXITED(status):
                os._exit(os.WEXITSTATUS(status))
            os._exit(\(outOfTime) if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else \(raised))
        try:
            code = open('answer.py', encoding='utf-8').read()
            tests = open('tests.py', encoding='utf-8').read()
            if os.getuid() == 0:
                try:
                    os.chown('.', 65534, 65534)
                    os.setgroups([])
                    os.setgid(65534)
                    os.setuid(65534)
                except OSError:
                    # Root of a namespace with one user: already as powerless as whoever started it.
                    if open('/proc/self/uid_map').read().split()[2] != '1':
                        raise
            def cap(name, value, required=True):
                try:
                    resource.setrlimit(getattr(resource, name), (value, value))
                except (ValueError, OSError):
                    if required:
                        raise
            cap('RLIMIT_CORE', 0)
            cap('RLIMIT_CPU', cpu)
            cap('RLIMIT_FSIZE', 1 << 20)
            cap('RLIMIT_NOFILE', 64)
            cap('RLIMIT_NPROC', 32)
            cap('RLIMIT_AS', memory, required=sys.platform == 'linux')
        except BaseException as problem:
            print(repr(problem))
            os._exit(\(unprepared))
        import traceback, types
        end = \(raised)
        try:
            module = types.ModuleType('answer')
            sys.modules['answer'] = module
            exec(compile(code, 'answer.py', 'exec'), module.__dict__)
            exec(compile(tests, 'tests.py', 'exec'), module.__dict__)
            end = \(passed)
        except BaseException as problem:
            text = ''.join(traceback.format_exception_only(type(problem), problem))
            where = [f for f in traceback.extract_tb(problem.__traceback__) if f.filename == 'tests.py']
            if where and not str(problem):
                text = text.strip() + ': ' + (tests.splitlines() + [''] * where[-1].lineno)[where[-1].lineno - 1].strip()
            print()
            print(' '.join(text.split())[:400])
        try:
            sys.stdout.flush()
        except BaseException:
            pass
        os._exit(end)
        """
}
