internal import CProcess
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A POSIX thread with a name, all signals blocked: the process' signal handlers, and SIGPIPE, belong to other threads.
///
/// For what must not sit on the cooperative pool: event loops over C libraries, and long computations.
public final class NamedThread: Sendable {
    private enum State {
        case running(pthread_t)
        case joined
    }

    private final class Body {
        let name: String
        let run: () -> Void
        init(name: String, run: @escaping () -> Void) {
            self.name = name
            self.run = run
        }
    }

    private let state: Mutex<State>

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: shown by `ps -T` and debuggers; the first 15 bytes count.
    ///   - run: the thread's life; the thread ends when it returns.
    public init(name: String, _ run: sending @escaping () -> Void) throws(ThreadError) {
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
        var blocked = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&blocked)
        // The new thread inherits the mask, so that there is no moment in which a signal could reach it.
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                _ = unsafe qualm_name_this_thread(String(decoding: body.name.utf8.prefix(15), as: UTF8.self))
                body.run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            unsafe body.release()
            throw ThreadError(name: name, status: status)
        }
        state = Mutex(.running(thread))
    }

    /// Waits for the thread's end. The second call returns at once; on the thread itself it detaches instead of waiting.
    public func join() {
        let thread: pthread_t? = state.withLock { state in
            guard case .running(let thread) = state else { return nil }
            state = .joined
            return thread
        }
        guard let thread else { return }
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }
}

/// The system has no room for another thread.
public struct ThreadError: Error, Sendable, Hashable, CustomStringConvertible {
    public var name: String
    /// What `pthread_create` answered (errno.h).
    public var status: Int32

    public var description: String { "no thread for \(name): pthread_create answered \(status)" }
}
