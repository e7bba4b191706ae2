/// A value outside its documented range, found while something was being set up. Never thrown per token.
public struct ParameterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which parameter.
    public var parameter: String
    /// The value that was given.
    public var value: String
    /// What would have been right.
    public var expected: String

    public init(_ parameter: String, is value: String, expected: String) {
        self.parameter = parameter
        self.value = value
        self.expected = expected
    }

    public var description: String { "\(parameter) is \(value); expected \(expected)" }
}
