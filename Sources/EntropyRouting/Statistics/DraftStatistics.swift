/// Everything the strategies know about a draft, kept up to date in O(1) per token without allocating.
///
/// x is a token's ``TokenUncertainty/estimate`` in bits. Strong models live between 1e-5 and 1 bit, so y = log10(x + 1e-6) is followed too.
/// Statistics of x cover observed tokens only: a token without evidence is counted, never taken for certain.
public struct DraftStatistics: Sendable {
    /// Weight of a new value in the exponentially weighted average.
    public static let ewmaWeight = 0.1
    /// Bits a token may have before it adds to the cumulative sum.
    public static let cusumSlack = 0.5
    /// Added before a decimal logarithm, so that a certain token (0 bits) stays finite.
    public static let logOffset = 1e-6

    /// Tokens with evidence.
    public private(set) var observedCount = 0
    /// All tokens, with evidence or without.
    public private(set) var tokenCount = 0
    /// Mean of x, bits.
    public private(set) var mean = 0.0
    /// Mean of y, log10 bits; about -6 for a draft that was certain throughout.
    public private(set) var meanLog = 0.0
    /// Greatest x, bits.
    public private(set) var max = 0.0
    /// Exponentially weighted average of x (weight ``ewmaWeight``, starting at the first value), bits.
    public private(set) var ewma = 0.0
    /// Greatest value the average had, bits.
    public private(set) var ewmaMax = 0.0
    /// The last W values of x.
    public private(set) var window: SlidingWindow
    /// Tokens with x > 1 bit.
    public private(set) var overOneBit = 0
    /// Tokens with x > 2 bits.
    public private(set) var overTwoBits = 0
    /// Greatest value of S = max(0, S + x - ``cusumSlack``), bits: long stretches of mild doubt add up in it.
    public private(set) var cusumMax = 0.0
    /// Greatest x at the first token of a sentence, line or list item, bits.
    public private(set) var unitStartMax = 0.0
    /// The sentence or line being written.
    public private(set) var openSpan = SpanStatistics()
    /// Greatest x over tokens that hold a digit, bits.
    public private(set) var digitMax = 0.0
    /// Greatest x over tokens that begin a capitalised word, bits.
    public private(set) var capitalMax = 0.0
    /// Greatest x over tokens of identifiers, bits.
    public private(set) var identifierMax = 0.0
    /// Sampled tokens that were outside the provider's list.
    public private(set) var censoredCount = 0
    /// Tokens without evidence.
    public private(set) var missingCount = 0

    private var squares = 0.0
    private var tailMassSum = 0.0
    private var cusum = 0.0
    private var unitStartSum = 0.0
    private var unitStartCount = 0
    private var completedSpan: SpanStatistics?

    /// - Parameter windowTokens: W; below 1 counts as 1.
    public init(windowTokens: Int = 10) { window = SlidingWindow(capacity: windowTokens) }

    /// Adds one token.
    ///
    /// - Parameters:
    ///   - token: its uncertainty; when not observed, only the counts change.
    ///   - shape: from a ``BoundaryTracker`` that saw every token of the answer.
    public mutating func observe(_ token: TokenUncertainty, shape: TokenShape) {
        tokenCount += 1
        if token.isCensored { censoredCount += 1 }
        if shape.contains(.opensSpan), openSpan.count > 0 {
            completedSpan = openSpan
            openSpan = SpanStatistics()
        }
        guard token.isObserved else {
            missingCount += 1
            return
        }
        let x = token.estimate
        observedCount += 1
        let n = Double(observedCount)
        let deviation = x - mean
        mean += deviation / n
        squares += deviation * (x - mean)
        meanLog += (ElementaryFunctions.decimalLogarithm(x + Self.logOffset) - meanLog) / n
        tailMassSum += token.tailMass
        max = Swift.max(max, x)
        ewma = observedCount == 1 ? x : ewma + Self.ewmaWeight * (x - ewma)
        ewmaMax = Swift.max(ewmaMax, ewma)
        window.append(x)
        if x > 1 { overOneBit += 1 }
        if x > 2 { overTwoBits += 1 }
        cusum = Swift.max(0, cusum + x - Self.cusumSlack)
        cusumMax = Swift.max(cusumMax, cusum)
        openSpan.append(x)
        observeShape(shape, x: x)
    }

    /// Counts tokens that came without any evidence: tool-call deltas, refusals, chunks without logprobs. Negative counts as 0.
    public mutating func noteUnobserved(tokens: Int) {
        tokenCount += Swift.max(0, tokens)
        missingCount += Swift.max(0, tokens)
    }

    private mutating func observeShape(_ shape: TokenShape, x: Double) {
        if shape.contains(.opensUnit) {
            unitStartSum += x
            unitStartCount += 1
            unitStartMax = Swift.max(unitStartMax, x)
        }
        guard !shape.isDisjoint(with: .factual) else { return }
        if shape.contains(.holdsDigit) { digitMax = Swift.max(digitMax, x) }
        if shape.contains(.startsCapitalised) { capitalMax = Swift.max(capitalMax, x) }
        if shape.contains(.isIdentifierLike) { identifierMax = Swift.max(identifierMax, x) }
    }
}

extension DraftStatistics {
    /// Sum of x, bits.
    public var sum: Double { mean * Double(observedCount) }
    /// Sample variance of x (n - 1), bits squared; 0 below two observed tokens.
    public var variance: Double { observedCount < 2 ? 0 : squares / Double(observedCount - 1) }
    /// Mean of x at the first tokens of sentences, lines and list items, bits; 0 while there was none.
    public var unitStartMean: Double { unitStartCount == 0 ? 0 : unitStartSum / Double(unitStartCount) }
    /// The last completed sentence or line; the open one while none was completed.
    public var lastSpan: SpanStatistics { completedSpan ?? openSpan }
    /// Greatest x over tokens with a digit, a capitalised word start or an identifier, bits.
    public var factMax: Double { Swift.max(digitMax, capitalMax, identifierMax) }
    /// Mean probability outside the lists, 0...1.
    public var tailMassMean: Double { observedCount == 0 ? 0 : tailMassSum / Double(observedCount) }
    /// ln(1 + all tokens): length carries signal of its own.
    public var logLength: Double { ElementaryFunctions.logarithmOnePlus(Double(tokenCount)) }
}
