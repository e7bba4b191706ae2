import ChatAPI
import Testing

@Suite struct ChatRequestControlsTests {
    private func failure(_ name: String, _ value: String) -> ChatRequestError? {
        do {
            _ = try RoutingControls.parse(headers: [(name: name, value: value)])
            return nil
        } catch {
            return error
        }
    }

    @Test func `headers are read in any case, others are ignored`() throws {
        let controls = try RoutingControls.parse(headers: [
            (name: "Host", value: "x"), (name: "X-Qualm-Strategy", value: " Risk "), (name: "x-qualm-release", value: "holdback; n=16"),
            (name: "x-qualm-cache", value: "only-if-cached"), (name: "x-qualm-escalate", value: "never"),
            (name: "x-qualm-other", value: "y"),
        ])
        #expect(controls == RoutingControls(strategy: .risk, release: .holdback, releaseTokens: 16, cache: .onlyIfCached, escalate: .never))
    }

    @Test(arguments: RoutingControls.Release.allCases)
    func `a release mode may come without a count`(mode: RoutingControls.Release) throws {
        let controls = try RoutingControls.parse(headers: [(name: "x-qualm-release", value: mode.rawValue)])
        #expect(controls == RoutingControls(release: mode))
    }

    @Test(
        arguments: [
            ("x-qualm-strategy", "entropy", "'window', 'risk'"), ("x-qualm-cache", "none", "'no-cache', 'no-store', 'only-if-cached'"),
            ("x-qualm-escalate", "", "'never', 'auto', 'always'"),
            ("x-qualm-release", "late", "'buffered', 'boundary', 'holdback', 'commit'"),
            ("x-qualm-release", "holdback; n=0", "n from 1 to 4096"), ("x-qualm-release", "holdback; m=3", "holdback; n=16"),
            ("x-qualm-release", "holdback; n=3; n=4", "n from 1 to 4096"), ("x-qualm-release", "commit;", "commit; n=16"),
        ])
    func `an unknown value is refused with the allowed ones`(name: String, value: String, words: String) throws {
        let error = try #require(failure(name, value))
        #expect(error.param == name)
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func `a header wins over the body, and a mode brings its own count`() {
        let body = RoutingControls(strategy: .window, release: .commit, releaseTokens: 4, cache: .noCache)
        #expect(
            RoutingControls(release: .holdback).overriding(body) == RoutingControls(strategy: .window, release: .holdback, cache: .noCache))
        #expect(RoutingControls(escalate: .always).overriding(body).releaseTokens == 4)
    }
}
