public import FastJSON

/// Checks a JSON value against a JSON schema: the part of draft 2020-12 that structured outputs and tool parameters use.
///
/// Checked: `type` (also a list), `enum`, `const`, `properties`, `required`, `additionalProperties`, `propertyNames`, `minProperties`,
/// `maxProperties`, `dependentRequired`, `items` (also the older list form), `prefixItems`, `contains` with its bounds, `minItems`, `maxItems`,
/// `uniqueItems`, `minLength`, `maxLength` (in Unicode scalars), `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` (numbers, or draft 4's
/// booleans), `multipleOf`, `anyOf`, `oneOf`, `allOf`, `not`, `if`/`then`/`else`, `$ref` to `#` and below it, recursion included, boolean
/// schemas, OpenAPI's `nullable`.
///
/// Not checked, that is, accepted: `pattern` and `patternProperties` (a backtracking engine would let a client's schema stall the gateway;
/// where `patternProperties` is present, `additionalProperties` is not applied), `format`, `unevaluated*`, references to other documents and
/// anchors, and every unknown keyword.
///
/// A value that cannot be checked within the bounds is reported as a violation: what is not known to be valid is not trusted.
public struct JSONSchemaValidator: Sendable {
    /// Where and how a value breaks its schema.
    public struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
        /// JSON pointer (RFC 6901) into the value; empty for the value itself.
        public var path: String
        /// What was expected and what was found.
        public var message: String

        public init(path: String, message: String) {
            self.path = path
            self.message = message
        }

        public var description: String { path.isEmpty ? message : "\(path): \(message)" }
    }

    private let schema: JSONValue
    private let maxDepth: Int
    private let maxSteps: Int

    /// - Parameters:
    ///   - schema: an object or a boolean; anything else accepts every value.
    ///   - maxDepth: nested schemas, references included; 128 by default.
    ///   - maxSteps: schemas applied to values in one check, the bound of its time; 50,000 by default (at worst some 50 ms).
    public init(_ schema: JSONValue, maxDepth: Int = 128, maxSteps: Int = 50_000) {
        self.schema = schema
        self.maxDepth = maxDepth
        self.maxSteps = maxSteps
    }

    /// The first violation in the order of the schema's keywords as this type lists them; `nil` when the value is valid.
    public func violation(in value: JSONValue) -> Violation? {
        var evaluation = SchemaEvaluation(root: schema, maxDepth: maxDepth, maxSteps: maxSteps)
        do {
            try evaluation.check(value, schema)
            return nil
        } catch {
            return error
        }
    }
}
