import Cascade
import Testing

@testable import SemanticCache

@Suite("The choice among the nearest")
struct LookupNearestTests {
    private static func candidate(_ prompt: String, _ similarity: Double, tokens: Int = 5) -> NearestChoice.Candidate {
        NearestChoice.Candidate(
            similarity: similarity,
            entry: .answer(
                StoredAnswer(
                    id: prompt, partition: "p", prompt: prompt, body: [], model: ModelName(provider: "a", model: "b"),
                    route: .heavyweight, tokens: TokenCount(output: tokens, source: .provider), createdAt: 0)))
    }

    private static func choose(_ candidates: [NearestChoice.Candidate], threshold: NearestChoice.Threshold = .similarity(0.95))
        -> NearestChoice
    {
        NearestChoice(asked: "Sum up column 3", maxTokens: 10, candidates: candidates, threshold: threshold)
    }

    @Test("the first near one that nothing speaks against is taken; what was passed over does not matter then")
    func passesOver() {
        let choice = Self.choose([
            Self.candidate("Sum up column 7", 0.999), NearestChoice.Candidate(similarity: 0.99, entry: .nothing),
            NearestChoice.Candidate(similarity: 0.985, entry: .tombstone), Self.candidate("Sum up column 3.", 0.98, tokens: 11),
            Self.candidate("Sum up column 3", 0.97), Self.candidate("Sum up column 3", 0.96),
        ])
        #expect(choice.result == .hit)
        #expect(choice.answer?.id == "Sum up column 3")
        #expect(choice.similarity == 0.999)
        #expect(choice.guardName == "numbers")
    }

    @Test("without a hit the nearest one says why")
    func reasons() {
        #expect(Self.choose([]).result == .miss)
        #expect(Self.choose([]).similarity == nil)
        #expect(Self.choose([NearestChoice.Candidate(similarity: 0.99, entry: .nothing)]).similarity == nil)
        #expect(Self.choose([Self.candidate("Sum up column 3", 0.94)]).result == .miss)
        #expect(Self.choose([Self.candidate("Sum up column 3", 0.94)]).similarity == 0.94)
        #expect(Self.choose([Self.candidate("Sum up column 3", 0.96, tokens: 11)]).result == .unfit)
        #expect(Self.choose([NearestChoice.Candidate(similarity: 0.99, entry: .tombstone)]).result == .quarantined)
        #expect(Self.choose([NearestChoice.Candidate(similarity: 0.9, entry: .tombstone)]).result == .miss)
        #expect(
            Self.choose([Self.candidate("Sum up column 7", 0.96), Self.candidate("Sum up column 3", 0.95, tokens: 11)]).result == .guarded)
    }

    @Test("a certified score decides in place of the cosine, and the guards stay")
    func score() {
        #expect(Self.choose([Self.candidate("Sum up column 3", 0.2)], threshold: .score(0)).result == .hit)
        #expect(Self.choose([Self.candidate("Sum up column 3", 1)], threshold: .score(1.01)).result == .miss)
        #expect(Self.choose([Self.candidate("Sum up column 7", 1)], threshold: .score(0)).result == .guarded)
        #expect(Self.choose([Self.candidate("Sum up column 3", 0.97)]).score != nil)
    }
}
