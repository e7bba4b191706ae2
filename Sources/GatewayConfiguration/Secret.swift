/// A text that must not reach a log, an error or a debugger by accident: it prints as `(secret)`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself. Hand it on only to whoever it is meant for.
    public let reveal: String

    public init(_ text: String) {
        self.reveal = text
    }

    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
