internal import Cascade

/// Which of the nearest entries answers a request, if any. Pure.
struct NearestChoice: Sendable {
    /// When an entry counts as near.
    enum Threshold: Sendable, Hashable {
        case similarity(Double)
        case score(Double)
    }

    /// One found entry, nearest first.
    struct Candidate: Sendable {
        var similarity: Double
        var entry: Entry
    }

    enum Entry: Sendable {
        case answer(StoredAnswer)
        case tombstone
        /// Gone, or not readable.
        case nothing
    }

    private(set) var result = CacheResult.miss
    /// With ``CacheResult/hit`` alone.
    private(set) var answer: StoredAnswer?
    /// Of the nearest entry that there still is.
    private(set) var similarity: Double?
    /// Of the nearest entry that could be near.
    private(set) var score: Double?
    /// What the first guard saw that saw anything.
    private(set) var guardName: String?

    /// Goes through the candidates in their order. The first near one that nothing speaks against is the hit; otherwise the result is what
    /// spoke against the first near one.
    init(asked: String, maxTokens: Int?, candidates: [Candidate], threshold: Threshold) {
        // Reading a prompt costs more than searching hundreds of vectors: only what can be near is read.
        var askedFacts: PromptFacts?
        for (position, candidate) in candidates.enumerated() {
            let next = position + 1 < candidates.count ? candidates[position + 1].similarity : nil
            switch candidate.entry {
            case .nothing:
                continue
            case .tombstone:
                similarity = similarity ?? candidate.similarity
                if case .similarity(let least) = threshold, candidate.similarity >= least { note(.quarantined) }
            case .answer(let stored):
                guard let prompt = stored.prompt else { continue }
                similarity = similarity ?? candidate.similarity
                guard Self.canBeNear(candidate.similarity, threshold) else { continue }
                let facts = askedFacts ?? PromptFacts(asked)
                askedFacts = facts
                let storedFacts = PromptFacts(prompt)
                let score = SimilarityScore.score(
                    cosine: candidate.similarity, gap: next.map { max(0, candidate.similarity - $0) }, asked: facts, stored: storedFacts)
                self.score = self.score ?? score
                if case .score(let least) = threshold, score < least { continue }
                if let guardian = Guards.first(separating: facts, from: storedFacts) {
                    guardName = guardName ?? guardian.rawValue
                    note(.guarded)
                } else if !stored.fits(maxTokens: maxTokens) {
                    note(.unfit)
                } else {
                    result = .hit
                    answer = stored
                    return
                }
            }
        }
    }

    /// Whether words can still make up for what the cosine lacks.
    private static func canBeNear(_ similarity: Double, _ threshold: Threshold) -> Bool {
        switch threshold {
        case .similarity(let least): similarity >= least
        case .score(let least): SimilarityScore.most(cosine: similarity) >= least
        }
    }

    private mutating func note(_ finding: CacheResult) {
        if result == .miss { result = finding }
    }
}
