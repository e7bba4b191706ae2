/// How unsure the drafter was about one token. Entropies and surprisals in bits.
public struct TokenUncertainty: Sendable, Hashable {
    /// What was peculiar about the evidence.
    public struct Flags: OptionSet, Sendable, Hashable {
        public var rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The sampled token was outside the provider's list and its logprob withheld (-9999): of its surprisal only a lower bound is
        /// known.
        public static let censored = Flags(rawValue: 1)
        /// A value was NaN or null, or nothing at all was known: the position carries no evidence.
        public static let missing = Flags(rawValue: 2)
        /// The values cannot be logprobs (above 1e-4, or a sum of probabilities over 1.001).
        public static let invalid = Flags(rawValue: 4)
    }

    /// -lg p of the sampled token, 0 or more. NaN when not observed.
    public var surprisal: Double
    /// Best estimate of the entropy, between `lower` and `upper`; for ``SignalTier/surprisal`` the surprisal itself, which is unbiased at
    /// temperature 1 but may lie outside the bounds. NaN when not observed.
    public var estimate: Double
    /// Least entropy the evidence allows. NaN when not observed.
    public var lower: Double
    /// Greatest entropy the evidence allows. NaN when not observed.
    public var upper: Double
    /// Probability outside the known tokens, 0...1. NaN when not observed.
    public var tailMass: Double
    /// What the numbers rest on; ``SignalTier/none`` when not observed.
    public var signal: SignalTier
    public var flags: Flags

    public init(
        surprisal: Double, estimate: Double, lower: Double, upper: Double, tailMass: Double, signal: SignalTier, flags: Flags = []
    ) {
        self.surprisal = surprisal
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
        self.tailMass = tailMass
        self.signal = signal
        self.flags = flags
    }

    /// The numbers may be used. When false they are NaN: an unobserved token is neither certain nor uncertain.
    @inlinable public var isObserved: Bool { signal != .none }
    @inlinable public var isCensored: Bool { flags.contains(.censored) }
    @inlinable public var isMissing: Bool { flags.contains(.missing) }
    @inlinable public var isInvalid: Bool { flags.contains(.invalid) }

    /// A position without evidence.
    @inlinable public static func unobserved(_ flags: Flags) -> TokenUncertainty {
        TokenUncertainty(surprisal: .nan, estimate: .nan, lower: .nan, upper: .nan, tailMass: .nan, signal: .none, flags: flags)
    }
}
