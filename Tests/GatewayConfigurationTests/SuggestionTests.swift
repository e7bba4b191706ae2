import GatewayConfiguration
import Testing

@Suite struct SuggestionTests {
    /// One edit anywhere in any key is understood, whatever the section.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everyMistypedKeyIsSuggestedItsRightName(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let keys = GatewayConfiguration.keys
        for key in keys {
            let names = Set(keys.filter { $0.section == key.section }.map(\.name))
            let wrong = mistyped(key.name, using: &random)
            // Not a mistake if it is another key, or the same apart from what is ignored.
            guard !names.contains(wrong) else { continue }
            let section = key.section.replacing(".*", with: key.section == "prices.*" ? ".openai:gpt-4.1" : ".openai")
            let parts = section.split(separator: ".", maxSplits: 1)
            let entry = parts.count == 2 ? "\(parts[0]):\n  \(parts[1]):\n    \"\(wrong)\": 1\n" : "\(section):\n  \"\(wrong)\": 1\n"
            let found = problems(entry).filter { $0.message.hasPrefix("unknown key") }
            #expect(found.count == 1)
            let suggestion = found.first.flatMap { $0.message.components(afterFirst: "did you mean '")?.prefix { $0 != "'" } }.map(
                String.init)
            // Two keys may be equally near (trace_tokens, …_total are not): the suggestion is one of them.
            #expect(suggestion != nil, "\(entry)")
            if let suggestion { #expect(distance(wrong, suggestion) <= distance(wrong, key.name), "\(wrong) -> \(suggestion)") }
        }
    }

    @Test(arguments: ["thresholdBits", "threshold-bits", "THRESHOLD_BITS", "treshhold_bits", "threshold_bit", "bits_threshold_"])
    func styleAndLettersMayDiffer(name: String) {
        let message = problems("routing: {\(name): 1}").first?.message ?? ""
        #expect(message.contains("did you mean 'threshold_bits'?") == (name != "bits_threshold_"), "\(message)")
    }

    @Test func aNameLikeNoneGetsTheListInstead() {
        let message = problems("transport: {qqqqqqqq: 1}").first?.message
        #expect(message == "unknown key 'qqqqqqqq' in 'transport'; known here: threads, buffer_bytes, http2")
    }

    private func mistyped(_ name: String, using random: inout SeededGenerator) -> String {
        var letters = Array(name)
        let place = Int.random(in: 0..<letters.count, using: &random)
        let letter = "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "x"
        switch Int.random(in: 0..<4, using: &random) {
        case 0: letters[place] = letter == letters[place] ? "q" : letter
        case 1: letters.insert(letter, at: place)
        case 2 where letters.count > 1: letters.remove(at: place)
        default:
            let next = min(place + 1, letters.count - 1)
            if letters[place] == letters[next] { letters[place] = "q" } else { letters.swapAt(place, next) }
        }
        return String(letters)
    }

    /// The naive reference: recursive, without a table, on what counts (letters without case, `_` and `-`).
    private func distance(_ left: String, _ right: String) -> Int {
        func plain(_ text: String) -> [Character] { text.lowercased().filter { $0 != "_" && $0 != "-" } }
        let a = plain(left)
        let b = plain(right)
        var known: [Int: Int] = [:]
        func from(_ i: Int, _ j: Int) -> Int {
            if i == a.count { return b.count - j }
            if j == b.count { return a.count - i }
            if let found = known[i * 1000 + j] { return found }
            var best = min(from(i + 1, j) + 1, from(i, j + 1) + 1, from(i + 1, j + 1) + (a[i] == b[j] ? 0 : 1))
            if i + 1 < a.count, j + 1 < b.count, a[i] == b[j + 1], a[i + 1] == b[j] { best = min(best, from(i + 2, j + 2) + 1) }
            known[i * 1000 + j] = best
            return best
        }
        return from(0, 0)
    }
}

extension String {
    func components(afterFirst marker: String) -> Substring? {
        firstRange(of: marker).map { self[$0.upperBound...] }
    }
}
