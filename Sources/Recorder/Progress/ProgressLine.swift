/// One line that says how far a run is: bar, count, rate, time to go, cost.
public enum ProgressLine {
    /// `record  ████████░░░░░░░░  312/640  3.2/s  1:43 left  $0.0123  2 failed  5 retries`.
    ///
    /// - Parameter width: columns of the terminal; the bar takes what the numbers leave, 24 at most. 0 = no bar.
    public static func text(_ counts: RecordingProgress.Counts, width: Int) -> String {
        let done = counts.found + counts.recorded
        var parts = ["\(done)/\(counts.total)"]
        let rate = counts.elapsed > 0 ? Double(counts.recorded) / counts.elapsed : 0
        parts.append("\(decimals(rate, rate < 10 ? 1 : 0))/s")
        let left = counts.total - done - counts.failed
        if left > 0 { parts.append(rate > 0 ? "\(clock(Double(left) / rate)) left" : "-:-- left") }
        parts.append(cost(counts.spentUSD, counts.prices))
        if counts.failed > 0 { parts.append("\(counts.failed) failed") }
        if counts.retries > 0 { parts.append("\(counts.retries) \(counts.retries == 1 ? "retry" : "retries")") }
        let numbers = parts.joined(separator: "  ")
        let room = min(24, width - numbers.count - 12)
        guard room >= 6 else { return "record  \(numbers)" }
        return "record  \(bar(done, of: counts.total, room))  \(numbers)"
    }

    /// The same as a plain line for logs.
    public static func plain(_ counts: RecordingProgress.Counts) -> String { text(counts, width: 0) }

    /// `$0.0123`; `$0.0123 + unknown` when one model's price is not known; `price unknown` when none is.
    public static func cost(_ usd: Double, _ prices: PriceKnowledge) -> String {
        switch prices {
        case .all: "$\(dollars(usd))"
        case .some: "$\(dollars(usd)) + unknown"
        case .none: "price unknown"
        }
    }

    /// Four digits behind the point: a prompt of a small model costs a few hundredths of a cent.
    public static func dollars(_ usd: Double) -> String { decimals(usd, 4) }

    private static func bar(_ done: Int, of total: Int, _ width: Int) -> String {
        let full = total > 0 ? min(width, done * width / total) : width
        return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    }

    /// `1:43`, or `2:05:09` from an hour on.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return whole < 3_600 ? "\(whole / 60):\(two(whole % 60))" : "\(whole / 3_600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }

    /// A number that is not negative with so many digits behind its point.
    static func decimals(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int(min(value * scale, 1e15).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let fraction = String(scaled % Int(scale))
        return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
