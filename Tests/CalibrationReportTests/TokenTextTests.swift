import GatewayTesting
import Testing

@testable import CalibrationReport

@Suite("Tokens as text")
struct TokenTextTests {
    private func texts(_ tokens: [[UInt8]]) -> [String] { TokenText.pieces(tokens).map(\.text) }

    @Test("a character that was cut in two is one piece with both tokens")
    func joins() {
        let pieces = TokenText.pieces([Array("caf".utf8), [0xC3], [0xA9], Array("!".utf8)])
        #expect(pieces.map(\.text) == ["caf", "é", "!"])
        #expect(pieces.map(\.tokens) == [0..<1, 1..<3, 3..<4])
        #expect(pieces.allSatisfy { !$0.isBroken })
        #expect(texts([[0xF0], [0x9F], [0x8C], [0x8D]]) == ["🌍"])
        #expect(texts([Array(" a".utf8) + [0xE2, 0x82], [0xAC] + Array("b".utf8)]) == [" a€b"])
    }

    @Test("bytes that are no UTF-8 are shown as such and swallow nobody")
    func broken() {
        let pieces = TokenText.pieces([[0xFF, 0x41], [0xE2, 0x82], Array("ok".utf8), [0xC3]])
        #expect(pieces.map(\.text) == ["\\xFFA", "\\xE2\\x82", "ok", "\\xC3"])
        #expect(pieces.map(\.isBroken) == [true, true, false, true])
    }

    @Test(
        "white space is visible where it would not be seen",
        arguments: [
            (" word", " word"), ("two words", "two words"), (" ", "·"), ("   x", "···x"), ("x ", "x·"),
            ("\n", "↵\n"), ("\n\n", "↵\n↵\n"),
            ("\tx", "⇥x"), ("\r\n", "␍↵\n"),
        ])
    func whiteSpace(_ token: String, _ expected: String) { #expect(texts([Array(token.utf8)]) == [expected]) }

    @Test("every token is in exactly one piece, in order, whatever the bytes", arguments: [UInt64(1), 2, 3, 4, 5])
    func partition(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet: [[UInt8]] = [
            [0x41], [0xC3], [0xA9], [0xF0, 0x9F], [0x8C], [0x8D], [0xFF], [], [0x20], [0x0A], [0xED, 0xA0, 0x80], [0xE2],
        ]
        for _ in 0..<400 {
            let tokens = (0..<Int(random.unit() * 12)).map { _ in alphabet[Int(random.unit() * Double(alphabet.count))] }
            let pieces = TokenText.pieces(tokens)
            #expect(pieces.flatMap { Array($0.tokens) } == Array(tokens.indices))
            for piece in pieces where !piece.isBroken {
                let bytes = tokens[piece.tokens].flatMap(\.self)
                #expect(String(validating: bytes, as: UTF8.self) != nil)
            }
            // Whatever is whole as a text stays a text, character by character.
            if let whole = String(validating: tokens.flatMap(\.self), as: UTF8.self), pieces.allSatisfy({ !$0.isBroken }) {
                let shown = pieces.map(\.text).joined().filter { !"↵·".contains($0) }
                #expect(shown.filter { $0 != " " } == whole.filter { $0 != " " })
            }
        }
    }

    @Test(
        "heat rises with entropy, and missing evidence has none",
        arguments: [(0.0, 0), (0.0099, 0), (0.01, 1), (0.5, 5), (1.6, 7), (17, 8)])
    func heat(_ bits: Double, _ level: Int) {
        #expect(HeatLevel.of(bits) == level)
        #expect(HeatLevel.of(.nan) == nil)
        #expect((0...1).contains(HeatLevel.height(bits)))
    }
}
