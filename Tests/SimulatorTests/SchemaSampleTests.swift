import FastJSON
import Testing

@testable import Simulator

@Suite struct SchemaSampleTests {
    @Test(
        "Samples obey simple schemas",
        arguments: [
            (
                #"{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}}}"#,
                #"{"city":"Paris","days":1}"#
            ),
            (
                ##"{"type":"object","properties":{"unit":{"enum":["celsius","kelvin"]},"deep":{"$ref":"#/$defs/d"}},"##
                    + ##""$defs":{"d":{"type":"array","items":{"type":"boolean"},"minItems":2}}}"##,
                #"{"unit":"celsius","deep":[true,true]}"#
            ),
            (#"{"anyOf":[{"type":"null"},{"type":"string"}]}"#, "null"),
            (#"{"type":["string","null"],"minLength":8}"#, #""Paris Pa""#),
            (#"{"type":"string","maxLength":2}"#, #""Pa""#),
            (#"{"type":"number","exclusiveMaximum":3}"#, "2.5"),
            (#"{"const":{"a":[1]}}"#, #"{"a":[1]}"#),
            (#"{"type":"object"}"#, "{}"),
        ])
    func valid(schema: String, sample: String) throws {
        #expect(try SchemaSample(schema: JSONValue.parse(schema)).valid() == JSONValue.parse(sample))
    }

    @Test("A mismatched sample has no member of the right type")
    func mismatched() throws {
        let schema = #"{"type":"object","properties":{"city":{"type":"string"},"list":{"type":"array"},"deep":{"type":"object"}}}"#
        let sample = try SchemaSample(schema: JSONValue.parse(schema)).mismatched()
        #expect(sample["city"]?.array != nil)
        #expect(sample["list"]?.string != nil)
        #expect(sample["deep"]?.array != nil)
        #expect(try SchemaSample(schema: JSONValue.parse(#"{"type":"object"}"#)).mismatched().object == nil)
    }

    @Test("A schema that refers to itself ends")
    func recursive() throws {
        let schema = try JSONValue.parse(##"{"type":"object","properties":{"next":{"$ref":"#"}}}"##)
        #expect(SchemaSample(schema: schema).valid().serialized().count < 400)
    }
}
