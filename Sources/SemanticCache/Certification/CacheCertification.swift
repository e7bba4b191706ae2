internal import Calibration
public import Cascade

/// Certifies the score threshold of the vector level on labelled pairs.
///
/// Each pair is one lookup: the one prompt is asked, the other is the nearest in its partition. It is answered when no guard separates them and its
/// score reaches the threshold. A loss is a pair with different answers that is answered nevertheless; what it is counted against is the
/// ``Loss``. The thresholds are walked from strict to loose, as ``ThresholdWalk`` says. What is certified holds for lookups like the pairs, and only when nothing - guards, score weights - was fitted to them.
///
/// A pair has no second nearest prompt: its score counts the gap to it as wide, which can only raise it, so a lookup with a runner-up is answered no
/// more easily than its pair. The bound is for one stored prompt that is compared; a lookup that goes on to the next neighbours takes the risk
/// once for each.
public struct CacheCertification: Sendable {
    /// What wrong lookups are counted against.
    public enum Loss: String, Sendable, Hashable, CaseIterable {
        /// All pairs: P(answered wrongly), for traffic that is mixed like the pairs.
        case joint
        /// The pairs with different answers: P(answered | the nearest stored prompt wants another answer), which bounds the share of wrong lookups
        /// whatever part of the traffic repeats itself.
        case different
    }

    public let loss: Loss
    /// The share of such lookups that may be answered wrongly, above 0.
    public let alpha: Double
    /// The probability with which the certificate may be wrong, above 0.
    public let delta: Double
    /// The cosine that is asked for while no threshold is certified: for comparison.
    public let similarityThreshold: Double

    public init(loss: Loss = .different, alpha: Double = 0.01, delta: Double = 0.05, similarityThreshold: Double = 0.95) {
        self.loss = loss
        self.alpha = alpha
        self.delta = delta
        self.similarityThreshold = similarityThreshold
    }

    /// The thresholds that are tried, strict to loose. Fixed, so that no threshold is chosen by looking at the pairs. No
    /// looser ones: guards that have seen every mistake in a file would certify any, and shall not be left alone with prompts that are far apart.
    public static let grid: [Double] = stride(from: 98, through: 80, by: -2).map { Double($0) / 100 }

    /// How many texts wait for their vectors at the same time, and so may share a call.
    private static let textsAtOnce = 64
    /// For one text, the wait for others included.
    private static let embeddingDeadline = Duration.seconds(60)

    /// Embeds every prompt once and certifies. Cancelling the task gives up waiting for vectors.
    ///
    /// - Throws: the embedder's first error.
    public func report(on pairs: [LabelledPair], embedder: any Embedder) async throws(StoreError) -> CertificationReport {
        var texts: [String] = []
        var seen: Set<String> = []
        for text in pairs.flatMap({ [$0.asked, $0.stored] }) where seen.insert(text).inserted { texts.append(text) }
        let vectors = try await Self.vectors(of: texts, embedder)
        var cosines: [Double] = []
        for pair in pairs {
            guard let asked = vectors[pair.asked], let stored = vectors[pair.stored], asked.count == stored.count else {
                throw StoreError(.embedder, .mismatch, "vectors of different sizes")
            }
            cosines.append(zip(asked, stored).reduce(0) { $0 + Double($1.0) * Double($1.1) })
        }
        return report(on: zip(pairs, cosines).map { ($0, $1) })
    }

    /// Certifies on pairs whose cosines are known.
    public func report(on pairs: [(pair: LabelledPair, cosine: Double)]) -> CertificationReport {
        let lookups = pairs.map { pair, cosine in
            let (asked, stored) = (PromptFacts(pair.asked), PromptFacts(pair.stored))
            return CertificationReport.Lookup(
                pair: pair, cosine: cosine,
                score: SimilarityScore.score(cosine: cosine, gap: nil, asked: asked, stored: stored),
                separatedBy: Guards.first(separating: asked, from: stored)?.rawValue)
        }
        let different = lookups.filter { !$0.pair.isSame }
        // Paraphrases alone say nothing of wrong answers, however many there are.
        let trials = loss == .joint && !different.isEmpty ? lookups.count : different.count
        let walk = ThresholdWalk(alpha: alpha, delta: delta, levels: Self.grid) { threshold in
            (different.count { $0.isAnswered(atScore: threshold) }, trials)
        }
        return CertificationReport(
            lookups: lookups, loss: loss, walk: walk, similarityThreshold: similarityThreshold,
            guardNames: SimilarityGuard.allCases.map(\.rawValue))
    }

    /// At most ``textsAtOnce`` child tasks wait for the embedder; the first error cancels the others.
    private static func vectors(of texts: [String], _ embedder: any Embedder) async throws(StoreError) -> [String: [Float]] {
        let result: Result<[String: [Float]], StoreError> = await withTaskGroup(of: Result<(String, [Float]), StoreError>.self) { group in
            var vectors: [String: [Float]] = [:]
            var waiting = texts[...]
            func startNext() {
                guard let text = waiting.popFirst() else { return }
                group.addTask {
                    do throws(StoreError) {
                        return .success((text, try await embedder.embedding(of: text, deadline: .now + embeddingDeadline).vector))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<textsAtOnce { startNext() }
            while let next = await group.next() {
                switch next {
                case .success(let (text, vector)): vectors[text] = vector
                case .failure(let error):
                    group.cancelAll()
                    return .failure(error)
                }
                startNext()
            }
            return .success(vectors)
        }
        return try result.get()
    }
}
