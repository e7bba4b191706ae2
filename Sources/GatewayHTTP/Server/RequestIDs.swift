import HTTPTypes
import Synchronization

/// Names for requests and decisions: 96 bits, unique within and across processes for all practical purposes. They are labels, not secrets, so
/// that one random seed per process and a mixed counter (SplitMix64, Steele et al. 2014) do: no system call per request.
struct RequestIDs: Sendable {
    private let seed: UInt64
    private let counter: Counter

    private final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
    }

    init() {
        var generator = SystemRandomNumberGenerator()
        seed = generator.next()
        counter = Counter()
    }

    /// The client's own `x-request-id` when it is short and printable; else a new one.
    func requestID(_ headers: HTTPFields) -> String {
        guard let own = headers[.xRequestID], (1...128).contains(own.utf8.count), own.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return make("req_") }
        return own
    }

    func make(_ prefix: StaticString) -> String {
        let number = counter.value.add(2, ordering: .relaxed).oldValue
        var digits = Self.mixed(seed &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15)
        let rest = Self.mixed(seed ^ (number &+ 2) &* 0x9E37_79B9_7F4A_7C15)
        let prefixCount = prefix.utf8CodeUnitCount
        return String(unsafeUninitializedCapacity: prefixCount + 24) { buffer in
            for index in 0..<prefixCount { buffer[index] = prefix.utf8Start[index] }
            for index in 0..<24 {
                if index == 16 { digits = rest }
                let digit = UInt8(truncatingIfNeeded: digits & 15)
                buffer[prefixCount + index] = digit < 10 ? digit + 48 : digit + 87
                digits >>= 4
            }
            return prefixCount + 24
        }
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
