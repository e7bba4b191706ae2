import Cascade
public import Logging

/// What the cache's stores fail in, for the operator: a line a second at most, and one for each time a breaker opens or closes. No text of a
/// client, no key.
public struct StoreFailureLog: Sendable {
    private let logger: Logger
    private let limit = LineLimit(linesPerSecond: 1)

    public init(_ logger: Logger) { self.logger = logger }

    func write(_ error: StoreError) {
        guard let suppressed = limit.admit() else { return }
        var metadata: Logger.Metadata = [
            "store": "\(error.store.rawValue)", "kind": "\(error.kind.rawValue)", "detail": "\(error.detail)",
        ]
        if suppressed > 0 { metadata["suppressed_lines"] = "\(suppressed)" }
        logger.warning("a store of the cache failed; requests go on without it", metadata: metadata)
    }

    func breaker(_ store: StoreError.Store, isOpen: Bool) {
        if isOpen {
            logger.warning("a store of the cache is not asked for a while: it failed too often", metadata: ["store": "\(store.rawValue)"])
        } else {
            logger.notice("a store of the cache works again", metadata: ["store": "\(store.rawValue)"])
        }
    }
}
