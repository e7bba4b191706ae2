import Testing

@testable import CalibrationReport

@Suite("Markup")
struct MarkupTests {
    @Test(
        "text and attribute values cannot become markup",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload=\"x", "&quot; onload=&quot;x"),
            ("' onload='x", "&#39; onload=&#39;x"),
            ("a & b &lt;", "a &amp; b &amp;lt;"),
            ("]]><!-- --!>", "]]&gt;&lt;!-- --!&gt;"),
            ("\u{0}\u{8}\u{1B}[31m", "\u{2400}\u{2408}\u{241B}[31m"),
            ("\r\n\t", "\u{240D}\n\t"),
            ("\u{202E}evil\u{2066}", "⟨U+202E⟩evil⟨U+2066⟩"),
            ("a\u{200B}b\u{FEFF}c\u{AD}d", "a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+00AD⟩d"),
            ("\u{FFFE}\u{1FFFF}\u{E0041}", "⟨U+FFFE⟩⟨U+1FFFF⟩⟨U+E0041⟩"),
            ("Zoë, 日本語, 🦆, שלום", "Zoë, 日本語, 🦆, שלום"),
        ])
    func escapes(_ text: String, _ expected: String) {
        #expect(tag("p") { text }.text == "<p>\(expected)</p>")
        #expect(tag("p", ["title": text]) { "x" }.text == "<p title=\"\(expected)\">x</p>")
    }

    @Test("no Unicode scalar opens or closes anything")
    func everyScalar() {
        var wrong: [UInt32] = []
        for value in UInt32(0)..<0x11_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let escaped = Escaping.escaped(String(Character(scalar)))
            if escaped.unicodeScalars.contains(where: { "<>\"'".unicodeScalars.contains($0) }) { wrong.append(value) }
            if escaped.contains("&"), !escaped.hasSuffix(";") { wrong.append(value) }
            if value < 0x20, value != 9, value != 10, escaped.unicodeScalars.first == scalar { wrong.append(value) }
        }
        #expect(wrong.isEmpty)
    }

    @Test("elements without content are closed as HTML wants it")
    func emptyElements() {
        #expect(tag("path", ["d": "M0 0"]).text == "<path d=\"M0 0\"/>")
        #expect(tag("g").text == "<g></g>")
        #expect(tag("p") { tag("b") { "x" } + Markup("<") }.text == "<p><b>x</b>&lt;</p>")
    }
}

@Suite("Base64")
struct Base64Tests {
    @Test(
        "RFC 4648's test vectors",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")])
    func vectors(_ plain: String, _ encoded: String) {
        #expect(Base64.encoded(Array(plain.utf8)) == encoded)
        #expect(Base64.decoded(encoded.utf8) == Array(plain.utf8))
    }

    @Test("every byte comes back")
    func roundTrip() {
        let bytes = (0..<768).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
        for length in 0..<40 { #expect(Base64.decoded(Base64.encoded(Array(bytes.prefix(length))).utf8) == Array(bytes.prefix(length))) }
        #expect(Base64.decoded(Base64.encoded(bytes).utf8) == bytes)
    }

    @Test("what is no Base64 is refused", arguments: ["Zg=", "Z===", "Zg==Zg==", "Zm9v!", "Zm 9v", "=Zg="])
    func refuses(_ text: String) { #expect(Base64.decoded(text.utf8) == nil) }
}
