internal import FastJSON

/// The answer of `/v1/embeddings` as far as a gateway that passes it on has to read it.
public enum EmbeddingsAnswer {
    /// A count outside of this is no count.
    public static let believableTokens = 0...1_000_000_000

    /// Checks that the body is such an answer, an object with an array `data`, and reads its usage. The vectors are validated as JSON and not
    /// read.
    ///
    /// - Returns: `nil` when the provider did not count. `total_tokens` stands in for a missing `prompt_tokens`.
    public static func usage(of body: [UInt8]) throws(EmbeddingsError) -> TokenUsage? {
        let index: JSONObjectIndex
        do {
            index = try JSONObjectIndex(body)
        } catch {
            throw EmbeddingsError("the body is not a JSON object: \(error)")
        }
        guard index.kind(of: "data") == .array else {
            if index.contains("error") {
                let said = UpstreamErrorBody.parse(body, status: 200).message
                throw EmbeddingsError("an error in the place of embeddings: \(said)")
            }
            throw EmbeddingsError("the body has no array 'data'")
        }
        guard let usage = index.object("usage"), let tokens = usage.int("prompt_tokens") ?? usage.int("total_tokens"),
            believableTokens.contains(tokens)
        else { return nil }
        return TokenUsage(inputTokens: tokens, outputTokens: 0)
    }
}

/// Why a body is not an answer of `/v1/embeddings`. Quotes nothing but the provider's own error message, redacted.
public struct EmbeddingsError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
