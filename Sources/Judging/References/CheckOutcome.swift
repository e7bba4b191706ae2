/// What a checkable reference says of an answer.
public enum CheckOutcome: Sendable, Hashable {
    case pass
    /// Why, one clause in plain English.
    case fail(String)
    /// The check cannot decide; a judge has to.
    case cannotTell(String)

    public var isPass: Bool { self == .pass }
}
