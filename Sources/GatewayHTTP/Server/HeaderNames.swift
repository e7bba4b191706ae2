import HTTPTypes

/// The headers of the wire contract that HTTPTypes does not know.
extension HTTPField.Name {
    // Literals that are valid by construction; the fallback is never taken.
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .accept }

    static let xRequestID = known("x-request-id")
    static let qualmDecisionID = known("x-qualm-decision-id")
    static let qualmRoute = known("x-qualm-route")
    static let qualmModel = known("x-qualm-model")
    static let qualmOverhead = known("x-qualm-overhead-ms")
    static let xAccelBuffering = known("x-accel-buffering")
    static let qualmCacheID = known("x-qualm-cache-id")
    static let retryAfter = known("retry-after")
}

extension Double {
    /// With so many decimals, without a locale: `0.126`. Not finite gives `0`.
    func decimals(_ count: Int) -> String {
        guard isFinite else { return "0" }
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        let scaled = (self * scale).rounded()
        guard abs(scaled) < 9e15 else { return String(self) }
        let whole = Int64(scaled)
        let (quotient, remainder) = abs(whole).quotientAndRemainder(dividingBy: Int64(scale))
        let fraction = String(remainder)
        let sign = whole < 0 ? "-" : ""
        return count == 0
            ? "\(sign)\(quotient)" : "\(sign)\(quotient).\(String(repeating: "0", count: count - fraction.utf8.count))\(fraction)"
    }
}
