/// RFC 4648, section 4: the alphabet with `+` and `/`, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[Int(word >> (18 - 6 * UInt32(place)) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: `nil` for anything but whole groups of the alphabet, padded at the end only.
    static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
        var values: [UInt8] = Array(repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        guard text.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var (word, held, padding) = (UInt32(0), 0, 0)
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                word <<= 6
            } else {
                let value = values[Int(character)]
                guard value < 64, padding == 0 else { return nil }
                word = word << 6 | UInt32(value)
            }
            held += 1
            guard held == 4 else { continue }
            guard padding <= 2 else { return nil }
            bytes.append(UInt8(word >> 16 & 255))
            if padding < 2 { bytes.append(UInt8(word >> 8 & 255)) }
            if padding < 1 { bytes.append(UInt8(word & 255)) }
            (word, held) = (0, 0)
        }
        return bytes
    }
}
