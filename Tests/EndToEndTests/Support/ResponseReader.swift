import Foundation

/// RFC 9112 in as few lines as the tests need: takes bytes as they come, knows when the response is whole.
struct ResponseReader {
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    /// Without the chunked coding.
    private(set) var body: [UInt8] = []
    private(set) var isComplete = false
    /// Bytes of the body so far, kept or not.
    private(set) var bodyBytes = 0
    /// Only about the last so many bytes of the body are kept.
    var keptBytes = Int.max

    private enum State { case head, fixed(Int), chunkSize, chunk(Int), chunkEnd, trailer }
    private var state = State.head
    private var pending: [UInt8] = []

    var hasHead: Bool { status != 0 }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    mutating func feed(_ bytes: [UInt8]) throws {
        pending += bytes
        var start = 0
        defer { pending.removeFirst(start) }
        while !isComplete, try step(&start) {}
    }

    private mutating func step(_ start: inout Int) throws -> Bool {
        switch state {
        case .head:
            var lines: [String] = []
            var end = start
            while let line = takeLine(&end), !line.isEmpty { lines.append(line) }
            guard end >= start + 4, pending[end - 4..<end] == [13, 10, 13, 10] else { return false }
            try readHead(lines)
            start = end
        case .fixed(let count):
            let taken = min(count, pending.count - start)
            keep(pending[start..<start + taken])
            start += taken
            state = .fixed(count - taken)
            if count == taken { isComplete = true }
            return taken > 0
        case .chunkSize:
            guard let line = takeLine(&start) else { return false }
            guard let size = Int(line, radix: 16) else { throw Failure(description: "not a chunk size: '\(line)'") }
            state = size == 0 ? .trailer : .chunk(size)
        case .chunk(let count):
            let taken = min(count, pending.count - start)
            keep(pending[start..<start + taken])
            start += taken
            state = taken == count ? .chunkEnd : .chunk(count - taken)
            return taken > 0
        case .chunkEnd:
            guard let line = takeLine(&start) else { return false }
            guard line.isEmpty else { throw Failure(description: "a chunk is longer than its size") }
            state = .chunkSize
        case .trailer:
            guard let line = takeLine(&start) else { return false }
            if line.isEmpty { isComplete = true }
        }
        return true
    }

    private func takeLine(_ start: inout Int) -> String? {
        // memchr: a test of a long stream comes here a hundred thousand times, in a debug build.
        let length = pending.withUnsafeBytes { bytes -> Int? in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            guard let end = memchr(base + start, 10, bytes.count - start) else { return nil }
            return UnsafeRawPointer(end) - (base + start)
        }
        guard let length, length > 0, pending[start + length - 1] == 13 else { return nil }
        defer { start += length + 1 }
        return String(decoding: pending[start..<start + length - 1], as: UTF8.self)
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        bodyBytes += bytes.count
        body += bytes
        if body.count / 2 > keptBytes { body.removeFirst(body.count - keptBytes) }
    }

    private mutating func readHead(_ lines: [String]) throws {
        let parts = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw Failure(description: "not a status line: '\(lines.first ?? "")'")
        }
        if status == 100 { return }
        self.status = status
        headers = lines.dropFirst().map { line in
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? pair[1].drop { $0 == " " } : ""
            return (pair[0].lowercased(), String(value))
        }
        if header("transfer-encoding") == "chunked" {
            state = .chunkSize
        } else {
            state = .fixed(Int(header("content-length") ?? "0") ?? 0)
            if case .fixed(0) = state { isComplete = true }
        }
    }
}
