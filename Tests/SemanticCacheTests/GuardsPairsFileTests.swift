import Foundation
import Testing

@testable import SemanticCache

/// The labelled pairs that ship with the gateway, written by others than the guards' author.
@Suite struct GuardsPairsFileTests {
    private struct Pair: Decodable {
        var a: String
        var b: String
        var same: Bool
    }

    private static func pairs() throws -> [Pair] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "calibration/cache-pairs.jsonl")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Pair.self, from: Data($0.utf8)) }
    }

    @Test("every pair labelled different is separated, and four in five labelled same pass")
    func labelled() throws {
        let pairs = try Self.pairs()
        #expect(pairs.count >= 600)
        var same = 0
        var passed = 0
        for pair in pairs {
            let seen = Guards.first(separating: PromptFacts(pair.a), from: PromptFacts(pair.b))
            if pair.same {
                same += 1
                if seen == nil { passed += 1 }
            } else {
                #expect(seen != nil, "\(pair.a) | \(pair.b)")
            }
        }
        #expect(same >= 300)
        #expect(passed * 5 >= same * 4, "\(passed) of \(same) paraphrases pass")
    }
}
