#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Nanoseconds of the system's monotonic clock: two words less than `ContinuousClock.Instant`, and compared in one instruction.
struct MonotonicTime: Comparable {
    var nanoseconds: UInt64

    /// Later than any deadline.
    static let never = MonotonicTime(nanoseconds: .max)

    static var now: MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates at ``never``.
    func advanced(byNanoseconds distance: UInt64) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(distance)
        return overflow ? .never : MonotonicTime(nanoseconds: sum)
    }

    /// Zero when `earlier` is in fact later.
    func duration(since earlier: MonotonicTime) -> Duration {
        self < earlier ? .zero : .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds))
    }
}

extension Duration {
    /// Clamped to 0...2^64-1, so that a caller's "for ever" stays in range.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflow || carry ? .max : sum
    }

    /// Rounded up and clamped to 1...2^31-1: libcurl reads zero as "its own default".
    var clampedMilliseconds: Int {
        let nanoseconds = clampedNanoseconds
        return Int(min(max(nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1), 1), UInt64(Int32.max)))
    }
}
