/// FNV-1a, 64 bit: the same in every process, unlike `Hasher`. For names of configurations, where nobody looks for collisions.
enum StableHash {
    static func of(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
