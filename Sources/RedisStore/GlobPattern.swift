/// Patterns of `SCAN MATCH` (Redis' stringmatchlen).
enum GlobPattern {
    /// Matches what begins with exactly that text.
    static func beginning(with prefix: String) -> [UInt8] {
        var pattern: [UInt8] = []
        for byte in prefix.utf8 {
            if "*?[]\\".utf8.contains(byte) { pattern.append(UInt8(ascii: "\\")) }
            pattern.append(byte)
        }
        pattern.append(UInt8(ascii: "*"))
        return pattern
    }
}
