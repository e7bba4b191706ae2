import Calibration
import EntropyRouting
import FastJSON
import GatewayTesting
import Testing

@testable import CalibrationData

@Suite struct RecordingLineTests {
    /// Lines spelled in every way JSON allows, and in some it does not.
    @Test(arguments: 0..<40) func bothWaysOfReadingALineAgree(seed: Int) {
        var lines = SpelledLines(seed: UInt64(seed))
        var direct = 0
        var refused = 0
        for _ in 0..<60 {
            let line = lines.next()
            let (quick, tree) = (Self.told(line, RecordingCoding.decode), Self.told(line, RecordingCoding.decodeTree))
            #expect(quick == tree, "\(String(decoding: line, as: UTF8.self))")
            if case .success(let read) = Self.line(line) {
                if read.evidence != nil { direct += 1 }
                #expect(Self.trace(read) == Self.trace(RecordingLine(read.whole)), "\(String(decoding: line, as: UTF8.self))")
            } else {
                refused += 1
            }
        }
        // Otherwise nothing was compared.
        #expect(direct >= 10 && refused >= 1, "\(direct) read directly, \(refused) refused")
    }

    /// A byte changed, cut or doubled anywhere.
    @Test(arguments: 0..<20) func damagedLinesAreRefusedAlike(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) &+ 1_000)
        var source = RandomRecordings(seed: UInt64(seed))
        for _ in 0..<60 {
            var line = RecordingCoding.encode(source.next(id: "a", tokens: 3))
            let place = Int(random.next() % UInt64(line.count))
            switch random.next() % 3 {
            case 0: line[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: line.remove(at: place)
            default: line.insert(line[place], at: place)
            }
            let (quick, tree) = (Self.told(line, RecordingCoding.decode), Self.told(line, RecordingCoding.decodeTree))
            #expect(quick == tree, "\(String(decoding: line, as: UTF8.self))")
        }
    }

    @Test(arguments: 0..<50) func whatWeWriteIsReadWithoutATree(seed: Int) throws {
        var source = RandomRecordings(seed: UInt64(seed))
        let recording = source.next(id: "a", tokens: 20)
        let line = try RecordingLine(RecordingCoding.encode(recording))
        let evidence = try #require(line.evidence)
        #expect(evidence.tokens.count == 20)
        #expect(line.recording.draft.tokens.isEmpty)
        #expect(Self.bits(line.whole) == Self.bits(recording))
        #expect(Self.trace(line) == Self.trace(RecordingLine(recording)))
    }

    /// One member changed in a line that is otherwise read directly.
    @Test(arguments: [
        (#""t_ms":80.0"#, #""t_ms":80.0,"new":1"#), (#""t_ms":80.0"#, #""t_ms":80.0,"t_ms":81.0"#), (#""top":["#, #""top":[],"top":["#),
        (#""tokens":["#, #""tokens":[],"tokens":["#), (#""draft":{"#, #""draft":{},"draft":{"#),
        (#","tokens":["#, #","tokens":null,"x":["#),
    ]) func whatTheFormatDoesNotHaveGoesThroughTheTree(change: (String, String)) throws {
        let good = String(decoding: RecordingCoding.encode(RandomRecordings.simple("a")), as: UTF8.self)
        let changed = good.split(separator: change.0, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: change.1)
        #expect(changed != good)
        let line = try RecordingLine(Array(changed.utf8))
        #expect(line.evidence == nil)
        #expect(Self.bits(line.whole) == Self.bits(try RecordingCoding.decodeTree(Array(changed.utf8))))
    }

    // MARK: Comparison

    private static func line(_ bytes: [UInt8]) -> Result<RecordingLine, CalibrationDataError> {
        do throws(CalibrationDataError) { return .success(try RecordingLine(bytes)) } catch { return .failure(error) }
    }

    private static func told(_ line: [UInt8], _ read: ([UInt8]) throws(CalibrationDataError) -> Recording) -> String {
        do throws(CalibrationDataError) { return bits(try read(line)) } catch { return "\(error), column \(error.column ?? -1)" }
    }

    private static func trace(_ line: RecordingLine) -> String {
        var trace = DraftTrace(id: line.recording.id, taskClass: line.recording.taskClass)
        line.fill(&trace)
        let tokens = trace.tokens.map { "\($0.ms.bitPattern) \(bits($0.logprob)) \($0.isListed) \($0.text) \($0.alternatives)" }
        return "\(tokens) \(trace.alternatives.map(bits)) \(trace.text)"
    }

    private static func bits(_ number: Double) -> UInt64 { number.bitPattern }
    private static func bits(_ recording: Recording) -> String { CalibrationDataTests.bits(recording) }
}

/// Recordings whose tokens are spelled by hand.
private struct SpelledLines {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next() -> [UInt8] {
        let tokens = list(below: 6) { $0.token() }
        let frame = String(decoding: RecordingCoding.encode(RandomRecordings.simple("a")), as: UTF8.self)
        let start = frame.range(ofFirst: #""tokens":["#)
        let end = frame.range(ofFirst: #"]},"heavyweight""#)
        return Array("\(frame[..<start.upperBound])\(tokens)\(frame[end.lowerBound...])".utf8)
    }

    private mutating func token() -> String {
        if chance(60) { return pick(["null", "7", "[]", "{}", #"{"bytes":"a"}"#]) }
        var members = [#""bytes"\#(space()):\#(space())\#(text())"#]
        if !chance(5) { members.append(#""t_ms":\#(number())"#) }
        if !chance(5) { members.append("\"\(pick(["logprob", "logprob", #"logpro\u0062"#]))\":\(logarithm())") }
        if !chance(5) { members.append(#""top":[\#(space())\#(list(below: 5) { $0.logarithm() })]"#) }
        if chance(3) { members.append(#""listed":\#(chance(20) ? "null" : pick(["true", "false"]))"#) }
        if chance(40) { members.append(#""new":\#(number())"#) }
        if chance(40) { members.append(pick(members)) }
        if chance(60) { members.removeFirst() }
        members.shuffle(using: &random)
        return "{\(space())\(members.joined(separator: ",\(space())"))}"
    }

    private mutating func logarithm() -> String {
        if chance(100) { return pick(["true", "\"-1\"", "[]", "-", "nul", "NaN"]) }
        return chance(5) ? "null" : number()
    }

    /// Digits of any length, at the edges of what a double and an Int64 hold.
    private mutating func number() -> String {
        if chance(150) { return pick(["1e400", "01", "1.", ".5", "-", "1e", "+1", "1.8e308", "1.7976931348623159e308"]) }
        if chance(2) {
            return pick([
                "0", "-0", "-0.0", "0e5", "-0E-5", "5e-324", "4.9406564584124654e-324", "2e-324", "1e-400", "2.2250738585072011e-308",
                "2.2250738585072014e-308", "1.7976931348623157e308", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
                "-9223372036854775809", "9007199254740993", "-9999", "-9999.0", "1E5", "1e+2", "0.1e-2", "123456789012345678901234567890",
                "0.000000000000000000000000000000123456789012345678901", "9007199254740992.5", "9007199254740993.0", "1e23", "8.5e22",
            ])
        }
        let digits = (0..<(1 + random.next() % 25)).map { _ in String(random.next() % 10) }.joined()
        let whole = digits.count > 1 && digits.hasPrefix("0") ? "1" + digits : digits
        let fraction = chance(2) ? "." + (0..<(1 + random.next() % 25)).map { _ in String(random.next() % 10) }.joined() : ""
        let exponent = chance(3) ? pick(["e", "E"]) + pick(["", "-", "+"]) + String(random.next() % 200) : ""
        return pick(["", "-"]) + whole + fraction + exponent
    }

    private mutating func text() -> String {
        if chance(60) { return pick([#""\x""#, #""\u12""#, "\"\u{1}\"", "null", "[256]", "[-1]", "[1.5]", "[\"a\"]", "[null]", "[1e9]"]) }
        if chance(3) {
            return
                "[\(list(below: 6) { $0.chance(4) ? $0.pick(["65.0", "6.5e1", "-0", "0.0", "255", "0", "2550e-1"]) : String($0.random.next() % 256) })]"
        }
        let pieces = [
            "a", #"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u0000"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\ud83d"#, #"\ude00"#, #"\ud83dx"#, "é", "😀",
            "]}", "{",
        ]
        return "\"" + (0..<(random.next() % 6)).map { _ in pick(pieces) }.joined() + "\""
    }

    private mutating func space() -> String { chance(4) ? pick([" ", "\t", "  ", "\r"]) : "" }

    private mutating func list(below limit: UInt64, _ item: (inout Self) -> String) -> String {
        (0..<(random.next() % limit)).map { _ in item(&self) }.joined(separator: ",")
    }

    private mutating func chance(_ outOf: UInt64) -> Bool { random.next() % outOf == 0 }
    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(random.next() % UInt64(elements.count))] }
}

extension String {
    /// Where the text stands first; the end when it does not.
    fileprivate func range(ofFirst text: String) -> Range<Index> { firstRange(of: text) ?? endIndex..<endIndex }
}
