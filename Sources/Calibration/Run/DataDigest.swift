import EntropyRouting

/// A digest of what a calibration looked at: ids, verdicts, evidence, times, whatever files they came from. 64 bits by the mixing
/// function of SplitMix64 (Steele, Lea, Flood, 2014): it tells two sets of recordings apart, and is no protection against somebody who
/// wants them to look alike.
public enum DataDigest {
    /// `mix64:` and 16 hexadecimal digits. The order of the drafts does not matter.
    public static func digest(_ drafts: some Sequence<LabelledDraft>) -> String {
        // Each draft's own hash, added: sums do not depend on the order.
        var sum: UInt64 = 0
        for draft in drafts { sum &+= hash(draft) }
        let digits = String(sum, radix: 16)
        return "mix64:" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static func hash(_ draft: LabelledDraft) -> UInt64 {
        var hash: UInt64 = 0
        func add(_ word: UInt64) {
            hash = (hash ^ word) &+ 0x9e37_79b9_7f4a_7c15
            hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
            hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
            hash ^= hash >> 31
        }
        for byte in draft.trace.id.utf8 { add(UInt64(byte)) }
        for byte in "\(draft.trace.taskClass.rawValue)/\(draft.trace.finish.rawValue)/\(draft.trace.gate ?? "")".utf8 { add(UInt64(byte)) }
        add(draft.isBad.map { $0 ? 2 : 1 } ?? 0)
        add(draft.isHeavyweightGood.map { $0 ? 2 : 1 } ?? 0)
        add(UInt64(bitPattern: Int64(draft.trace.promptTokens)))
        for token in draft.trace.tokens {
            add(token.logprob.bitPattern)
            add(UInt64(token.alternatives.count))
            add(UInt64(token.ms.bitPattern))
        }
        for value in draft.trace.alternatives { add(value.bitPattern) }
        for byte in draft.trace.text { add(UInt64(byte)) }
        return hash
    }
}
