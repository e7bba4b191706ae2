import Foundation
import GatewayTesting
import Testing

@testable import EntropyRouting

@Suite("Streaming statistics")
struct DraftStatisticsTests {
    /// One token of a made-up draft.
    private struct Token {
        var uncertainty: TokenUncertainty
        var shape: TokenShape
    }

    private func randomTokens(_ count: Int, _ random: inout SeededGenerator) -> [Token] {
        (0..<count).map { _ in
            var shape: TokenShape = []
            if random.unit() < 0.1 { shape.formUnion(.opensUnit) }
            if random.unit() < 0.06 { shape.formUnion([.opensUnit, .opensSpan]) }
            if random.unit() < 0.1 { shape.formUnion(.holdsDigit) }
            if random.unit() < 0.1 { shape.formUnion(.startsCapitalised) }
            if random.unit() < 0.05 { shape.formUnion(.isIdentifierLike) }
            if random.unit() < 0.08 { return Token(uncertainty: .unobserved(.missing), shape: shape) }
            let x = random.unit() < 0.1 ? 0 : pow(10, random.unit() * 7 - 6)
            return Token(
                uncertainty: TokenUncertainty(
                    surprisal: x, estimate: x, lower: x, upper: x, tailMass: random.unit(), signal: .topK,
                    flags: random.unit() < 0.05 ? .censored : []),
                shape: shape)
        }
    }

    @Test("Every statistic equals its definition applied to the whole trace", arguments: [UInt64(1), 2, 3])
    func equalNaive(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let windowTokens = [1, 7, 10][Int(seed - 1)]
        var statistics = DraftStatistics(windowTokens: windowTokens)
        var seen: [Token] = []
        for (index, token) in randomTokens(3_000, &random).enumerated() {
            statistics.observe(token.uncertainty, shape: token.shape)
            seen.append(token)
            // The first tokens one by one, then now and then.
            if index < 40 || index % 97 == 0 || index == 2_999 { compare(statistics, seen, windowTokens, "seed \(seed) token \(index)") }
        }
    }

    private func compare(_ statistics: DraftStatistics, _ tokens: [Token], _ windowTokens: Int, _ place: Comment) {
        let observed = tokens.filter(\.uncertainty.isObserved)
        let xs = observed.map(\.uncertainty.estimate)
        let n = Double(xs.count)
        func maximum(_ flag: TokenShape) -> Double { observed.filter { $0.shape.contains(flag) }.map(\.uncertainty.estimate).max() ?? 0 }
        let mean = xs.isEmpty ? 0 : xs.reduce(0, +) / n
        let starts = observed.filter { $0.shape.contains(.opensUnit) }.map(\.uncertainty.estimate)
        let windows = xs.count < windowTokens ? [] : (0...(xs.count - windowTokens)).map { Array(xs[$0..<($0 + windowTokens)]) }
        let means = windows.map { $0.reduce(0, +) / Double(windowTokens) }
        var (ewma, ewmaMax, cusum, cusumMax) = (xs.first ?? 0, xs.first ?? 0, 0.0, 0.0)
        for (index, x) in xs.enumerated() {
            if index > 0 { ewma = 0.1 * x + 0.9 * ewma }
            ewmaMax = max(ewmaMax, ewma)
            cusum = max(0, cusum + x - 0.5)
            cusumMax = max(cusumMax, cusum)
        }
        // Spans: cut before every token that opens one, empty ones left out.
        var spans: [[Double]] = [[]]
        for token in tokens {
            if token.shape.contains(.opensSpan), !spans[spans.count - 1].isEmpty { spans.append([]) }
            if token.uncertainty.isObserved { spans[spans.count - 1].append(token.uncertainty.estimate) }
        }
        let open = spans[spans.count - 1]
        let lastSpan = spans.count > 1 ? spans[spans.count - 2] : open

        let expected: [(RiskFeature, Double)] = [
            (.tokenCount, Double(tokens.count)),
            (.logLength, log(1 + Double(tokens.count))),
            (.meanBits, mean),
            (.varianceBits, xs.count < 2 ? 0 : xs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)),
            (.sumBits, xs.reduce(0, +)),
            (.meanLog10Bits, xs.isEmpty ? 0 : xs.reduce(0) { $0 + log10($1 + 1e-6) } / n),
            (.maxBits, xs.max() ?? 0),
            (.ewmaBits, ewma),
            (.ewmaMaxBits, ewmaMax),
            (.windowMeanBits, xs.suffix(windowTokens).reduce(0, +) / max(1, Double(min(xs.count, windowTokens)))),
            (.windowMaxBits, means.max() ?? mean),
            (.overOneBit, Double(xs.count { $0 > 1 })),
            (.overTwoBits, Double(xs.count { $0 > 2 })),
            (.cusumMaxBits, cusumMax),
            (.unitStartMeanBits, starts.isEmpty ? 0 : starts.reduce(0, +) / Double(starts.count)),
            (.unitStartMaxBits, starts.max() ?? 0),
            (.openSpanSumBits, open.reduce(0, +)),
            (.openSpanMaxBits, open.max() ?? 0),
            (.openSpanLength, Double(open.count)),
            (.lastSpanSumBits, lastSpan.reduce(0, +)),
            (.lastSpanMaxBits, lastSpan.max() ?? 0),
            (.lastSpanLength, Double(lastSpan.count)),
            (.digitMaxBits, maximum(.holdsDigit)),
            (.capitalMaxBits, maximum(.startsCapitalised)),
            (.identifierMaxBits, maximum(.isIdentifierLike)),
            (.factMaxBits, observed.filter { !$0.shape.isDisjoint(with: .factual) }.map(\.uncertainty.estimate).max() ?? 0),
            (.tailMassMean, xs.isEmpty ? 0 : observed.reduce(0) { $0 + $1.uncertainty.tailMass } / n),
            (.censoredCount, Double(tokens.count { $0.uncertainty.isCensored })),
            (.missingCount, Double(tokens.count - xs.count)),
            (.logPromptTokens, log(1 + 120)),
            (.finishLength, 0), (.finishToolCalls, 0), (.finishOther, 0),
        ]
        #expect(Set(expected.map(\.0)) == Set(RiskFeature.allCases), "a feature without a definition here")
        let request = RequestFacts(taskClass: .code, promptTokens: 120)
        for (feature, value) in expected {
            let actual = feature.value(in: statistics, request: request)
            #expect(isClose(actual, value), "\(feature.rawValue): \(actual), not \(value) at \(place)")
        }
        #expect(statistics.observedCount == xs.count)
    }

    @Test("Before the first token every feature is finite")
    func empty() {
        for feature in RiskFeature.allCases {
            let value = feature.value(in: DraftStatistics(), request: RequestFacts(taskClass: .creative, promptTokens: -5))
            #expect(value == 0, "\(feature.rawValue)")
        }
    }

    @Test("How the draft ended sets one feature")
    func finish() {
        let expected: [(FinishKind?, [Double])] = [
            (nil, [0, 0, 0]), (.stop, [0, 0, 0]), (.length, [1, 0, 0]), (.toolCalls, [0, 1, 0]), (.contentFilter, [0, 0, 1]),
            (.other, [0, 0, 1]),
        ]
        for (finish, values) in expected {
            let request = RequestFacts(taskClass: .code, promptTokens: 0, finish: finish)
            let features: [RiskFeature] = [.finishLength, .finishToolCalls, .finishOther]
            #expect(features.map { $0.value(in: DraftStatistics(), request: request) } == values)
        }
    }

    @Test("Tokens without evidence count for the length and nothing else")
    func unobserved() {
        var statistics = DraftStatistics()
        statistics.noteUnobserved(tokens: 3)
        statistics.noteUnobserved(tokens: -7)
        #expect(statistics.tokenCount == 3 && statistics.missingCount == 3 && statistics.observedCount == 0)
        #expect(statistics.mean == 0 && statistics.window.count == 0)
    }
}
