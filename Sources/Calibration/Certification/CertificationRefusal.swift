/// Why no threshold is certified. Not an error of the data: the labels do not support the promise.
public struct CertificationRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// Not even a level without a loss could be certified with so few labels.
        case tooFewLabels
        /// No draft may be shipped at any level: gates, or evidence of another tier.
        case nothingShippable
        /// The strictest level that ships anything is lost too often, or not yet surely seldom enough.
        case tooManyLosses
        /// The labels see no loss reliably enough: the judge's sensitivity has no bound above 0.
        case blindJudge
    }

    public var reason: Reason
    /// What the walk was held to.
    public var alpha: Double
    public var delta: Double
    /// Labels there were.
    public var labels: Int
    /// The strictest useful level: the first at which the walk could begin and anything is shipped; `nil` when there is none.
    public var level: Double?
    /// The walk over selective losses began there, as the planning split advised; there are stricter levels that ship something.
    public var isStartChosen = false
    /// What was seen there.
    public var losses: Int
    public var trials: Int
    public var bound: Double
    /// Calibration labels more that would be needed if losses went on at the rate seen at ``level``; `nil` when no number would do, because
    /// that rate itself is not below ``alpha``.
    public var missingLabels: Int?

    public var description: String {
        let promise = "at most \(percent(alpha)) lost, wrong with probability \(percent(delta))"
        let more = missingLabels.map { "about \($0) more calibration labels would" }
        switch reason {
        case .blindJudge:
            return "the judge's sensitivity has no lower bound above 0, so its verdicts certify nothing; probe it with more seeded errors"
        case .nothingShippable:
            return "no calibration draft passes the gates with evidence of the model's tier: there is nothing to ship at any level"
        case .tooFewLabels:
            return "\(labels) calibration labels cannot support \"\(promise)\" even without a single loss; "
                + (more.map { "\($0) (if losses go on at the rate seen)" } ?? "no number of labels will, at the rate of losses seen")
        case .tooManyLosses:
            let place = isStartChosen ? "where the walk begins" : "the strictest that ships anything"
            let seen = "level \(level ?? 0), \(place), loses \(losses) of \(trials) (bound \(percent(bound)))"
            return "\"\(promise)\" is not supported: \(seen); "
                + (more.map { "\($0) support it if losses go on at that rate" }
                    ?? "that rate is not below what is promised, so that more labels will not help: promise less, or use a better drafter")
        }
    }
}

/// A share in per cent with up to three digits behind the point, or with three significant ones where those would say next to nothing.
func percent(_ share: Double) -> String {
    let thousandths = (share * 100_000).rounded()
    if share != 0, share.isFinite, abs(thousandths) < 10 { return "\(small(share * 100)) %" }
    guard thousandths.isFinite, abs(thousandths) < 1e12 else { return "\(share * 100) %" }
    var digits = "\(abs(Int(thousandths)))"
    while digits.utf8.count < 4 { digits = "0" + digits }
    var fraction = String(digits.suffix(3))
    while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
    return (thousandths < 0 ? "-" : "") + digits.dropLast(3) + (fraction.isEmpty ? "" : ".\(fraction)") + " %"
}

/// Three significant digits of a number nearer to 0 than .01, written out.
private func small(_ number: Double) -> String {
    // The first place behind the point that is not 0.
    var (place, scaled) = (1, abs(number) * 10)
    while scaled < 1, place < 300 {
        place += 1
        scaled *= 10
    }
    // Rounding may carry: .00999999 is .01.
    var digits = "\(Int((scaled * 100).rounded()))"
    if digits.utf8.count > 3 { place -= 1 }
    while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
    return (number < 0 ? "-" : "") + "0." + String(repeating: "0", count: max(0, place - 1)) + digits
}
