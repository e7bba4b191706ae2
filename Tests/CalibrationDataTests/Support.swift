import Calibration
import CalibrationData
import EntropyRouting
import GatewayTesting

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder of its own for each test, removed with everything in it.
final class TestFolder {
    let path: String

    init() {
        // In memory where there is such a folder: these tests wait for the disk hundreds of times.
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array("\(parent)/qualm-data-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "."
        }
    }

    deinit {
        guard path != ".", let folder = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        closedir(folder)
        for name in names where name != "." && name != ".." { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = file(name)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        return file
    }

    @discardableResult func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

    func read(_ name: String) -> [UInt8] { Self.read(file(name)) }

    static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }
}

/// Recordings with everything that a format can trip over.
struct RandomRecordings {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next(id: String, tokens: Int = 8) -> Recording {
        Recording(
            id: id, promptHash: "sha256:" + String(random.next(), radix: 16), category: text(), taskClass: pick(TaskClass.allCases),
            recordedAt: "2026-01-02T03:04:05Z", temperature: number(), topLogprobs: Int(random.next() % 21),
            maxTokens: pick([nil, 0, 1_024]), promptMode: text(),
            promptTokens: random.next() % 3 == 0 ? nil : Int(random.next() % 5_000), draft: answer(tokens: tokens),
            heavyweight: random.next() % 3 == 0 ? nil : answer(tokens: 0),
            isBad: pick([nil, true, false]))
    }

    private mutating func answer(tokens: Int) -> RecordedAnswer {
        RecordedAnswer(
            provider: text(), model: text(), answeredBy: pick([nil, text()]), fingerprint: pick([nil, text()]), text: text(),
            finish: pick(FinishKind.allCases),
            facts: AnswerFacts(
                inputTokens: Int(random.next() % 9_999), cachedInputTokens: Int(random.next() % 99),
                outputTokens: Int(random.next() % 9_999),
                firstTokenMs: pick([nil, number()]), totalMs: pick([nil, number()])),
            costUSD: pick([nil, number()]), tokens: (0..<tokens).map { _ in token() }, isRefusal: random.next() % 2 == 0,
            isCountEstimated: random.next() % 2 == 0)
    }

    private mutating func token() -> RecordedToken {
        RecordedToken(
            ms: number(),
            bytes: (0..<(random.next() % 5)).map { _ in UInt8(truncatingIfNeeded: random.next() % 2 == 0 ? 0x61 : random.next()) },
            logprob: number(), top: (0..<(random.next() % 6)).map { _ in number() }, isListed: random.next() % 3 != 0)
    }

    /// Any finite double, whole ones, tiny ones, and NaN.
    private mutating func number() -> Double {
        switch random.next() % 6 {
        case 0:
            let any = Double(bitPattern: random.next())
            return any.isFinite ? any : -0.0
        case 1: return -Double(random.next() % 10_000)
        case 2: return Double.leastNonzeroMagnitude
        case 3: return -random.unit() * 20
        case 4: return -9_999
        default: return random.unit()
        }
    }

    private mutating func text() -> String {
        let pieces = ["a", "\"", "\\", "\n", "é", "日本", "😀", "\u{0}", "\u{1f}", " ", "e\u{301}", "\u{7f}", "</script>", "\u{FFFD}"]
        return (0..<(random.next() % 6)).map { _ in pick(pieces) }.joined()
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(random.next() % UInt64(elements.count))] }
}

/// Everything a recording holds, with numbers by their bits: NaN equals NaN, and -0 is not 0.
func bits(_ recording: Recording) -> String {
    func text(_ number: Double?) -> String { number.map { $0.isNaN ? "nan" : String($0.bitPattern, radix: 16) } ?? "nil" }
    func text(_ answer: RecordedAnswer?) -> String {
        guard let answer else { return "nil" }
        let tokens = answer.tokens.map { "\(text($0.ms))|\($0.bytes)|\(text($0.logprob))|\($0.top.map { text($0) })|\($0.isListed)" }
        return
            "\(answer.provider)|\(answer.model)|\(answer.answeredBy ?? "-nil")|\(answer.fingerprint ?? "-nil")|\(Array(answer.text.utf8))|\(answer.finish)"
            + "|\(answer.facts.inputTokens)|\(answer.facts.cachedInputTokens)|\(answer.facts.outputTokens)|\(text(answer.facts.firstTokenMs))"
            + "|\(text(answer.facts.totalMs))|\(text(answer.costUSD))|\(tokens)|\(answer.isRefusal)|\(answer.isCountEstimated)"
    }
    return "\(recording.id)|\(recording.promptHash)|\(Array(recording.category.utf8))|\(recording.taskClass)|\(recording.recordedAt)"
        + "|\(text(recording.temperature))|\(recording.topLogprobs)|\(recording.maxTokens ?? -1)|\(recording.promptMode)|\(String(describing: recording.promptTokens))"
        + "|\(text(recording.draft))|\(text(recording.heavyweight))|\(String(describing: recording.isBad))"
}
