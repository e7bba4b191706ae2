import FastJSON
import Testing

@Suite struct EvidenceScanTests {
    @Test func theTokensOfARecordingAreRead() throws {
        let line = #"""
             {"id":"a","draft":{"text":"x]","tokens":[ {"t_ms":1.5,"bytes":"P\u00e9","logprob":-0.25,"top":[-0.25,null,-9999]},
             {"bytes":[255,97.0],"logprob":null,"top":[],"listed":false} ] },"bad":null}
            """#
        let scan = try #require(EvidenceScan(Array(line.utf8)))
        let value = String(decoding: Array(line.utf8)[scan.range], as: UTF8.self)
        #expect(value.hasPrefix(#"[ {"t_ms""#) && value.hasSuffix("false} ]"))
        #expect(scan.text == Array("Pé".utf8) + [255, 97])
        #expect(scan.alternatives.map { $0.isNaN ? 0 : $0 } == [-0.25, 0, -9999])
        #expect(scan.alternatives[1].bitPattern == Double.nan.bitPattern)
        #expect(scan.tokens.count == 2)
        let (first, second) = (scan.tokens[0], scan.tokens[1])
        #expect(first.ms == 1.5 && first.logprob == -0.25 && first.isListed)
        #expect(first.text == 0..<3 && first.alternatives == 0..<3)
        #expect(second.ms == 0 && second.logprob.bitPattern == Double.nan.bitPattern)
        #expect(second.text == 3..<5 && second.alternatives == 3..<3 && !second.isListed)
    }

    @Test func anEmptyListOfTokensIsNoReasonForATree() {
        #expect(EvidenceScan(Array(#"{"draft":{"tokens":[]}}"#.utf8))?.tokens.isEmpty == true)
    }

    @Test(arguments: [
        "", " ", "[]", "7", "{}", #"{"draft":null}"#, #"{"draft":{}}"#, #"{"draft":{"tokens":null}}"#, #"{"draft":{"tokens":[]}} x"#,
        #"{"draft":{"tokens":[]}"#, #"{"draft":{"tokens":[]},"draft":{}}"#, #"{"draft":{"tokens":[],"tokens":[]}}"#,
        #"{"heavyweight":{"tokens":[]}}"#, #"{"tokens":[]}"#,
    ])
    func whatHasNoTokensToReadIsLeftToTheTree(line: String) { #expect(EvidenceScan(Array(line.utf8)) == nil) }

    @Test(arguments: [
        "7", "{}", #"{"bytes":7}"#, #"{"bytes":[256]}"#, #"{"bytes":[-1]}"#, #"{"bytes":[1.5]}"#, #"{"bytes":["a"]}"#,
        #"{"bytes":"","t_ms":null}"#, #"{"bytes":"","t_ms":"1"}"#, #"{"bytes":"","logprob":"1"}"#, #"{"bytes":"","logprob":1e400}"#,
        #"{"bytes":"","top":null}"#, #"{"bytes":"","top":[true]}"#, #"{"bytes":"","top":[1,]}"#, #"{"bytes":"","listed":1}"#,
        #"{"bytes":"","bytes":""}"#, #"{"bytes":"","top":[],"top":[]}"#, #"{"bytes":"","more":1}"#, #"{"bytes":"\x"}"#,
    ])
    func aTokenThatIsNotAsWrittenIsLeftToTheTree(token: String) {
        let good = #"{"bytes":"a","logprob":-1,"top":[-1]}"#
        #expect(EvidenceScan(Array(#"{"draft":{"tokens":[\#(good)]}}"#.utf8)) != nil)
        #expect(EvidenceScan(Array(#"{"draft":{"tokens":[\#(good),\#(token)]}}"#.utf8)) == nil)
    }
}
