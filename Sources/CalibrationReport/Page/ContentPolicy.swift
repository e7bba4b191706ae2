import Digests

/// What the page may do: apply its own stylesheets, by their digests, and nothing else. Even if a text got out of its element, a script
/// or a
/// style of its own would not run (Content Security Policy Level 3).
enum ContentPolicy {
    static func value(allowing stylesheets: [StaticString]) -> String {
        let digests = stylesheets.map { "'sha256-\(Base64.encoded(SHA256.digest(of: Array("\($0)".utf8).span)))'" }
        return "default-src 'none'; style-src \(digests.joined(separator: " ")); base-uri 'none'; form-action 'none'"
    }
}
