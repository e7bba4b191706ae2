import CalibrationData
import Cascade
import ChatAPI
import GatewayTesting
import Synchronization

@testable import Recorder

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that does not exist yet, removed with the test.
final class TestFile {
    let path: String

    init(_ suffix: String = ".jsonl") {
        // In memory where there is such a folder: a recording waits for the disk after each record.
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : P_tmpdir
        path = "\(parent)/qualm-record-\(UInt64.random(in: 0 ... .max))\(suffix)"
    }

    deinit { unlink(path) }
}

enum Scenes {
    static let drafter = ModelName(provider: "draft", model: "small")
    static let heavyweight = ModelName(provider: "heavy", model: "large")
    /// Input a dollar a million, output two.
    static let prices = PriceBook([
        drafter.qualified: .init(input: 1, output: 2), heavyweight.qualified: .init(input: 10, output: 20),
    ])

    static func prompts(_ count: Int) -> [CalibrationPrompt] {
        (0..<count).map { CalibrationPrompt(id: "p\($0)", category: "simple_factual", prompt: "What is the capital of country \($0)?") }
    }

    /// A whole answer with evidence.
    static func answer(_ words: [String] = ["Par", "is"], usage: (input: Int, output: Int)? = (9, 2)) -> [ScriptedProvider.Step] {
        [.open, .bytes(ScriptedStream.answer(words, alternatives: 2, usage: usage)), .end]
    }

    static func settings(
        draft: [[ScriptedProvider.Step]] = [answer()], heavy: [[ScriptedProvider.Step]]? = nil,
        delivery: ScriptedProvider.Delivery = .threaded
    ) -> (settings: RecordingSettings, drafter: ScriptedProvider, heavyweight: ScriptedProvider?) {
        let draftProvider = ScriptedProvider(name: "draft", scripts: draft, delivery: delivery)
        let heavyProvider = heavy.map { ScriptedProvider(name: "heavy", scripts: $0, delivery: delivery) }
        var settings = RecordingSettings(
            drafter: .init(model: drafter, provider: draftProvider),
            heavyweight: heavyProvider.map { .init(model: heavyweight, provider: $0) })
        settings.prices = prices
        settings.sleep = { _ in }
        return (settings, draftProvider, heavyProvider)
    }
}

/// Durations that somebody slept, for asking afterwards.
final class Pauses: Sendable {
    private let taken = Mutex<[Duration]>([])
    var all: [Duration] { taken.withLock { $0 } }
    func take(_ duration: Duration) { taken.withLock { $0.append(duration) } }
}
