import EntropyRouting
import GatewayTesting
import Testing

@Suite("How much of the draft may leave")
struct ReleaseScheduleTests {
    /// Holds the tokens one by one and tells how many chunks have left after each.
    private func released(_ words: [String], _ mode: ReleaseMode, _ tokens: Int) -> [Int] {
        var schedule = ReleaseSchedule(policy: ReleasePolicy(mode: mode, tokens: tokens))
        var left = 0
        return words.map { word in
            schedule.hold(tokens: word.isEmpty ? 0 : 1, text: Array(word.utf8).span)
            left += schedule.release(isOpen: true)
            return left
        }
    }

    @Test("buffered: nothing while the verdict is open")
    func buffered() {
        #expect(released(["a.", " b.\n", "c"], .buffered, 1) == [0, 0, 0])
    }

    @Test(
        "commit: nothing before the n-th token, then everything", arguments: [(1, [1, 2, 3, 4]), (3, [0, 0, 3, 4]), (9, [0, 0, 0, 0])])
    func commit(tokens: Int, expected: [Int]) {
        #expect(released(["a", "b", "c", "d"], .commit, tokens) == expected)
    }

    @Test("holdback: each token once the n that follow were seen", arguments: [(1, [0, 1, 2, 3]), (2, [0, 0, 1, 2]), (4, [0, 0, 0, 0])])
    func holdback(tokens: Int, expected: [Int]) {
        #expect(released(["a", "b", "c", "d"], .holdback, tokens) == expected)
    }

    @Test("holdback: a chunk without tokens leaves with those before it")
    func holdbackRole() {
        #expect(released(["", "a", "b", "c"], .holdback, 2) == [0, 0, 1, 2])
    }

    @Test(
        "boundary: whole units once they ended and n more tokens were seen",
        arguments: [
            (1, [0, 0, 0, 2, 2, 2]), (2, [0, 0, 0, 0, 2, 2]), (9, [0, 0, 0, 0, 0, 0]),
        ])
    func boundary(tokens: Int, expected: [Int]) {
        // " It" shows that the first sentence is over, but reaches beyond its end: it is held.
        #expect(released(["One", ".", " It", " is", " so", " far"], .boundary, tokens) == expected)
    }

    @Test("boundary: a number waits for its unit, a code block for its end")
    func boundaryWholes() {
        #expect(released(["It", " is", " 3", ".", "14", " m", ".\n", "x"], .boundary, 1) == [0, 0, 0, 0, 0, 0, 0, 7])
        #expect(released(["```\n", "a.\n", "```\n", "x"], .boundary, 1) == [0, 0, 0, 3])
    }

    @Test("several units that became safe together leave together")
    func severalUnits() {
        var schedule = ReleaseSchedule(policy: ReleasePolicy(mode: .boundary, tokens: 2))
        for word in ["a\n", "b\n", "c\n", "d\n"] { schedule.hold(tokens: 1, text: Array(word.utf8).span) }
        #expect(schedule.release(isOpen: true) == 2)
        #expect(schedule.release(isOpen: true) == 0)
        schedule.hold(tokens: 4, text: Array("e".utf8).span)
        #expect(schedule.release(isOpen: true) == 2)
        #expect(schedule.count == 1)
    }

    @Test("closed in the draft's favour everything leaves; discarded, nothing does", arguments: ReleaseMode.allCases)
    func closed(mode: ReleaseMode) {
        var schedule = ReleaseSchedule(policy: ReleasePolicy(mode: mode, tokens: 16))
        for _ in 0..<5 { schedule.hold(tokens: 1, text: Array("x".utf8).span) }
        #expect(schedule.count == 5)
        #expect(schedule.release(isOpen: false) == 5)
        #expect(schedule.release(isOpen: false) == 0)
        schedule.hold(tokens: 1, text: Array("x".utf8).span)
        schedule.discard()
        #expect(schedule.release(isOpen: false) == 0)
    }

    @Test("at least one token is always held back")
    func atLeastOne() {
        #expect(ReleasePolicy(mode: .holdback, tokens: 0).tokens == 1)
        #expect(ReleasePolicy(mode: .commit, tokens: -5).tokens == 1)
    }

    @Test("agrees with the plain definition on random chunks", arguments: [ReleaseMode.holdback, .boundary, .commit])
    func reference(mode: ReleaseMode) {
        let words = ["a", "b. ", "c\n", "", " d", "e! f", "3", ".", "14"]
        for seed in 0..<300 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let n = Int.random(in: 1...6, using: &generator)
            var schedule = ReleaseSchedule(policy: ReleasePolicy(mode: mode, tokens: n))
            var chunks: [(token: Int, end: Int)] = []
            var boundaries: [(token: Int, end: Int)] = []
            var scanner = BoundaryScanner()
            var (seen, left) = (0, 0)
            for _ in 0..<40 {
                let word = words.randomElement(using: &generator)!
                let tokens = Int.random(in: 0...2, using: &generator)
                seen += tokens
                scanner.scan(Array(word.utf8).span)
                if scanner.lastBoundary > boundaries.last?.end ?? 0 { boundaries.append((seen, scanner.lastBoundary)) }
                chunks.append((seen, scanner.offset))
                schedule.hold(tokens: tokens, text: Array(word.utf8).span)
                left += schedule.release(isOpen: true)
                let safe = boundaries.last { $0.token + n <= seen }?.end ?? 0
                let expected =
                    switch mode {
                    case .holdback: chunks.prefix { $0.token + n <= seen }.count
                    case .boundary: safe == 0 ? 0 : chunks.prefix { $0.end <= safe }.count
                    case .commit: seen >= n ? chunks.count : 0
                    case .buffered: 0
                    }
                #expect(left == expected)
            }
        }
    }
}
