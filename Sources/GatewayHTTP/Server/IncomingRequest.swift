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
    /// Why it will not be answered, known from its head alone or from the length of its body.
    var refusal: APIError?
    /// The refusal is the connection's last answer, and says so.
    var closesConnection = false
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

    /// The path, as sent, ends in a slash that ``path`` leaves out.
    var hasTrailingSlash: Bool {
        let target = (head.path ?? "/")[...]
        let path = target.firstIndex(of: "?").map { target[..<$0] } ?? target
        return path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/")
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

    /// Also of every request in HTTP/1.0: ``LastRequestHandler``.
    var wantsClose: Bool { lists("close", in: .connection) }

    /// Whether the client waits for a word before it sends its body.
    var expectsContinue: Bool { hasBody && lists("100-continue", in: .expect) }

    /// Whether a body follows the head, with its length or in chunks.
    var hasBody: Bool { headers[.transferEncoding] != nil || (declaredLength ?? 0) > 0 }

    /// `Content-Length`. More than an `Int` holds is the most that it holds: the parser has refused what is not a number.
    var declaredLength: Int? { headers[.contentLength].map { Int($0) ?? .max } }

    /// Whether a header that is a list has that member, in any case.
    private func lists(_ member: String, in name: HTTPField.Name) -> Bool {
        guard let list = headers[name] else { return false }
        return list.split(separator: ",").contains { part in
            var part = part.utf8.drop { $0 == 0x20 || $0 == 0x09 }
            while let last = part.last, last == 0x20 || last == 0x09 { part.removeLast() }
            return part.elementsEqual(member.utf8) { $0 == $1 || (0x41...0x5A).contains($0) && $0 + 0x20 == $1 }
        }
    }

    /// Settles, before a body is read, what the head alone tells: a body that is declared too long, and whether the answer is the
    /// connection's last because its client may not send what it has announced, or would send too much.
    mutating func settle(limit: Int) {
        let isTooLong = declaredLength.map { $0 > limit } ?? false
        if isTooLong, refusal == nil { refusal = .bodyTooLarge(maxBytes: limit) }
        closesConnection = refusal != nil && (isTooLong || expectsContinue)
    }

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
