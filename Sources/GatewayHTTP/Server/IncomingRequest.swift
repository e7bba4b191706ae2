import ChatAPI
import HTTPTypes
import NIOCore

/// One request, read to its end within the bound.
struct IncomingRequest {
    let head: HTTPRequest
    /// When the head had been read.
    let acceptedAt: ContinuousClock.Instant
    /// At most the configured number of bytes; empty when the request is refused anyway.
    private(set) var body: [UInt8] = []
    /// Why it will not be answered, known from its head alone; its body is then read and dropped.
    var refusal: APIError?
    private var readBytes = 0

    init(head: HTTPRequest, acceptedAt: ContinuousClock.Instant) {
        self.head = head
        self.acceptedAt = acceptedAt
    }

    var method: HTTPRequest.Method { head.method }
    var headers: HTTPFields { head.headerFields }

    /// The path without its query and without a slash at the end.
    var path: Substring {
        let target = (head.path ?? "/")[...]
        let path = target.firstIndex(of: "?").map { target[..<$0] } ?? target
        return path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? path.dropLast() : path
    }

    /// The first value of a query parameter, as sent.
    func query(_ name: String) -> String? {
        guard let target = head.path, let mark = target.firstIndex(of: "?") else { return nil }
        for pair in target[target.index(after: mark)...].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count == 2 ? PercentEncoding.decoded(parts[1]) : "" }
        }
        return nil
    }

    var wantsClose: Bool { headers[.connection]?.lowercased() == "close" }

    mutating func append(_ buffer: ByteBuffer, limit: Int) {
        readBytes += buffer.readableBytes
        guard refusal == nil else { return }
        if readBytes > limit {
            refusal = .bodyTooLarge(maxBytes: limit)
            body = []
        } else {
            body.append(contentsOf: buffer.readableBytesView)
        }
    }

    /// So much more than allowed was sent that reading on serves nobody.
    func isHopeless(limit: Int) -> Bool { readBytes > 4 * limit }
}
