import HTTPTypes

/// Names for requests and decisions: 96 random bits.
enum RequestID {
    /// The client's own `x-request-id` when it is short and printable; else a new one.
    static func of(_ headers: HTTPFields) -> String {
        guard let own = headers[.xRequestID], (1...128).contains(own.utf8.count), own.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return make("req_") }
        return own
    }

    static func make(_ prefix: StaticString) -> String {
        var generator = SystemRandomNumberGenerator()
        var random = (generator.next() as UInt64, generator.next() as UInt64)
        let prefixCount = prefix.utf8CodeUnitCount
        return String(unsafeUninitializedCapacity: prefixCount + 24) { buffer in
            for index in 0..<prefixCount { buffer[index] = prefix.utf8Start[index] }
            for index in 0..<24 {
                let digit = UInt8(truncatingIfNeeded: random.0 & 15)
                buffer[prefixCount + index] = digit < 10 ? digit + 48 : digit + 87
                random.0 >>= 4
                if index == 15 { random.0 = random.1 }
            }
            random.1 = 0
            return prefixCount + 24
        }
    }
}
