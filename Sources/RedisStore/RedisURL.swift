/// `redis://[user[:password]@]host[:port][/database]`, `rediss://` for TLS (the URI schemes as registered with IANA).
///
/// Percent-encoding is undone in user and password. Defaults: port 6379, database 0. An empty user is the default user; an empty user with
/// an empty password is no login, which is what `redis://:$PASSWORD@host` becomes where the variable is empty.
public enum RedisURL {
    /// - Throws: ``RedisURLError``, which never contains a piece of the text: any piece may turn out to be one of the password.
    public static func parse(_ text: String) throws(RedisURLError) -> RedisConnectionOptions {
        var parser = RedisURLParser(Array(text.utf8))
        return try parser.parse()
    }
}

/// Says what is wrong with a URL, where, and what would be right.
public struct RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Byte of the URL, from 1.
    public var position: Int
    /// What is wrong and what would be right. No piece of the URL.
    public var problem: String

    public var description: String { "Redis URL, character \(position): \(problem)" }
}

private struct RedisURLParser {
    private let bytes: [UInt8]
    private static let form = "a URL is redis://[user:password@]host[:port][/database], or rediss:// for TLS"
    private static let mustBeEncoded = "in a user or password, '/', '?', '#', '@', ':' and '%' are written %2F, %3F, %23, %40, %3A and %25"

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parse() throws(RedisURLError) -> RedisConnectionOptions {
        var options = RedisConnectionOptions()
        let start = try scheme(&options)
        for (offset, byte) in bytes.enumerated() where byte <= 0x20 || byte == 0x7f {
            throw problem(at: offset, "white space and control characters do not belong in a URL; write them %20 and so on in a password")
        }
        if let mark = bytes[start...].firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            throw problem(at: mark, "nothing is understood after '?' or '#': \(Self.form); \(Self.mustBeEncoded)")
        }
        let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
        if slash < bytes.count, bytes[slash...].contains(UInt8(ascii: "@")) {
            throw problem(at: slash, "a '/' before the '@': \(Self.mustBeEncoded)")
        }
        var hostStart = start
        // The last one: an unencoded '@' in a password is common, and a host has none.
        if let at = bytes[start..<slash].lastIndex(of: UInt8(ascii: "@")) {
            try login(start..<at, &options)
            hostStart = at + 1
        }
        try hostAndPort(hostStart..<slash, &options)
        if slash + 1 < bytes.count { options.database = try database(slash + 1) }
        return options
    }

    private func scheme(_ options: inout RedisConnectionOptions) throws(RedisURLError) -> Int {
        let lowered = bytes.prefix(9).map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        if lowered.starts(with: "redis://".utf8) { return 8 }
        guard lowered.starts(with: "rediss://".utf8) else {
            throw problem(at: 0, "it does not begin with redis:// or rediss://: \(Self.form)")
        }
        options.usesTLS = true
        return 9
    }

    private func login(_ range: Range<Int>, _ options: inout RedisConnectionOptions) throws(RedisURLError) {
        guard let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")) else {
            throw problem(at: range.lowerBound, "there is no ':' before the '@': user:password@, or :password@ for the default user")
        }
        let user = try decoded(range.lowerBound..<colon)
        let password = try decoded((colon + 1)..<range.upperBound)
        if user.isEmpty, password.isEmpty { return }
        options.user = user.isEmpty ? nil : user
        options.password = password
    }

    private func decoded(_ range: Range<Int>) throws(RedisURLError) -> String {
        var result: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, let high = hexDigit(bytes[index + 1]), let low = hexDigit(bytes[index + 2]) else {
                    throw problem(at: index, "a '%' without two hexadecimal digits: \(Self.mustBeEncoded)")
                }
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        guard let text = String(validating: result, as: UTF8.self) else {
            throw problem(at: range.lowerBound, "user or password is not UTF-8 once its %-escapes are undone")
        }
        return text
    }

    private func hostAndPort(_ range: Range<Int>, _ options: inout RedisConnectionOptions) throws(RedisURLError) {
        var end = range.lowerBound
        if bytes[range].first == UInt8(ascii: "[") {
            guard let bracket = bytes[range].firstIndex(of: UInt8(ascii: "]")) else {
                throw problem(at: range.lowerBound, "a '[' without ']': an IPv6 address is written [::1]")
            }
            let address = bytes[(range.lowerBound + 1)..<bracket]
            let isAddress = address.contains(UInt8(ascii: ":")) && address.allSatisfy { hexDigit($0) != nil || $0 == 0x3a || $0 == 0x2e }
            guard isAddress else { throw problem(at: range.lowerBound, "no IPv6 address between the brackets: it is written [::1]") }
            options.host = String(decoding: address, as: UTF8.self)
            end = bracket + 1
        } else {
            end = bytes[range].firstIndex(of: UInt8(ascii: ":")) ?? range.upperBound
            let host = bytes[range.lowerBound..<end]
            guard !host.isEmpty else { throw problem(at: range.lowerBound, "there is no host: \(Self.form)") }
            if let odd = host.firstIndex(where: { !isHostCharacter($0) }) {
                throw problem(at: odd, "a host has letters, digits, '.', '-' and '_' only; an IPv6 address is written [::1]")
            }
            options.host = String(decoding: host, as: UTF8.self)
        }
        guard end < range.upperBound else { return }
        guard bytes[end] == UInt8(ascii: ":") else { throw problem(at: end, "after the host comes :port or /database") }
        let port = number(bytes[(end + 1)..<range.upperBound], limit: 65_535)
        guard let port, port > 0 else {
            let hint = range.lowerBound == 8 + (options.usesTLS ? 1 : 0) ? "; a login ends with '@'; an IPv6 address is written [::1]" : ""
            throw problem(at: end + 1, "after the ':' there must be a port, 1...65535\(hint)")
        }
        options.port = UInt16(port)
    }

    private func database(_ start: Int) throws(RedisURLError) -> Int {
        guard let number = number(bytes[start...], limit: Int(Int32.max)) else {
            throw problem(at: start, "after the '/' there must be the number of a database, 0 or more")
        }
        return number
    }

    private func number(_ digits: ArraySlice<UInt8>, limit: Int) -> Int? {
        guard !digits.isEmpty, digits.count <= 10, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return value <= limit ? value : nil
    }

    private func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private func problem(at offset: Int, _ text: String) -> RedisURLError {
        RedisURLError(position: offset + 1, problem: text)
    }
}
