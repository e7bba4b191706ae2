/// A token bucket that caps pre-fires at a share of the requests. Every request earns `ratio` of a pre-fire; at most `burst` are saved up.
/// The bucket starts full, so that a quiet gateway hesitates no less than a busy one.
public struct PrefireAllowance: Sendable, Hashable {
    private let ratio: Double
    private let burst: Double
    private var saved: Double

    /// - Parameters:
    ///   - ratio: pre-fires per request, 0...1; at 0 there are none. Default .15.
    ///   - burst: pre-fires that may be saved up, at least 1. Default 10.
    public init(ratio: Double = 0.15, burst: Int = 10) {
        self.ratio = ratio
        self.burst = Double(burst)
        saved = ratio > 0 ? Double(burst) : 0
    }

    /// A request began.
    public mutating func earn() { saved = min(burst, saved + ratio) }

    /// Takes one pre-fire when there is one.
    public mutating func take() -> Bool {
        guard saved >= 1 else { return false }
        saved -= 1
        return true
    }
}
