/// How the simulated model answers one request: what it says, how sure it sounds, how fast it is and what breaks.
///
/// A behaviour is written as words separated by `-` (also `/` or `:`), in any order; a model name *is* such a text, for example
/// `sim-unsure-n40-d2000`. Words that mean nothing here are ignored, so every model name is a valid behaviour and the empty one is a
/// confident, well-formed answer. The complete list of words is in `docs/simulator.md`.
public struct Behaviour: Sendable, Hashable {
    /// Shape of the answer's uncertainty over its tokens.
    public enum Mood: Sendable, Hashable, CaseIterable {
        /// 0.2 bits at every token.
        case confident
        /// 3.6 bits at every token.
        case unsure
        /// ``Behaviour/elevatedBits`` for ``Behaviour/elevatedTokens`` tokens, 0.1 bits otherwise.
        case recovering
        /// 0.2 bits in the first half, 3.6 from the middle on.
        case late
    }

    /// What the answer consists of.
    public enum Content: Sendable, Hashable {
        /// Whole sentences from a fixed list.
        case prose
        /// Confident and well-formed, with a text that can be told from every drafter's.
        case expert
        /// Two tokens.
        case short
        /// Not one token.
        case empty
        /// The last user text.
        case echo
        /// Emoji, joined sequences, right-to-left and combining characters; some written as JSON escapes.
        case unicode
        /// A polite refusal in the content.
        case refusal
        /// The same text in OpenAI's `refusal` field.
        case refusalField
        /// Tool calls instead of text.
        case tool(ToolCalls)
        /// A JSON text, by the request's `response_format`.
        case json(Validity)
        /// This text, as a scenario rule gives it.
        case text(String)
    }

    /// What is right or wrong with the tool calls.
    public enum ToolCalls: Sendable, Hashable {
        /// Arguments that obey the schema.
        case valid
        /// JSON that parses and violates the schema.
        case mismatched
        /// JSON that breaks off.
        case broken
        /// A tool that was not offered.
        case unknown
        /// Two calls whose pieces alternate.
        case parallel
    }

    /// What is right or wrong with a JSON answer.
    public enum Validity: Sendable, Hashable {
        /// Obeys the schema.
        case valid
        /// Parses and violates the schema.
        case mismatched
        /// Breaks off before its end.
        case broken
    }

    /// What is special about the logprobs.
    public enum Evidence: Sendable, Hashable {
        /// As OpenAI's: natural logarithms, sorted, summing to one over 20.
        case normal
        /// `"logprobs": null` although they were asked for.
        case missing
        /// Every fifth token was sampled from outside the list: `-9999.0`.
        case censored
        /// Positive numbers, which no logarithm of a probability is.
        case invalid
    }

    /// How sure it sounds; confident unless given.
    public var mood: Mood = .confident
    /// What it says; prose unless given.
    public var content: Content = .prose
    /// What its logprobs are like.
    public var evidence: Evidence = .normal
    /// How it breaks; `nil`: it does not.
    public var fault: Fault?
    /// Tokens of a prose answer; 40 unless given, 1...100,000.
    public var tokenCount: Int?
    /// Microseconds between two events that carry tokens; 0 unless given.
    public var tokenGapMicroseconds: Int64 = 0
    /// Microseconds before the first token; 0 unless given.
    public var firstTokenMicroseconds: Int64 = 0
    /// Entropy of the elevated stretch of ``Mood/recovering``, in thousandths of a bit.
    public var elevatedMillibits: Int = 1_350
    /// Length of the elevated stretch in tokens.
    public var elevatedTokens: Int = 12
    /// Tokens before the elevated stretch.
    public var elevatedStart: Int = 0
    /// Entropies a scenario rule gives, taking the mood's place; tokens after the last segment keep its value. At most 1,000.
    public var entropy: [EntropySegment] = []
    /// At most so many alternatives, whatever was asked for; `nil`: as asked.
    public var alternativesCap: Int?
    /// Tokens in one event.
    public var tokensPerEvent: Int = 1
    /// Seconds in the `retry-after` header of an error answer.
    public var retryAfterSeconds: Int = 1
    /// The answer ends with `finish_reason: "length"`.
    public var endsByLength = false
    /// `reasoning_content` deltas come first.
    public var reasonsFirst = false
    /// No usage even if it was asked for.
    public var omitsUsage = false
    /// No `[DONE]`.
    public var omitsDone = false
    /// Lines end with CR LF.
    public var usesCRLF = false
    /// SSE comments between the events.
    public var sendsComments = false
    /// Every byte is written on its own.
    public var splitsBytes = false
    /// The first-token delay comes before the response head instead of after it; 300 ms unless given.
    public var delaysHead = false

    /// A confident, well-formed answer without delay.
    public init() {}

    /// Reads the words of a model name or of a scenario rule.
    public init(words: String) {
        for word in words.split(whereSeparator: { $0 == "-" || $0 == "/" || $0 == ":" }) {
            apply(String(word).lowercased())
        }
        if delaysHead && firstTokenMicroseconds == 0 { firstTokenMicroseconds = 300_000 }
    }

    /// The entropy scripted for the token at `position` of `count`, in bits.
    public func entropyBits(position: Int, of count: Int) -> Double {
        if let last = entropy.last {
            var end = 0
            for segment in entropy {
                end += segment.tokens
                if position < end { return segment.bits }
            }
            return last.bits
        }
        return moodBits(position: position, of: count)
    }

    private func moodBits(position: Int, of count: Int) -> Double {
        switch mood {
        case .confident: 0.2
        case .unsure: 3.6
        case .late: position < count / 2 ? 0.2 : 3.6
        case .recovering:
            (elevatedStart..<elevatedStart + elevatedTokens).contains(position) ? Double(elevatedMillibits) / 1_000 : 0.1
        }
    }
}

/// A stretch of tokens with one entropy.
public struct EntropySegment: Sendable, Hashable {
    /// At least 1.
    public var tokens: Int
    /// Clamped to 0...4.32, lg 20.
    public var bits: Double

    /// Values out of range are clamped.
    public init(tokens: Int, bits: Double) {
        self.tokens = max(tokens, 1)
        self.bits = min(max(bits, 0), EntropyTable.maximumBits)
    }
}
