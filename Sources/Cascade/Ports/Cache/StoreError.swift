/// Why a store or the embedder did not do what it was asked. Always a miss to the client.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Who failed. A closed set: also a metric label.
    public enum Store: String, Sendable, Hashable, CaseIterable {
        case embedded, redis, qdrant, embedder
    }

    /// A closed set: also a metric label.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No connection, or it broke.
        case unavailable
        /// Not within the deadline.
        case timeout
        /// Its queue is full, or it says that it has too much to do.
        case overloaded
        /// Wrong or missing credentials, or too few rights.
        case unauthorized
        /// Not what the protocol, or this gateway, ever writes.
        case malformed
        /// Understood and refused: wrong type, out of memory, read-only.
        case rejected
        /// Does not fit the configuration: another vector size, say.
        case mismatch
        /// Shut down.
        case closed
    }

    public var store: Store
    public var kind: Kind
    /// For logs: what happened and where; never a key, a password, a prompt or an answer.
    public var detail: String

    public init(_ store: Store, _ kind: Kind, _ detail: String) {
        self.store = store
        self.kind = kind
        self.detail = detail
    }

    public var description: String { "\(store.rawValue): \(kind.rawValue): \(detail)" }
}
