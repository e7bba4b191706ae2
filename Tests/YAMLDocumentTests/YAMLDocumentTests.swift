import Testing
import YAMLDocument

@Suite struct YAMLDocumentTests {
    @Test func everyNodeKnowsItsLineAndColumn() throws {
        let root = try #require(try parse("# comment\nserver:\n  host:  'a b'\n  list: [1, two]\nempty:\n").root)
        let server = try entry("server", of: root)
        #expect(server.keyStart == YAMLPosition(line: 2, column: 1))
        #expect(server.keyEnd == YAMLPosition(line: 2, column: 7))
        #expect(server.value.start == YAMLPosition(line: 3, column: 3))
        let host = try entry("host", of: server.value)
        #expect(host.keyStart == YAMLPosition(line: 3, column: 3))
        #expect(host.value.start == YAMLPosition(line: 3, column: 10))
        #expect(host.value.end == YAMLPosition(line: 3, column: 15))
        guard case .sequence(let items) = try entry("list", of: server.value).value.content else {
            Issue.record("no sequence")
            return
        }
        #expect(items.map(\.start) == [YAMLPosition(line: 4, column: 10), YAMLPosition(line: 4, column: 13)])
        #expect(try entry("empty", of: root).value.isNull)
    }

    @Test(arguments: [
        ("a: x y", "x y", YAMLScalar.Style.plain), ("a: 'it''s'", "it's", .singleQuoted), (#"a: "x\n\u00e9""#, "x\né", .doubleQuoted),
        ("a: |\n  x\n  y\n", "x\ny\n", .literal), ("a: >-\n  x\n  y\n", "x y", .folded), ("a:", "", .plain),
    ])
    func scalarsKeepTheirTextAndStyle(text: String, expected: String, style: YAMLScalar.Style) throws {
        let root = try #require(try parse(text).root)
        #expect(try entry("a", of: root).value.content == .scalar(YAMLScalar(text: expected, style: style)))
    }

    @Test(arguments: [("~", true), ("null", true), ("''", false), ("'null'", false), ("nul", false), ("0", false)])
    func onlyAnUnquotedNullIsNull(text: String, expected: Bool) throws {
        #expect(try #require(try parse("a: \(text)").root).entries.first?.value.isNull == expected)
    }

    @Test func tagsAreKeptWhenWritten() throws {
        let root = try #require(try parse("a: !secret x\nb: !!str 1\nc: 1\n").root)
        #expect(root.entries.map(\.value.tag) == ["!secret", "tag:yaml.org,2002:str", nil])
    }

    @Test(arguments: ["", "   \n\n", "# only a comment\n", "---\n"])
    func nothingIsNoRootOrNull(text: String) throws {
        let root = try parse(text).root
        #expect(root == nil || root?.isNull == true)
    }

    @Test func anAliasRepeatsItsAnchorAndPointsAtTheDefinition() throws {
        let root = try #require(try parse("a: &x {k: 1}\nb: *x\nc: [*x, &x 2, *x]\n").root)
        #expect(try entry("b", of: root).value == entry("a", of: root).value)
        guard case .sequence(let items) = try entry("c", of: root).value.content else {
            Issue.record("no sequence")
            return
        }
        #expect(items[0].start.line == 1)
        #expect(items[2].content == .scalar(YAMLScalar(text: "2", style: .plain)))
    }

    @Test func duplicateKeysAreListedWithBothPlacesAndTheFirstOneStays() throws {
        let document = try parse("a: 1\nb: {x: 1, x: 2}\na: 3\na: 4\n")
        #expect(document.duplicateKeys.map(\.key) == ["x", "a", "a"])
        #expect(document.duplicateKeys.map(\.start) == [.init(line: 2, column: 11), .init(line: 3, column: 1), .init(line: 4, column: 1)])
        #expect(document.duplicateKeys.map(\.first) == [.init(line: 2, column: 5), .init(line: 1, column: 1), .init(line: 1, column: 1)])
        let root = try #require(document.root)
        #expect(try entry("a", of: root).value.content == .scalar(YAMLScalar(text: "1", style: .plain)))
        #expect(root.entries.count == 2)
    }

    @Test(arguments: [
        ("a: [1, 2\nb: 3\n", YAMLError.Kind.syntax, 2, 2),
        ("a: 'x\n", .syntax, 2, 1),
        ("a: 1\n b: 2\n", .syntax, 2, 3),
        ("a:\n\t- 1\n", .syntax, 2, 1),
        ("a: *nowhere\n", .unsupported, 1, 4),
        ("a: &x [*x]\n", .unsupported, 1, 8),
        ("a: 1\n---\nb: 2\n", .unsupported, 2, 1),
        ("? [1, 2]\n: x\n", .unsupported, 1, 3),
        ("ok: 1\nbé: \u{01}\n", .syntax, 2, 5),
    ])
    func whatIsNotYAMLIsRefusedWithItsPlace(text: String, kind: YAMLError.Kind, line: Int, column: Int) {
        let error = #expect(throws: YAMLError.self) { try parse(text) }
        #expect(error?.kind == kind)
        #expect(error?.position == YAMLPosition(line: line, column: column), "\(String(describing: error))")
    }

    @Test func illFormedUTF8IsRefusedWithItsPlace() {
        let error = #expect(throws: YAMLError.self) { try YAMLDocument.parse(Array("a: 1\nb: ".utf8) + [0xFF, 0xFE] + Array("\n".utf8)) }
        #expect(error?.kind == .syntax)
        #expect(error?.position == YAMLPosition(line: 2, column: 4))
    }

    @Test func repeatedAliasesCannotBlowUpTheTree() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 { text += "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n" }
        let error = #expect(throws: YAMLError.self) { try parse(text) }
        #expect(error?.kind == .limit)
        // 1 + 11 nodes and keys for a0, then 111 for a1, ...: the bound counts what aliases repeat.
        #expect(error?.position.line == 5)
    }

    @Test func theNodeBoundIsExact() throws {
        let text = "a: &x [1, 2]\nb: *x\n"  // keys 2, sequence 3 twice, the mapping 1
        #expect(throws: Never.self) { try YAMLDocument.parse(Array(text.utf8), limits: YAMLLimits(maxNodes: 9)) }
        #expect(throws: YAMLError.self) { try YAMLDocument.parse(Array(text.utf8), limits: YAMLLimits(maxNodes: 8)) }
    }

    @Test func depthAndSizeAreBounded() throws {
        func nested(_ depth: Int) -> [UInt8] { Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8) }
        #expect(throws: Never.self) { try YAMLDocument.parse(nested(64)) }
        let deep = #expect(throws: YAMLError.self) { try YAMLDocument.parse(nested(65)) }
        #expect(deep?.kind == .limit)
        #expect(deep?.position == YAMLPosition(line: 1, column: 65))
        let long = #expect(throws: YAMLError.self) {
            try YAMLDocument.parse([UInt8](repeating: 0x61, count: 11), limits: YAMLLimits(maxBytes: 10))
        }
        #expect(long?.kind == .limit)
        #expect(throws: Never.self) { try YAMLDocument.parse([UInt8](repeating: 0x61, count: 10), limits: YAMLLimits(maxBytes: 10)) }
    }

    /// Each line nests the one before 30 levels deeper; without a bound on expanded depth, walking the tree would overflow the stack.
    @Test func aliasesCannotNestDeeperThanTheBound() throws {
        func nested(_ inside: String) -> String { String(repeating: "[", count: 30) + inside + String(repeating: "]", count: 30) }
        #expect(throws: Never.self) { try parse("a: &a \(nested("1"))\nb: &b \(nested("*a"))\n") }
        let error = #expect(throws: YAMLError.self) { try parse("a: &a \(nested("1"))\nb: &b \(nested("*a"))\nc: \(nested("*b"))\n") }
        #expect(error?.kind == .limit)
        #expect(error?.position == YAMLPosition(line: 3, column: 34))
    }

    private func parse(_ text: String) throws -> YAMLDocument {
        try YAMLDocument.parse(Array(text.utf8))
    }

    private func entry(_ key: String, of node: YAMLNode) throws -> YAMLEntry {
        try #require(node.entries.first { $0.key == key })
    }
}

extension YAMLNode {
    var entries: [YAMLEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }
}
