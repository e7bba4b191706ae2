import FastJSON

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Random documents that use the whole grammar.
enum RandomJSON {
    static func value(_ generator: inout SeededGenerator, depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 7 : 10), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .int(Int64.random(in: -1000...1000, using: &generator))
        case 3: .int(Int64.random(in: .min ... .max, using: &generator))
        case 4: .double(finite(&generator))
        case 5, 6: .string(string(&generator))
        case 7, 8: .object((0..<Int.random(in: 0...5, using: &generator)).map { _ in member(&generator, depth: depth - 1) })
        default: .array((0..<Int.random(in: 0...5, using: &generator)).map { _ in value(&generator, depth: depth - 1) })
        }
    }

    static func member(_ generator: inout SeededGenerator, depth: Int) -> JSONMember {
        JSONMember(string(&generator), value(&generator, depth: depth))
    }

    static func string(_ generator: inout SeededGenerator) -> String {
        let pieces = ["a", "bc", "\"", "\\", "\n", "\u{0}", "\u{1F}", "é", "日本", "👩‍👩‍👧", "/", "{", "]", ",", ":", " ", "\u{2028}", "\u{FFFF}"]
        return (0..<Int.random(in: 0...6, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    /// Any finite double but whole numbers, which read back as integers.
    static func finite(_ generator: inout SeededGenerator) -> Double {
        while true {
            let value = Double(bitPattern: generator.next())
            if value.isFinite, Int64(exactly: value) == nil { return value }
        }
    }
}

extension JSONValue {
    static func parse(quoting text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)) }
}
