import Foundation
import Testing

@testable import GatewayMetrics

@Suite struct ProcessMetricsTests {
    @Test func theStatLineIsReadBehindAProgramNameWithBlanksAndParentheses() throws {
        let line = "42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 7 0 12345 1048576 256 18446744073709551615 1 1\n"
        let statistics = try #require(ProcessStatistics(line: Array(line.utf8), ticksPerSecond: 100, pageBytes: 4096))
        #expect(statistics.cpuSeconds == 2)
        #expect(statistics.threads == 7)
        #expect(statistics.startSecondsAfterBoot == 123.45)
        #expect(statistics.virtualBytes == 1_048_576)
        #expect(statistics.residentBytes == 1_048_576)
    }

    @Test(arguments: ["", "nothing", "1 (x) S 1 2 3", "1 (x) S a b c d e f g h i j k l m n o p q r s t u v w"])
    func aLineThatIsNotAStatLineIsRefused(line: String) {
        #expect(ProcessStatistics(line: Array(line.utf8), ticksPerSecond: 100, pageBytes: 4096) == nil)
    }

    #if os(Linux)
        @Test func aScrapeShowsThisProcess() throws {
            let metrics = GatewayMetrics(version: "1", providers: [])
            let samples = samples(of: metrics.registry)
            #expect(try #require(samples["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(samples["process_virtual_memory_bytes"]) > 1_000_000)
            #expect(try #require(samples["process_cpu_seconds_total"]) >= 0)
            #expect(try #require(samples["process_threads"]) >= 1)
            #expect(try #require(samples["process_open_fds"]) >= 3)
            #expect(try #require(samples["process_max_fds"]) >= samples["process_open_fds"]!)
            let age = Date().timeIntervalSince1970 - (try #require(samples["process_start_time_seconds"]))
            #expect((-5...86_400).contains(age))
        }
    #endif
}

/// Every sample of an exposition by its name and labels.
func samples(of registry: PrometheusRegistry) -> [String: Double] {
    var result: [String: Double] = [:]
    for line in String(decoding: registry.render(), as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
        guard let blank = line.lastIndex(of: " ") else { continue }
        result[String(line[..<blank])] = Double(line[line.index(after: blank)...])
    }
    return result
}
