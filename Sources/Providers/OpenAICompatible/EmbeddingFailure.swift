import Cascade
import ChatAPI
import HTTPTransport

/// The embedder's failures in the cache's vocabulary. No detail holds a key or a text.
enum EmbeddingFailure {
    /// Of a message that somebody else wrote.
    private static let maxMessageBytes = 300

    static func transport(_ error: HTTPTransportError) -> StoreError {
        let kind: StoreError.Kind =
            switch error.kind {
            case .connectTimeout, .firstByteTimeout, .idleTimeout: .timeout
            case .malformedResponse, .oversizedHeaders, .tooLarge: .malformed
            case .cancelled: .closed
            case .invalidURL, .dns, .connectionRefused, .unreachable, .tls, .resetBeforeHead, .resetMidBody, .other: .unavailable
            }
        return StoreError(.embedder, kind, error.description)
    }

    /// - Parameters:
    ///   - texts: what was sent. Providers like to quote what they refuse: it is taken out.
    ///   - secrets: taken out, too.
    static func status(_ response: EmbeddingResponse, secrets: [String]) -> StoreError {
        let status = response.status
        let kind: StoreError.Kind =
            switch status {
            case 401, 402, 403: .unauthorized
            case 429: .overloaded
            case 408, 500...: .unavailable
            case 400..<500: .rejected
            default: .malformed
            }
        let said = UpstreamErrorBody.parse(response.body, status: status).message
        return StoreError(.embedder, kind, "status \(status): \(quotable(said, of: response.call.texts, secrets: secrets))")
    }

    static func malformed(_ error: EmbeddingsError, _ response: EmbeddingResponse, secrets: [String]) -> StoreError {
        StoreError(.embedder, .malformed, quotable(error.description, of: response.call.texts, secrets: secrets))
    }

    private static func quotable(_ message: String, of texts: [String], secrets: [String]) -> String {
        // The cut is made last: a key or a text that it halves would not be known any more.
        let clean = Redaction.redacted(message, secrets: secrets, maxBytes: 4 * maxMessageBytes)
        return Redaction.redacted(QuotedText.removed(from: clean, texts: texts), maxBytes: maxMessageBytes)
    }

    /// Whether the same text may be taken when it comes alone: the request was refused, and not for what all calls have in common.
    static func isAboutTheTexts(status: Int) -> Bool { status == 400 || status == 413 || status == 422 }
}

/// Finds in a message what was copied from a text.
enum QuotedText {
    static let mark = "[text]"
    /// Shorter common stretches are the language's, not the text's.
    private static let window = 12
    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// `message` with every stretch of 12 or more bytes that is also in one of `texts`, and every occurrence of a text of 4 to 11 bytes,
    /// replaced by ``mark``. Shorter texts cannot be told from words.
    static func removed(from message: String, texts: [String]) -> String {
        let bytes = Array(message.utf8)
        var isQuoted = [Bool](repeating: false, count: bytes.count)
        // Rolling hashes of the message's few windows; a collision takes out a few bytes too many.
        var windows: [UInt64: [Int]] = [:]
        for (start, hash) in hashes(bytes) { windows[hash, default: []].append(start) }
        for text in texts {
            let source = Array(text.utf8)
            if source.count < window {
                mark(source, in: bytes, &isQuoted)
            } else if !windows.isEmpty {
                for (_, hash) in hashes(source) {
                    for start in windows[hash] ?? [] { for at in start..<start + window { isQuoted[at] = true } }
                }
            }
        }
        guard isQuoted.contains(true) else { return message }
        var out: [UInt8] = []
        for (at, byte) in bytes.enumerated() {
            if !isQuoted[at] {
                out.append(byte)
            } else if at == 0 || !isQuoted[at - 1] {
                out.append(contentsOf: mark.utf8)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func mark(_ text: [UInt8], in bytes: [UInt8], _ isQuoted: inout [Bool]) {
        guard text.count >= 4, bytes.count >= text.count else { return }
        for start in 0...(bytes.count - text.count) where bytes[start...].starts(with: text) {
            for at in start..<start + text.count { isQuoted[at] = true }
        }
    }

    /// Rabin and Karp's rolling hash of every window, with where it begins.
    private static func hashes(_ bytes: [UInt8]) -> [(start: Int, hash: UInt64)] {
        guard bytes.count >= window else { return [] }
        var leaving: UInt64 = 1
        for _ in 1..<window { leaving = leaving &* base }
        var hashes: [(start: Int, hash: UInt64)] = []
        hashes.reserveCapacity(bytes.count - window + 1)
        var hash: UInt64 = 0
        for (at, byte) in bytes.enumerated() {
            if at >= window { hash = hash &- UInt64(bytes[at - window]) &* leaving }
            hash = hash &* base &+ UInt64(byte)
            if at >= window - 1 { hashes.append((at - window + 1, hash)) }
        }
        return hashes
    }
}
