import Cascade

/// Who pays for which part of a shared call.
enum EmbeddingTokens {
    /// - Parameters:
    ///   - total: the provider's count for the call; its shares add up to it exactly. `nil`: each caller's bytes divided by four.
    ///   - bytes: of each caller's text.
    static func shares(of total: Int?, bytes: [Int]) -> [TokenCount] {
        guard let total else { return bytes.map { TokenCount(input: ($0 + 3) / 4, source: .estimated) } }
        let sum = bytes.reduce(0, +)
        guard sum > 0 else { return bytes.map { _ in TokenCount(source: .unknown) } }
        var before = 0
        var given = 0
        return bytes.map { count in
            before += count
            // Rounded down behind every text: what one loses, a later one gets.
            let upTo = Int(Double(total) * (Double(before) / Double(sum)))
            defer { given = upTo }
            return TokenCount(input: upTo - given, source: .provider)
        }
    }
}
