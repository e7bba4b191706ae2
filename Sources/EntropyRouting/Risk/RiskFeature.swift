/// The inputs a risk model can choose from, by the names its artefact uses. Bits, counts or natural logarithms as the names say;
/// ``DraftStatistics`` defines each.
public enum RiskFeature: String, Sendable, Hashable, CaseIterable {
    case tokenCount = "token_count"
    case logLength = "log_length"
    case meanBits = "mean_bits"
    case varianceBits = "variance_bits2"
    case sumBits = "sum_bits"
    case meanLog10Bits = "mean_log10_bits"
    case maxBits = "max_bits"
    case ewmaBits = "ewma_bits"
    case ewmaMaxBits = "ewma_max_bits"
    case windowMeanBits = "window_mean_bits"
    case windowMaxBits = "window_max_bits"
    case overOneBit = "tokens_over_1_bit"
    case overTwoBits = "tokens_over_2_bits"
    case cusumMaxBits = "cusum_max_bits"
    case unitStartMeanBits = "unit_start_mean_bits"
    case unitStartMaxBits = "unit_start_max_bits"
    case openSpanSumBits = "open_span_sum_bits"
    case openSpanMaxBits = "open_span_max_bits"
    case openSpanLength = "open_span_length"
    case lastSpanSumBits = "last_span_sum_bits"
    case lastSpanMaxBits = "last_span_max_bits"
    case lastSpanLength = "last_span_length"
    case digitMaxBits = "digit_max_bits"
    case capitalMaxBits = "capital_max_bits"
    case identifierMaxBits = "identifier_max_bits"
    case factMaxBits = "fact_max_bits"
    case tailMassMean = "tail_mass_mean"
    case censoredCount = "censored_count"
    case missingCount = "missing_count"
    case logPromptTokens = "log_prompt_tokens"
    /// 1 when the draft ended that way, else 0; all 0 while it streams.
    case finishLength = "finish_length"
    case finishToolCalls = "finish_tool_calls"
    case finishOther = "finish_other"

    /// Its value may be negative, so that a logarithm of it means nothing.
    public var isSigned: Bool { self == .meanLog10Bits }

    /// The feature's value. Finite and, but for ``isSigned`` ones, 0 or more.
    public func value(in statistics: DraftStatistics, request: RequestFacts) -> Double {
        switch self {
        case .tokenCount: Double(statistics.tokenCount)
        case .logLength: statistics.logLength
        case .meanBits: statistics.mean
        case .varianceBits: statistics.variance
        case .sumBits: statistics.sum
        case .meanLog10Bits: statistics.meanLog
        case .maxBits: statistics.max
        case .ewmaBits: statistics.ewma
        case .ewmaMaxBits: statistics.ewmaMax
        case .windowMeanBits: statistics.window.mean
        case .windowMaxBits: statistics.window.maxMean
        case .overOneBit: Double(statistics.overOneBit)
        case .overTwoBits: Double(statistics.overTwoBits)
        case .cusumMaxBits: statistics.cusumMax
        case .unitStartMeanBits: statistics.unitStartMean
        case .unitStartMaxBits: statistics.unitStartMax
        case .openSpanSumBits: statistics.openSpan.sum
        case .openSpanMaxBits: statistics.openSpan.max
        case .openSpanLength: Double(statistics.openSpan.count)
        case .lastSpanSumBits: statistics.lastSpan.sum
        case .lastSpanMaxBits: statistics.lastSpan.max
        case .lastSpanLength: Double(statistics.lastSpan.count)
        case .digitMaxBits: statistics.digitMax
        case .capitalMaxBits: statistics.capitalMax
        case .identifierMaxBits: statistics.identifierMax
        case .factMaxBits: statistics.factMax
        case .tailMassMean: statistics.tailMassMean
        case .censoredCount: Double(statistics.censoredCount)
        case .missingCount: Double(statistics.missingCount)
        case .logPromptTokens: ElementaryFunctions.logarithmOnePlus(Double(max(0, request.promptTokens)))
        case .finishLength: request.finish == .length ? 1 : 0
        case .finishToolCalls: request.finish == .toolCalls ? 1 : 0
        case .finishOther: request.finish == .contentFilter || request.finish == .other ? 1 : 0
        }
    }
}
