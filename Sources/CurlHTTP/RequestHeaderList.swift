internal import CCurl
internal import HTTPTransport

/// The `curl_slist` of one set of request headers. libcurl reads it while an exchange runs, so exchanges keep it alive.
@safe final class RequestHeaderList {
    let head: UnsafeMutablePointer<curl_slist>?

    /// Nil when there is no memory.
    init?(_ headers: [HTTPHeader], hasBody: Bool) {
        // An empty value of these *removes* what libcurl would add: `Expect: 100-continue` above 1 MB, and a form's content type.
        var lines = ["Expect:"]
        if hasBody, !headers.contains(where: { $0.isNamed("content-type") }) { lines.append("Content-Type:") }
        for header in headers where !Self.framing.contains(where: header.isNamed) {
            // "Name:" would remove the header; "Name;" is how libcurl is told to send it empty.
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        var list: UnsafeMutablePointer<curl_slist>? = nil
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else {
                unsafe curl_slist_free_all(list)
                return nil
            }
            unsafe list = longer
        }
        unsafe head = list
    }

    deinit { unsafe curl_slist_free_all(head) }

    /// The transport alone frames the body.
    private static let framing = ["content-length", "transfer-encoding", "expect"]

    /// What is wrong with the headers, nil when they can be sent. Never quotes a value.
    static func complaint(about headers: [HTTPHeader]) -> String? {
        for (index, header) in headers.enumerated() {
            if header.name.isEmpty || !header.name.utf8.allSatisfy(isTokenByte) {
                return "header \(index) has a name that is not an HTTP token (RFC 9110 section 5.6.2)"
            }
            if header.value.utf8.contains(where: { $0 == 0 || $0 == 0x0a || $0 == 0x0d }) {
                return "the value of header \(header.name) has a line break or a NUL, which no field value may have (RFC 9110 section 5.5)"
            }
        }
        return nil
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// The last few header sets of a loop: a gateway sends the same two or three over and over.
struct RequestHeaderCache {
    private struct Entry {
        var headers: [HTTPHeader]
        var hasBody: Bool
        var list: RequestHeaderList
    }

    /// Bound: ``capacity`` lists; the oldest makes room.
    private var entries: [Entry] = []
    private var oldest = 0
    private let capacity = 8

    /// The list to send.
    ///
    /// - Throws: `other` for headers that must not be sent, or without memory.
    mutating func list(for headers: [HTTPHeader], hasBody: Bool) throws(HTTPTransportError) -> RequestHeaderList {
        if let known = entries.first(where: { $0.hasBody == hasBody && $0.headers == headers }) { return known.list }
        if let complaint = RequestHeaderList.complaint(about: headers) { throw HTTPTransportError(.other, complaint) }
        guard let list = RequestHeaderList(headers, hasBody: hasBody) else {
            throw HTTPTransportError(.other, "no memory for the request's headers")
        }
        let entry = Entry(headers: headers, hasBody: hasBody, list: list)
        if entries.count < capacity {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % capacity
        }
        return list
    }
}

extension HTTPHeader {
    fileprivate func isNamed(_ lowercased: String) -> Bool {
        name.utf8.count == lowercased.utf8.count && zip(name.utf8, lowercased.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
}
