/// Vectors that need no model: every word adds eight signed ones at places its hash gives, and the sum has length one. Texts that share
/// words are near, equal texts are equal, on every machine.
enum Embedding {
    static func vector(of text: String, dimensions: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: dimensions)
        for word in words(of: text) {
            var state = StableHash.of(word)
            for _ in 0..<8 {
                // SplitMix64: one hash makes eight independent places and signs.
                state = state &+ 0x9e37_79b9_7f4a_7c15
                var bits = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
                bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
                bits ^= bits >> 31
                sums[Int((bits >> 1) % UInt64(dimensions))] += bits & 1 == 0 ? 1 : -1
            }
        }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else {
            sums[0] = 1
            return sums
        }
        return sums.map { $0 / length }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// RFC 4648 base64 of the values as little-endian 32-bit floats: `encoding_format: "base64"`, what OpenAI's SDKs ask for.
    static func base64(_ vector: [Float]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = vector.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) } }
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= 8 * UInt32(3 - group.count)
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
