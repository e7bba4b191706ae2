import HTTPTypes

/// The configured client keys. Compared in a time that depends neither on where keys differ nor on which one matches.
struct BearerKeys: Sendable {
    private let keys: [[UInt8]]

    init(_ keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

    /// No keys are configured: everybody is let in.
    var isOpen: Bool { keys.isEmpty }

    enum Verdict { case accepted, missing, wrong }

    /// Reads `Authorization: Bearer KEY` (RFC 6750), or `x-api-key` or `api-key`, which some SDKs send.
    func check(_ headers: HTTPFields) -> Verdict {
        if isOpen { return .accepted }
        guard let sent = Self.key(in: headers) else { return .missing }
        let bytes = Array(sent.utf8)
        var isKnown = false
        for key in keys where Self.isEqual(key, bytes) { isKnown = true }
        return isKnown ? .accepted : .wrong
    }

    /// Looks at every byte of the secret whatever was sent: only the length of what the *client* sent shows in the time.
    static func isEqual(_ secret: [UInt8], _ sent: [UInt8]) -> Bool {
        var difference = secret.count ^ sent.count
        for index in secret.indices {
            let other = index < sent.count ? sent[index] : ~secret[index]
            difference |= Int(secret[index] ^ other)
        }
        return difference == 0
    }

    private static func key(in headers: HTTPFields) -> String? {
        if let authorization = headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
            return String(parts[1]).trimmed
        }
        for name in ["x-api-key", "api-key"] {
            if let name = HTTPField.Name(name), let key = headers[name] { return key.trimmed }
        }
        return nil
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        var view = Substring(self)
        while view.first == " " || view.first == "\t" { view.removeFirst() }
        while view.last == " " || view.last == "\t" { view.removeLast() }
        return String(view)
    }
}
