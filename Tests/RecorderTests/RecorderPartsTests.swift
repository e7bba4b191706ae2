import CalibrationData
import Cascade
import Testing

@testable import Recorder

@Suite struct RecorderPartsTests {
    static let errors: [(ProviderError.Kind, Int?, Bool)] = [
        (.rateLimited, 429, true), (.serverError, 500, true), (.serverError, 503, true), (.refused, nil, true), (.dns, nil, true),
        (.connectTimeout, nil, true), (.firstByteTimeout, nil, true), (.idleTimeout, nil, true), (.reset, nil, true),
        (.truncated, nil, true), (.inStream, nil, true), (.invalidRequest, 408, true), (.invalidRequest, 425, true),
        (.invalidRequest, 400, false), (.invalidRequest, 404, false), (.unauthorized, 401, false), (.malformed, nil, false),
        (.tls, nil, false), (.cancelled, nil, false),
    ]

    @Test(arguments: errors.indices) func onlyWhatMayPassIsTriedAgain(index: Int) {
        let (kind, status, isTransient) = Self.errors[index]
        let error = ProviderError(kind, provider: "p", status: status, message: "m")
        #expect((RetryPolicy().pause(after: 1, error, jitter: 0.5) != nil) == isTransient)
        #expect(RetryPolicy(attempts: 1).pause(after: 1, error, jitter: 0.5) == nil)
    }

    @Test func pausesDoubleUpToTheLongestAndHeedTheUpstream() {
        let policy = RetryPolicy(attempts: 20)
        let error = ProviderError(.rateLimited, provider: "p", message: "m")
        let full = (1..<10).map { policy.pause(after: $0, error, jitter: 1) }
        #expect(full == [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        #expect(policy.pause(after: 1, error, jitter: 0) == .milliseconds(250))
        #expect(policy.pause(after: 20, error, jitter: 0) == nil)
        var asked = error
        asked.retryAfterSeconds = 7
        #expect(policy.pause(after: 1, asked, jitter: 0) == .seconds(7))
        #expect(policy.pause(after: 6, asked, jitter: 1) == .seconds(16))
        asked.retryAfterSeconds = 121
        #expect(policy.pause(after: 1, asked, jitter: 0) == nil)
    }

    @Test func timesAreWrittenInUTC() {
        let table: [(Double, String)] = [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200.9, "2024-03-01T00:00:00Z"), (1_767_225_599, "2025-12-31T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        ]
        for (seconds, text) in table { #expect(Timestamp.text(secondsSince1970: seconds) == text) }
    }

    @Test func theProgressLineHoldsBarRateTimeAndCost() {
        var counts = RecordingProgress.Counts()
        counts.total = 640
        counts.found = 100
        counts.recorded = 220
        counts.elapsed = 110
        counts.spentUSD = 0.01234
        #expect(ProgressLine.plain(counts) == "record  320/640  2.0/s  2:40 left  $0.0123")
        #expect(ProgressLine.text(counts, width: 80) == "record  ████████████░░░░░░░░░░░░  320/640  2.0/s  2:40 left  $0.0123")
        #expect(ProgressLine.text(counts, width: 60).count <= 60)
        counts.failed = 2
        counts.retries = 1
        #expect(ProgressLine.plain(counts) == "record  320/640  2.0/s  2:39 left  $0.0123  2 failed  1 retry")
        counts = RecordingProgress.Counts()
        #expect(ProgressLine.plain(counts) == "record  0/0  0.0/s  $0.0000")
        counts.total = 5
        #expect(ProgressLine.plain(counts) == "record  0/5  0.0/s  -:-- left  $0.0000")
        counts.prices = .none
        #expect(ProgressLine.plain(counts) == "record  0/5  0.0/s  -:-- left  price unknown")
        counts.prices = .some
        #expect(ProgressLine.plain(counts) == "record  0/5  0.0/s  -:-- left  $0.0000 + unknown")
        #expect(ProgressLine.clock(7_509) == "2:05:09")
    }

    @Test func theBudgetCountsWhatIsInFlight() {
        var budget = SpendBudget(limitUSD: 10)
        var taken: [Bool] = []
        for estimate in [6.0, 5, 4] { taken.append(budget.reserve(estimate)) }
        budget.settle(6, spent: 1)
        #expect(budget.spentUSD == 1)
        for estimate in [5.0, 0.5] { taken.append(budget.reserve(estimate)) }
        #expect(taken == [true, false, true, true, false])
        var free = SpendBudget(limitUSD: nil)
        let isGranted = free.reserve(1e9)
        #expect(isGranted)
    }
}
