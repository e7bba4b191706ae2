import FastJSON

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A headless Chromium as a child process, spoken to in the DevTools protocol over two pipes (`--remote-debugging-pipe`: commands on
/// descriptor
/// 3, answers on 4, each message a JSON text and a zero byte). No port is opened.
///
/// Blocking, for one thread; the child, its pipes and its profile are gone when it is.
final class DevToolsConnection {
    /// An answer that is longer is a mistake: 256 MiB.
    private static let maxAnswerBytes = 256 << 20

    private let process: BrowserProcess
    private let timeoutSeconds: Int
    private let deadline: Int
    private var nextID: Int64 = 0
    private var buffer: [UInt8] = []
    /// Up to where the buffer holds no zero byte.
    private var searched = 0
    /// Events that came while something else was waited for; the oldest are dropped beyond 1,000.
    private var events: [JSONValue] = []

    init(browser: String, timeoutSeconds: Int) throws(BrowserError) {
        process = try BrowserProcess(browser: browser)
        self.timeoutSeconds = timeoutSeconds
        deadline = Self.now() + timeoutSeconds * 1_000
    }

    /// Sends a command and waits for its result.
    @discardableResult
    func send(_ method: String, _ parameters: JSONValue, session: String? = nil, step: String) throws(BrowserError) -> JSONValue {
        nextID += 1
        var members = [JSONMember("id", .int(nextID)), JSONMember("method", .string(method)), JSONMember("params", parameters)]
        if let session { members.append(JSONMember("sessionId", .string(session))) }
        try write(JSONValue.object(members).serialized() + [0], step: step)
        while true {
            let message = try read(step: step)
            guard message["id"]?.int == Int(nextID) else {
                note(message)
                continue
            }
            if let error = message["error"] { throw .refused(step: step, reason: error["message"]?.string ?? "no reason given") }
            return message["result"] ?? [:]
        }
    }

    /// Waits for an event, or takes one that has come already.
    func wait(for event: String, session: String, step: String) throws(BrowserError) {
        func isIt(_ message: JSONValue) -> Bool { message["method"]?.string == event && message["sessionId"]?.string == session }
        while true {
            if let index = events.firstIndex(where: isIt) {
                events.remove(at: index)
                return
            }
            note(try read(step: step))
        }
    }

    private func note(_ message: JSONValue) {
        if events.count >= 1_000 { events.removeFirst() }
        events.append(message)
    }

    private func write(_ bytes: [UInt8], step: String) throws(BrowserError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { process.deliver($0) }
            if written <= 0 { throw .ended(step: step) }
            rest = rest.dropFirst(written)
        }
    }

    private func read(step: String) throws(BrowserError) -> JSONValue {
        while true {
            if let end = buffer[searched...].firstIndex(of: 0) {
                let text = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                searched = 0
                do { return try JSONValue.parse(text) } catch { throw .refused(step: step, reason: "its answer is not JSON: \(error)") }
            }
            searched = buffer.count
            guard buffer.count < Self.maxAnswerBytes else { throw .refused(step: step, reason: "its answer is too long") }
            var ready = pollfd(fd: process.answers, events: Int16(POLLIN), revents: 0)
            let left = deadline - Self.now()
            guard left > 0 else { throw .timeout(step: step, seconds: timeoutSeconds) }
            let count = poll(&ready, 1, Int32(left))
            if count == 0 { throw .timeout(step: step, seconds: timeoutSeconds) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .ended(step: step)
            }
            let before = buffer.count
            buffer.append(contentsOf: repeatElement(0, count: 1 << 16))
            let received = buffer.withUnsafeMutableBytes { process.receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[before...])) }
            buffer.removeLast((1 << 16) - max(0, received))
            if received <= 0 { throw .ended(step: step) }
        }
    }

    /// Milliseconds of a clock that nobody sets.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
