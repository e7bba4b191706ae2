import Cascade
import ChatAPI
import FastJSON
import GatewayTesting
import Testing

@testable import SemanticCache

/// Thousands of random requests: whatever says the same is the same, and whatever differs differs.
@Suite struct PartitionPropertyTests {
    private static let rules = PartitionRules()

    @Test(arguments: 0..<40 as Range<UInt64>)
    func aRequestWrittenDifferentlyHasTheSameFingerprint(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let request = RandomRequest(&generator)
            let expected = try #require(try request.fingerprint(Self.rules, &generator, varied: false))
            #expect(try request.fingerprint(Self.rules, &generator, varied: false) == expected)
            for _ in 0..<3 { #expect(try request.fingerprint(Self.rules, &generator, varied: true) == expected, "\(request.members)") }
        }
    }

    @Test(arguments: RequestChange.allCases)
    func aChangedFieldNeverHasTheSamePartition(_ change: RequestChange) throws {
        var generator = SeededGenerator(seed: 4_711)
        var applied = 0
        for _ in 0..<120 {
            let request = RandomRequest(&generator)
            var changed = request
            guard change.apply(to: &changed, &generator) else { continue }
            applied += 1
            let before = try #require(try request.fingerprint(Self.rules, &generator, varied: true))
            let after = try #require(try changed.fingerprint(Self.rules, &generator, varied: true))
            #expect(before.id != after.id, "\(change): \(request.members) and \(changed.members)")
            #expect((before.partition == after.partition) == (change == .lastUserText), "\(change)")
        }
        #expect(applied >= 10)
    }

    @Test func differentRequestsNeverMeet() throws {
        var generator = SeededGenerator(seed: 99)
        var seen: [String: String] = [:]
        for _ in 0..<1_500 {
            let request = RandomRequest(&generator)
            let print = try #require(try request.fingerprint(Self.rules, &generator, varied: true))
            let meaning = request.meaning
            #expect(seen[print.id, default: meaning] == meaning)
            seen[print.id] = meaning
        }
        #expect(Set(seen.values).count == seen.count)
        #expect(seen.count > 1_000)
    }
}
