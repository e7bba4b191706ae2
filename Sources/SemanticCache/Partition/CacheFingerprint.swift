internal import ChatAPI
internal import Digests
internal import FastJSON

/// What tells a request apart from others in the cache.
///
/// Two requests have equal fingerprints when one is the other written differently - order of members, white space, escapes, spelling of
/// numbers, explicit `null`, a text as a string or as the only part of an array, one stop string alone or in an array - or differs only in what
/// cannot change the answer. Every other difference gives another ``id``, and every one outside of the last user text another ``partition``.
struct CacheFingerprint: Sendable, Hashable {
    /// 64 hexadecimal digits: everything but the last user text. Answers are compared by similarity within one partition only.
    let partition: String
    /// A UUID of version 8 (RFC 9562, section 5.8), lower case with hyphens: the partition and the last user text, exactly. White space around
    /// the text counts: whether it matters is for the text to say, not for a cache.
    let id: String
    /// The last user text, its parts joined by newlines, when an answer to a similar text may serve; `nil` when only an equal request is good
    /// enough: the last message is not the user's, is not text only, is blank, or is longer than ``ChatRequest/maxUserTextBytes``.
    let prompt: String?
    /// The most output tokens that the client accepts; `nil` when it did not say.
    let maxTokens: Int?

    init(partition: String, id: String, prompt: String?, maxTokens: Int?) {
        self.partition = partition
        self.id = id
        self.prompt = prompt
        self.maxTokens = maxTokens
    }

    init(_ request: CacheableRequest, tenant: [String], policy: String, version: String) {
        var writer = PartitionWriter(request)
        writer.write(tenant: tenant, policy: policy, version: version)
        let partition = Self.hexadecimal(SHA256.digest(of: writer.bytes.span)[...])
        let joined = request.lastTexts.compactMap(request.body.text(of:)).joined(separator: "\n")
        let isBlank = joined.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        self.init(
            partition: partition, id: Self.identifier(of: partition, request),
            prompt: isBlank || joined.utf8.count > ChatRequest.maxUserTextBytes ? nil : joined, maxTokens: request.maxTokens)
    }

    private static func identifier(of partition: String, _ request: CacheableRequest) -> String {
        var writer = JSONWriter()
        writer.array {
            $0.string("qualm cache entry 1")
            $0.string(partition)
            for text in request.lastTexts { $0.raw(request.body.bytes(of: text)) }
        }
        var bytes = SHA256.digest(of: writer.bytes.span)[..<16]
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return [bytes[..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10...]].map { hexadecimal($0) }.joined(separator: "-")
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
