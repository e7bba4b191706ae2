import Cascade
import EntropyRouting

/// When the calibrations in use were made: dates without a clock, since provenance names a day.
enum CalibrationDate {
    /// Seconds since 1970 of the oldest, at midnight UTC; `nil` when no route has one, or none has a date that can be read.
    static func oldest(of routes: [CascadeRoute]) -> Double? {
        routes.compactMap { route in
            for strategy in [route.strategy] + route.alternatives.values {
                if case .risk(let rule) = strategy { return seconds(rule.model.provenance.date) }
            }
            return nil
        }.min()
    }

    /// A day that there is, alone or with a time behind a `T`.
    static func isISO(_ date: String) -> Bool {
        let digits = date.utf8.prefix(10).enumerated().allSatisfy { place, byte in
            place == 4 || place == 7 ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard digits, date.utf8.count == 10 || (date.utf8.count >= 16 && date.utf8.dropFirst(10).first == UInt8(ascii: "T")),
            date.utf8.dropFirst(11).allSatisfy({ "0123456789:.Z+-".utf8.contains($0) }), let day = Int(date.dropFirst(8).prefix(2)),
            let year = Int(date.prefix(4)), let month = Int(date.dropFirst(5).prefix(2)), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// Of `2026-11-21`, with or without a time behind it.
    static func seconds(_ date: String) -> Double? {
        let parts = date.prefix(10).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        // Days since 1970 in the civil calendar, with years that begin in March so that a leap day comes last (Hinnant, "chrono-compatible
        // low-level date algorithms").
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Double(era * 146_097 + dayOfEra - 719_468) * 86_400
    }
}
