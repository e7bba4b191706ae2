/// How likely it is that a stored answer fits, of a pair that no guard has separated: the number that a certified threshold is set on.
///
/// A weighted sum of four readings, each in 0...1, with fixed weights, so that a threshold certified once keeps its meaning.
enum SimilarityScore {
    /// Weights of cosine, margin over the runner-up, ratio of lengths, overlap of words. They add up to 1.
    static let weights: (cosine: Double, gap: Double, length: Double, overlap: Double) = (0.60, 0.05, 0.05, 0.30)

    /// Cosines at and below this count nothing.
    static let floor = 0.5

    /// A margin over the runner-up from which on it is as good as having none.
    static let wideGap = 0.1

    /// - Parameters:
    ///   - cosine: of the two prompts' embeddings, -1...1; what is outside, or no number, counts as the nearest bound, or as 0.
    ///   - gap: that cosine less the one of the next nearest entry, 0 or more; `nil` when there is no other entry, which counts as a wide gap.
    /// - Returns: 0...1, rising in `cosine` and `gap`; 1 for a prompt compared with itself alone.
    static func score(cosine: Double, gap: Double?, asked: PromptFacts, stored: PromptFacts) -> Double {
        let near = clamped((cosine - floor) / (1 - floor))
        let margin = gap.map { clamped($0 / wideGap) } ?? 1
        let value =
            weights.cosine * near + weights.gap * margin + weights.length * lengthRatio(asked, stored) + weights.overlap
            * overlap(asked, stored)
        return clamped(value)
    }

    /// The most that prompts of this cosine can score, whatever their words are.
    static func most(cosine: Double) -> Double {
        clamped(weights.cosine * clamped((cosine - floor) / (1 - floor)) + weights.gap + weights.length + weights.overlap)
    }

    /// The shorter prompt's words as a share of the longer one's, 0...1; 1 when both are empty.
    static func lengthRatio(_ asked: PromptFacts, _ stored: PromptFacts) -> Double {
        let longer = max(asked.sequence.count, stored.sequence.count)
        return longer == 0 ? 1 : Double(min(asked.sequence.count, stored.sequence.count)) / Double(longer)
    }

    /// Words of substance that both have, as a share of those that either has (Jaccard 1901), synonyms being equal; 1 when both have none.
    static func overlap(_ asked: PromptFacts, _ stored: PromptFacts) -> Double {
        let union = asked.keys.union(stored.keys).count
        return union == 0 ? 1 : Double(asked.keys.intersection(stored.keys).count) / Double(union)
    }

    private static func clamped(_ value: Double) -> Double { value.isNaN ? 0 : min(1, max(0, value)) }
}
