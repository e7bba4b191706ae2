/// SHA-256 (FIPS 180-4), for names of prompts, requests and data: that two of them are the same, or that a file reads back as it was written.
///
/// Own code, because the alternative is a whole TLS library for one function. Nothing secret is authenticated with it.
public struct SHA256: Sendable {
    /// Eight words, big-endian in the standard's order.
    private var state: InlineArray<8, UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes that do not fill a block yet: 0...63.
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    public init() { pending.reserveCapacity(128) }

    /// `sha256:` and 64 hexadecimal digits.
    public static func name(of message: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = digest(of: message.span).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "sha256:" + String(decoding: text, as: UTF8.self)
    }

    /// The digest of `message`: 32 bytes.
    public static func digest(of message: Span<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(message)
        return hash.finished()
    }

    /// Takes the next bytes of the message.
    public mutating func update(_ bytes: Span<UInt8>) {
        byteCount &+= UInt64(bytes.count)
        var offset = 0
        if !pending.isEmpty {
            while pending.count < 64, offset < bytes.count {
                pending.append(bytes[offset])
                offset += 1
            }
            guard pending.count == 64 else { return }
            let block = pending
            compress(block.span)
            pending.removeAll(keepingCapacity: true)
        }
        while bytes.count - offset >= 64 {
            compress(bytes.extracting(offset..<offset + 64))
            offset += 64
        }
        while offset < bytes.count {
            pending.append(bytes[offset])
            offset += 1
        }
    }

    /// The digest of all that was taken: 32 bytes.
    public consuming func finished() -> [UInt8] {
        // The rest, a one bit, zeros, and the length in bits: one block or two.
        var tail = pending
        tail.append(0x80)
        while tail.count % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { tail.append(UInt8(truncatingIfNeeded: (byteCount << 3) >> UInt64(shift))) }
        compress(tail.span.extracting(0..<64))
        if tail.count > 64 { compress(tail.span.extracting(64..<128)) }
        return digest
    }

    private var digest: [UInt8] {
        var digest: [UInt8] = []
        digest.reserveCapacity(32)
        for index in state.indices {
            for shift: UInt32 in [24, 16, 8, 0] { digest.append(UInt8(truncatingIfNeeded: state[index] >> shift)) }
        }
        return digest
    }

    /// - Parameter block: 64 bytes.
    private mutating func compress(_ block: Span<UInt8>) {
        // The message schedule, of which only the last 16 words are ever needed.
        var words = InlineArray<16, UInt32>(repeating: 0)
        for index in 0..<16 {
            let at = index &* 4
            words[index] =
                UInt32(block[at]) << 24 | UInt32(block[at &+ 1]) << 16 | UInt32(block[at &+ 2]) << 8 | UInt32(block[at &+ 3])
        }
        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7])
        for round in 0..<64 {
            let slot = round & 15
            if round >= 16 {
                words[slot] =
                    words[slot] &+ Self.small(words[(round &+ 1) & 15], 7, 18, 3) &+ words[(round &+ 9) & 15]
                    &+ Self.small(words[(round &+ 14) & 15], 17, 19, 10)
            }
            let first = h &+ Self.big(e, 6, 11, 25) &+ ((e & f) ^ (~e & g)) &+ Self.constants[round] &+ words[slot]
            let second = Self.big(a, 2, 13, 22) &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    @inline(__always)
    private static func big(_ word: UInt32, _ one: UInt32, _ two: UInt32, _ three: UInt32) -> UInt32 {
        rotated(word, one) ^ rotated(word, two) ^ rotated(word, three)
    }

    @inline(__always)
    private static func small(_ word: UInt32, _ one: UInt32, _ two: UInt32, _ shift: UInt32) -> UInt32 {
        rotated(word, one) ^ rotated(word, two) ^ (word &>> shift)
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ by: UInt32) -> UInt32 { word &>> by | word &<< (32 &- by) }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: InlineArray<64, UInt32> = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
