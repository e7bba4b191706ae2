/// The levels a certificate may choose from, from strict to loose. Fixed here, before any label is seen: that is part of the guarantee.
public enum RiskGrid {
    /// Risks, 0...1.
    public static let standard: [Double] = [
        0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1,
    ]

    /// Thresholds of the window strategy, bits. A draft is shipped while its statistic stays below.
    public static let windowBits: [Double] = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5,
        3, 4, 6,
    ]
}
