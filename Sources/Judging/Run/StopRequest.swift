internal import Synchronization

/// Asks a run to end after what is under way, so that no answer that was paid for is lost. Thread-safe.
public final class StopRequest: Sendable {
    private let flag = Atomic(false)

    public init() {}

    public func request() { flag.store(true, ordering: .relaxed) }
    public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
