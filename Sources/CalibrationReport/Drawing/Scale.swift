#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Maps values to coordinates, linearly or by their logarithm. Values outside the domain are drawn at its ends.
struct Scale: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case linear
        /// The domain must be above 0.
        case logarithmic
    }

    let domain: ClosedRange<Double>
    /// Coordinates of the domain's ends; from may be above to, as for a y axis.
    let from: Double
    let to: Double
    let kind: Kind

    init(_ domain: ClosedRange<Double>, from: Double, to: Double, _ kind: Kind = .linear) {
        self.domain = domain
        self.from = from
        self.to = to
        self.kind = kind
    }

    func callAsFunction(_ value: Double) -> Double {
        let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
        guard high > low, !value.isNaN else { return from }
        let share = (transformed(min(max(value, domain.lowerBound), domain.upperBound)) - low) / (high - low)
        return from + share * (to - from)
    }

    private func transformed(_ value: Double) -> Double { kind == .linear ? value : log10(max(value, 1e-300)) }
}

/// Where an axis is marked, and how that is written.
struct Ticks: Sendable, Hashable {
    var values: [Double]
    /// Behind the point, as many as tell neighbours apart.
    var decimals: Int

    /// About `count` steps of 1, 2 or 5 times a power of ten, the multiples inside the domain (Heckbert, "Nice numbers for graph labels",
    /// Graphics Gems, 1990).
    static func nice(_ domain: ClosedRange<Double>, about count: Int) -> Ticks {
        let span = domain.upperBound - domain.lowerBound
        guard span > 0, span.isFinite, count > 0 else { return Ticks(values: [domain.lowerBound], decimals: 2) }
        let rough = span / Double(count)
        let power = pow(10, log10(rough).rounded(.down))
        let mantissa = rough / power
        let step = (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10) * power
        let first = (domain.lowerBound / step - 1e-9).rounded(.up)
        let last = (domain.upperBound / step + 1e-9).rounded(.down)
        let values = first <= last ? (Int(first)...Int(last)).map { Double($0) * step } : []
        return Ticks(values: values, decimals: max(0, Int((-log10(step) - 1e-9).rounded(.up))))
    }

    /// The powers of ten inside the domain.
    static func decades(_ domain: ClosedRange<Double>) -> [Double] {
        let first = Int(log10(max(domain.lowerBound, 1e-12)).rounded(.up))
        let last = Int(log10(max(domain.upperBound, 1e-12)).rounded(.down))
        return first <= last ? (first...last).map { pow(10, Double($0)) } : []
    }
}
