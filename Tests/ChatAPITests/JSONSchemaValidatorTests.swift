import ChatAPI
import FastJSON
import Testing

@Suite struct JSONSchemaValidatorTests {
    private func violation(_ schema: String, _ value: String) throws -> JSONSchemaValidator.Violation? {
        JSONSchemaValidator(try JSONValue.parse(schema)).violation(in: try JSONValue.parse(value))
    }

    @Test(
        arguments: [
            ("{}", "[1,{}]"), ("true", "null"), (#"{"type":"string"}"#, #""x""#), (#"{"type":["string","null"]}"#, "null"),
            (#"{"type":"integer"}"#, "3"), (#"{"type":"integer"}"#, "3.0"), (#"{"type":"number"}"#, "3"), (#"{"type":"number"}"#, "-1e-3"),
            (#"{"enum":[1,"a",null,{"b":[1,2]}]}"#, #"{"b":[1.0,2]}"#), (#"{"const":{"a":1,"b":2}}"#, #"{"b":2,"a":1}"#),
            (#"{"properties":{"a":{"type":"string"}},"additionalProperties":false}"#, #"{"a":"x"}"#),
            (#"{"additionalProperties":{"type":"integer"}}"#, #"{"a":1,"b":2}"#), (#"{"required":["a"]}"#, #"{"a":null}"#),
            (#"{"required":["a"]}"#, "[]"), (#"{"items":{"type":"integer"},"minItems":2,"maxItems":2}"#, "[1,2]"),
            (#"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#, #"["a",1,2]"#),
            (#"{"items":[{"type":"string"}],"additionalItems":false}"#, #"["a"]"#),
            (#"{"uniqueItems":true}"#, #"[1,"1",[1],{"a":1}]"#), (#"{"minLength":2,"maxLength":2}"#, #""é😀""#),
            (#"{"minimum":1,"maximum":2}"#, "1"), (#"{"minimum":1,"maximum":2}"#, "2.0"), (#"{"exclusiveMinimum":1}"#, "1.0001"),
            (#"{"multipleOf":0.01}"#, "19.99"), (#"{"multipleOf":3}"#, "-9"), (#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#, "1"),
            (#"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#, "1"), (#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "2"),
            (#"{"not":{"type":"string"}}"#, "1"), (#"{"type":"string","nullable":true}"#, "null"),
            (#"{"type":"string","nullable":true,"enum":["a"]}"#, "null"),
            (##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}}"##, "1"),
            (##"{"$ref":"#/definitions/a~1b","definitions":{"a/b":{"type":"integer"}}}"##, "1"),
            (
                ##"{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["next"]}"##,
                #"{"next":{"next":{"next":null}}}"#
            ),
            (#"{"$ref":"https://example.com/other"}"#, "1"), (#"{"x-unknown":5,"format":"date","pattern":"^a$"}"#, #""b""#),
            (#"{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]},"else":{"required":["c"]}}"#, #"{"a":1,"b":2}"#),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"c":1}"#), (#"{"contains":{"const":1}}"#, "[2,1]"),
            (#"{"propertyNames":{"maxLength":2},"minProperties":1,"maxProperties":1}"#, #"{"ab":1}"#),
            (#"{"patternProperties":{"^x":{}},"additionalProperties":false}"#, #"{"xy":1}"#),
        ])
    func `a valid value is accepted`(schema: String, value: String) throws {
        #expect(try violation(schema, value) == nil)
    }

    @Test(
        arguments: [
            ("false", "1", ""), (#"{"type":"string"}"#, "1", ""), (#"{"type":["string","null"]}"#, "1", ""),
            (#"{"type":"integer"}"#, "3.5", ""),
            (#"{"type":"integer"}"#, "true", ""), (#"{"type":"boolean"}"#, "0", ""), (#"{"type":"object"}"#, "[]", ""),
            (#"{"enum":[1,"a"]}"#, "2", ""), (#"{"const":1}"#, #""1""#, ""),
            (#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1}"#, "/a"),
            (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1,"b/c":2}"#, "/b~1c"),
            (#"{"additionalProperties":{"type":"integer"}}"#, #"{"x~":"y"}"#, "/x~0"), (#"{"required":["a"]}"#, "{}", ""),
            (#"{"items":{"properties":{"a":{"minimum":3}}}}"#, #"[{"a":3},{"a":2}]"#, "/1/a"), (#"{"minItems":1}"#, "[]", ""),
            (#"{"maxItems":1}"#, "[1,2]", ""), (#"{"prefixItems":[{},{"type":"string"}]}"#, "[1,2]", "/1"),
            (#"{"prefixItems":[{}],"items":false}"#, "[1,2]", "/1"),
            (#"{"uniqueItems":true}"#, #"[{"a":1,"b":2},{"b":2,"a":1.0}]"#, "/1"), (#"{"minLength":3}"#, #""é😀""#, ""),
            (#"{"maxLength":1}"#, #""ab""#, ""),
            (#"{"minimum":1}"#, "0.99", ""), (#"{"maximum":1}"#, "2", ""), (#"{"exclusiveMinimum":1}"#, "1", ""),
            (#"{"exclusiveMaximum":1}"#, "1.0", ""),
            (#"{"minimum":1,"exclusiveMinimum":true}"#, "1", ""), (#"{"multipleOf":0.01}"#, "19.995", ""), (#"{"multipleOf":3}"#, "10", ""),
            (#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#, "null", ""),
            (#"{"anyOf":[{"type":"null"},{"properties":{"a":{"type":"string"}},"type":"object"}]}"#, #"{"a":1}"#, "/a"),
            (#"{"oneOf":[{"type":"integer"},{"minimum":0}]}"#, "1", ""), (#"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#, "null", ""),
            (#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "4", ""), (#"{"not":{"type":"string"}}"#, #""a""#, ""),
            (#"{"type":"string","nullable":false}"#, "null", ""),
            (##"{"properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"integer"}}}"##, #"{"a":"1"}"#, "/a"),
            (
                ##"{"type":"object","properties":{"next":{"$ref":"#"}},"required":["id"]}"##, #"{"id":1,"next":{"id":2,"next":{}}}"#,
                "/next/next"
            ),
            (#"{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}}"#, #"{"a":1}"#, ""),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, ""),
            (#"{"contains":{"const":1}}"#, "[2]", ""), (#"{"contains":{},"maxContains":1}"#, "[2,3]", ""),
            (#"{"propertyNames":{"maxLength":2}}"#, #"{"abc":1}"#, "/abc"),
            (#"{"minProperties":1}"#, "{}", ""), (#"{"maxProperties":0}"#, #"{"a":1}"#, ""),
            (#"{"properties":{"a":{"type":"integer"}}}"#, #"{"a":1,"a":"x"}"#, "/a"),
        ])
    func `an invalid value is refused where it is wrong`(schema: String, value: String, path: String) throws {
        let violation = try #require(try violation(schema, value))
        #expect(violation.path == path, "\(violation)")
        #expect(!violation.message.isEmpty)
    }

    @Test(
        arguments: [
            ##"{"$ref":"#"}"##, ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##, ##"{"not":{"$ref":"#"}}"##,
            ##"{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
        ])
    func `a schema that refers to itself without end is bounded and not trusted`(schema: String) throws {
        #expect(try violation(schema, "1")?.message.contains("not checked") == true)
    }

    @Test func `the work of one check is bounded`() throws {
        // 2^40 ways to fail without a bound.
        var schema: JSONValue = ["type": "string"]
        for _ in 0..<40 { schema = ["anyOf": [schema, schema]] }
        #expect(JSONSchemaValidator(schema).violation(in: 1)?.message.contains("too large") == true)
        let many = JSONValue.array((0..<1_000).map { .int(Int64($0)) })
        #expect(JSONSchemaValidator(["uniqueItems": true]).violation(in: many)?.message.contains("too large") == true)
    }

    @Test func `messages say what was expected and what came`() throws {
        #expect(
            try violation(#"{"properties":{"age":{"type":"integer"}}}"#, #"{"age":"x"}"#)?.description
                == "/age: expected integer, but got a string")
        #expect(try violation(#"{"enum":["a","b"]}"#, #""c""#)?.description == #"expected one of "a", "b", but got "c""#)
        #expect(try violation(#"{"required":["a"]}"#, "{}")?.description == "the member 'a' is missing")
    }
}
