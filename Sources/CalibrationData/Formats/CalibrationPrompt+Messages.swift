internal import Digests
internal import FastJSON

extension CalibrationPrompt {
    /// The messages of its request: a JSON array, in UTF-8.
    public var messages: [UInt8] {
        var writer = JSONWriter()
        writer.array { writer in
            if let system { Self.append("system", system, to: &writer) }
            Self.append("user", prompt, to: &writer)
        }
        return writer.bytes
    }

    /// `sha256:` and 64 hexadecimal digits over the canonical JSON of ``messages``: the names of members in order, no white space.
    public var hash: String {
        guard let canonical = try? CanonicalJSON(messages) else { return SHA256.name(of: messages) }
        return SHA256.name(of: canonical.bytes)
    }

    private static func append(_ role: String, _ content: String, to writer: inout JSONWriter) {
        writer.object {
            $0.member("role", .string(role))
            $0.member("content", .string(content))
        }
    }
}
