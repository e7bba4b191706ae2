extension ConfigurationValue where Value == String {
    /// Any text but the empty one, without control characters.
    static func nonEmptyText(_ expectation: String = "a text that is not empty", type: String = "text") -> Self {
        Self(
            type: type, range: nil, expectation: expectation, text: { $0 },
            decode: { (scalar) throws(ValueFault) in
                guard !scalar.text.isEmpty, !scalar.isNull, !scalar.text.hasControlCharacters else { throw ValueFault() }
                return scalar.text
            }
        )
    }

    /// A host name or address to listen on.
    static var host: Self {
        Self(
            type: "text", range: nil, expectation: "a host name or an address, such as 127.0.0.1, 0.0.0.0 or ::1", text: { $0 },
            decode: { (scalar) throws(ValueFault) in
                let allowed = scalar.text.utf8.allSatisfy { byte in
                    byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "]")
                }
                guard !scalar.text.isEmpty, allowed else { throw ValueFault() }
                return scalar.text
            }
        )
    }

    /// An `http` or `https` URL to which paths are appended. A slash at the end is dropped.
    static var baseURL: Self {
        Self(
            type: "URL", range: nil, expectation: "an http:// or https:// URL such as https://api.example.com/v1", text: { $0 },
            decode: { (scalar) throws(ValueFault) in try normalisedBaseURL(scalar.text) }
        )
    }

    private static func normalisedBaseURL(_ text: String) throws(ValueFault) -> String {
        let scheme = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme else { throw ValueFault(hint: text.contains("://") ? nil : "it must begin with https:// or http://") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValueFault(hint: "it holds white space or a character beyond ASCII")
        }
        guard !text.contains("?"), !text.contains("#") else { throw ValueFault(hint: "it must end with its path") }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else { throw ValueFault(hint: "put the key into 'api_key', not into the URL") }
        let host: Substring
        let port: Substring
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            host = authority[...close]
            port = authority[authority.index(after: close)...]
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority[host.endIndex...]
        }
        guard !host.isEmpty else { throw ValueFault(hint: "the host is missing") }
        if !port.isEmpty {
            guard port.hasPrefix(":"), let number = Int(port.dropFirst()), (1...65_535).contains(number) else {
                throw ValueFault(hint: "the port is an integer from 1 to 65535")
            }
        }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path.removeLast() }
        return scheme + authority + path
    }
}

extension ConfigurationValue where Value == ConfiguredModel {
    static var model: Self {
        Self(
            type: "provider:model", range: nil, expectation: "a provider and a model, such as openai:gpt-4.1-nano",
            text: { $0.description },
            decode: { (scalar) throws(ValueFault) in
                guard let model = ConfiguredModel(scalar.text) else {
                    guard let slash = scalar.text.firstIndex(of: "/"), slash != scalar.text.startIndex else { throw ValueFault() }
                    let model = scalar.text[scalar.text.index(after: slash)...]
                    guard !model.isEmpty else { throw ValueFault() }
                    throw ValueFault(hint: "did you mean '\(scalar.text[..<slash]):\(model)'?")
                }
                return model
            }
        )
    }
}

extension ConfigurationValue where Value == Secret {
    /// A key or token: what an HTTP header can carry.
    static var secret: Self {
        Self(
            type: "text", range: nil, expectation: "visible ASCII without spaces, as an HTTP header can carry it", text: { $0.reveal },
            decode: { (scalar) throws(ValueFault) in
                guard scalar.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !scalar.text.isEmpty else {
                    throw ValueFault(hint: "a line break at its end is a common cause")
                }
                return Secret(scalar.text)
            },
            isSecret: true
        )
    }

    /// The value of a header: visible ASCII and spaces. May be empty.
    static var headerValue: Self {
        Self(
            type: "text", range: nil, expectation: "visible ASCII and spaces, as an HTTP header can carry it", text: { $0.reveal },
            decode: { (scalar) throws(ValueFault) in
                guard scalar.text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { throw ValueFault() }
                return Secret(scalar.text)
            },
            isSecret: true
        )
    }
}

extension String {
    var hasControlCharacters: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
}
