/// Takes credentials out of text that somebody else wrote: upstream error messages, which like to repeat the key they refused.
///
/// Recognised by shape, so that keys nobody configured here are covered too: well-known prefixes (`sk-`, `AIza`, `gsk_`, `hf_`, ...), JSON web
/// tokens, what follows `Bearer`, and values of `key=`, `api_key:` and the like. Whole matches become ``Redaction/placeholder``. It prefers to
/// take too much: a text is for reading, not for replay.
public enum Redaction {
    public static let placeholder = "[redacted]"

    /// Prefixes of secrets and the number of key characters that must follow at least.
    private static let prefixes: [(prefix: StaticString, minimum: Int)] = [
        ("sk-", 6), ("sk_", 6), ("pk-", 12), ("rk_", 12), ("AIza", 16), ("gsk_", 8), ("xai-", 8), ("hf_", 8), ("r8_", 8), ("pplx-", 8),
        ("csk-", 8),
        ("nvapi-", 8), ("fw_", 12), ("tgp_", 8), ("ghp_", 8), ("gho_", 8), ("github_pat_", 8), ("glpat-", 8), ("AKIA", 12), ("ASIA", 12),
        ("ya29.", 8), ("eyJ", 16), ("xoxb-", 8), ("xoxp-", 8),
    ]

    /// Words after which a secret stands, behind spaces, quotes, `=` or `:`. Matched without regard to case.
    private static let labels: [StaticString] = [
        "bearer", "api_key", "api-key", "apikey", "access_token", "client_secret", "password", "?key", "&key",
    ]

    /// `text` without secrets.
    ///
    /// - Parameters:
    ///   - secrets: exact secrets to take out as well, whatever their shape (the configured keys); shorter than 6 bytes are ignored, for they
    ///     would match ordinary words.
    ///   - maxBytes: the result is cut there, on a character boundary.
    public static func redacted(_ text: String, secrets: [String] = [], maxBytes: Int = 1_000) -> String {
        // A key that the cut would halve must still be seen whole.
        let source = Array(text.utf8.prefix(maxBytes + 4_096))
        let known = secrets.map { Array($0.utf8) }.filter { $0.count >= 6 }
        var result: [UInt8] = []
        var at = 0
        while at < source.count, result.count < maxBytes {
            if let end = endOfSecret(at, in: source, known: known) {
                result.append(contentsOf: placeholder.utf8)
                at = end
            } else if let start = startOfLabelled(at, in: source) {
                result.append(contentsOf: source[at..<start])
                let end = endOfKey(start, in: source)
                // `Authorization: Bearer sk-...`: the second label is looked at by itself.
                if !isLabel(start, in: source) {
                    result.append(contentsOf: placeholder.utf8)
                    at = end
                } else {
                    at = start
                }
            } else {
                result.append(source[at])
                at += 1
            }
        }
        if at < source.count || text.utf8.count > source.count {
            while let last = result.last, last & 0xC0 == 0x80 { result.removeLast() }
            if let last = result.last, last >= 0xC0 { result.removeLast() }
            result.append(contentsOf: "...".utf8)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The end of the secret that begins at `at`, if one does.
    private static func endOfSecret(_ at: Int, in source: [UInt8], known: [[UInt8]]) -> Int? {
        for secret in known where source[at...].starts(with: secret) { return at + secret.count }
        guard at == 0 || !isWordByte(source[at - 1]) else { return nil }
        for (prefix, minimum) in prefixes where starts(at, with: prefix, in: source, ignoringCase: false) {
            let end = endOfKey(at, in: source)
            if end - at - prefix.utf8CodeUnitCount >= minimum { return end }
        }
        return nil
    }

    /// Where the value of the label at `at` begins, if there is a label with a value of at least 6 bytes.
    private static func startOfLabelled(_ at: Int, in source: [UInt8]) -> Int? {
        for label in labels where starts(at, with: label, in: source, ignoringCase: true) {
            var start = at + label.utf8CodeUnitCount
            let separators = start
            while start < source.count, start - separators < 6, [0x20, 0x22, 0x27, 0x3A, 0x3D, 0x5C].contains(source[start]) { start += 1 }
            // "the password is wrong" has no value: only what an equals sign, a colon or `Bearer ` introduces is one.
            let isIntroduced = source[separators..<start].contains { $0 == 0x3A || $0 == 0x3D } || source[at] | 0x20 == 0x62
            if start > separators, isIntroduced, endOfKey(start, in: source) - start >= 6 { return start }
        }
        return nil
    }

    private static func isLabel(_ at: Int, in source: [UInt8]) -> Bool {
        labels.contains { starts(at, with: $0, in: source, ignoringCase: true) }
    }

    private static func starts(_ at: Int, with text: StaticString, in source: [UInt8], ignoringCase: Bool) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count <= source.count else { return false }
        return text.withUTF8Buffer { expected in
            for offset in 0..<count {
                let byte = source[at + offset]
                let isLetter = (0x41...0x5A).contains(byte)
                guard (ignoringCase && isLetter ? byte | 0x20 : byte) == expected[offset] else { return false }
            }
            return true
        }
    }

    private static func endOfKey(_ start: Int, in source: [UInt8]) -> Int {
        var at = start
        while at < source.count, isKeyByte(source[at]) { at += 1 }
        // A full stop that ends the sentence is no part of the key.
        while at > start, source[at - 1] == 0x2E { at -= 1 }
        return at
    }

    /// Letters, digits and what keys, base64 and masked keys (`sk-ab***yz`) contain.
    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isWordByte(byte) || [0x2D, 0x2E, 0x2B, 0x2F, 0x7E, 0x2A].contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }
}
