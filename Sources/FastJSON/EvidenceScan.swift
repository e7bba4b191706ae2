internal import CSimdjson

/// The tokens of one recorded answer, `draft.tokens` of a recording, read in a single validated walk over the line without building a
/// tree. `docs/recordings.md` describes the format.
///
/// It reads exactly what recordings are written as. Of anything else (members it does not know or that come twice, values of another
/// type, a document that is not JSON) it says only that it does not read it; ``JSONValue/parse(_:)-([UInt8])`` then finds out what is
/// wrong, if anything is. What it reads has the same values as the tree: numbers are the nearest doubles, texts are unescaped.
public struct EvidenceScan: Sendable {
    /// One token. Members that it did not carry: 0 ms, no logarithm, no alternatives, listed.
    public struct Token: Sendable, Hashable {
        /// `t_ms`: milliseconds since the request was sent.
        public var ms: Double
        /// Natural logarithm; NaN for null.
        public var logprob: Double
        /// In ``EvidenceScan/text``.
        public var text: Range<Int32>
        /// In ``EvidenceScan/alternatives``.
        public var alternatives: Range<Int32>
        public var isListed: Bool
    }

    /// The value of `draft.tokens` in the scanned bytes, brackets included.
    public let range: Range<Int>
    /// In document order.
    public let tokens: [Token]
    /// The values of every `top`, as sent; NaN for null.
    public let alternatives: [Double]
    /// The decoded bytes of all tokens, back to back.
    public let text: [UInt8]

    /// - Parameter line: one JSON object, which white space may surround.
    /// - Returns: `nil` when there is no `draft.tokens`, or when the line must be read as a tree.
    public init?(_ line: [UInt8]) {
        let scanned: Self? = unsafe line.withUnsafeBufferPointer { buffer in
            var evidence = unsafe qj_evidence()
            let status = unsafe qj_scan_evidence(buffer.baseAddress, buffer.count, &evidence)
            defer { if buffer.count > JSONScanner.everydayBytes { qj_trim() } }
            guard status == QJ_OK, unsafe evidence.start < evidence.end else { return nil }
            return unsafe Self(evidence)
        }
        guard let scanned else { return nil }
        self = scanned
    }

    @unsafe private init(_ evidence: qj_evidence) {
        range = unsafe Int(evidence.start)..<Int(evidence.end)
        let found = unsafe UnsafeBufferPointer(start: evidence.tokens, count: evidence.token_count)
        // Ranges fit: a document is below 2 GiB.
        tokens = unsafe found.map { token in
            Token(
                ms: token.ms, logprob: token.logprob, text: Int32(token.text.start)..<Int32(token.text.end),
                alternatives: Int32(token.top_start)..<Int32(token.top_end), isListed: token.is_listed != 0)
        }
        alternatives = unsafe Array(UnsafeBufferPointer(start: evidence.top, count: evidence.top_count))
        text = unsafe Array(UnsafeBufferPointer(start: evidence.text, count: evidence.text_count))
    }
}
