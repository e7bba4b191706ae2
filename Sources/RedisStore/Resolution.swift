internal import CHiredis
internal import Cascade
internal import Synchronization
internal import Threads

/// One look-up of a host's addresses on a thread of its own, because the resolver blocks, for many seconds where a name server is down, and
/// the deadlines of commands must hold meanwhile.
final class Resolution: Sendable {
    typealias Outcome = Result<[String], StoreError>

    private struct State {
        var outcome: Outcome?
        var isAbandoned = false
        var thread: NamedThread?
    }

    private let state = Mutex(State())

    /// - Parameter wake: called on the other thread when there is an outcome.
    init(host: String, wake: @escaping @Sendable () -> Void) throws(StoreError) {
        do throws(ThreadError) {
            let thread = try NamedThread(name: "redis-dns") { [self] in
                let outcome = Self.resolve(host)
                let leftAlone: NamedThread? = state.withLock { state in
                    state.outcome = outcome
                    return state.isAbandoned ? state.thread.take() : nil
                }
                leftAlone?.join()
                if leftAlone == nil { wake() }
            }
            state.withLock { $0.thread = thread }
        } catch {
            throw StoreError(.redis, .unavailable, "resolving \(host): \(error)")
        }
    }

    /// The outcome once it is there; the thread is then gone.
    func poll() -> Outcome? {
        let (outcome, thread) = state.withLock { state in
            state.outcome == nil ? (nil, nil) : (state.outcome, state.thread.take())
        }
        thread?.join()
        return outcome
    }

    /// Nobody waits any more: the thread ends by itself.
    func abandon() {
        let over: NamedThread? = state.withLock { state in
            state.isAbandoned = true
            return state.outcome == nil ? nil : state.thread.take()
        }
        over?.join()
    }

    static func resolve(_ host: String) -> Outcome {
        let limit = 8
        let width = Int(QUALM_REDIS_ADDRESS_BYTES)
        var text = [CChar](repeating: 0, count: limit * width)
        let count = unsafe qualm_redis_resolve(host, &text, CInt(limit))
        guard count > 0 else {
            let reason = unsafe count == 0 ? "no address" : String(cString: qualm_redis_resolver_error(count))
            return .failure(StoreError(.redis, .unavailable, "resolving \(host): \(reason)"))
        }
        return .success(
            (0..<Int(count)).map { index in
                String(decoding: text[(index * width)...].prefix(width).prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            })
    }

    /// A literal address needs no resolver.
    static func isAddress(_ host: String) -> Bool {
        host.contains(":") || (!host.isEmpty && host.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2e })
    }
}
