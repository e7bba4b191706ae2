/// A text after `${...}` was replaced from the environment.
///
/// | written | becomes |
/// |---|---|
/// | `${NAME}` | the variable's value; reported in `unset` if there is none |
/// | `${NAME:-text}` | the value if the variable is set and not empty, else `text` (not expanded again; ends at the first `}`) |
/// | `$${` | `${`, literally |
/// | any other `$` | itself |
struct EnvironmentExpansion: Equatable {
    private(set) var text = ""
    /// Variables that were named without a default and are not set, in order.
    private(set) var unset: [String] = []
    /// True if at least one `${...}` was replaced.
    private(set) var isExpanded = false
    /// What is malformed, if anything: an opened `${` that never closes, or a name that cannot be one.
    private(set) var fault: String?

    init(_ source: String, environment: [String: String]) {
        var rest = source[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                text += "${"
                rest = rest.dropFirst(3)
                continue
            }
            guard rest.hasPrefix("${") else {
                text += "$"
                rest = rest.dropFirst()
                continue
            }
            guard let close = rest.firstIndex(of: "}") else {
                fault = "'${' is not closed; write '${NAME}', or '$${' for a literal '${'"
                return
            }
            let inside = rest[rest.index(rest.startIndex, offsetBy: 2)..<close]
            rest = rest[rest.index(after: close)...]
            replace(inside, environment: environment)
            if fault != nil { return }
        }
        text += rest
    }

    private mutating func replace(_ inside: Substring, environment: [String: String]) {
        isExpanded = true
        var name = inside
        var fallback: Substring?
        if let colon = inside.firstIndex(of: ":") {
            name = inside[..<colon]
            let after = inside[colon...]
            guard after.hasPrefix(":-") else {
                fault = "'${\(inside)}' is not understood; write '${NAME}' or '${NAME:-default}'"
                return
            }
            fallback = after.dropFirst(2)
        }
        guard Self.isVariableName(name) else {
            fault = "'\(name)' cannot be the name of an environment variable; letters, digits and '_' make one"
            return
        }
        let value = environment[String(name)]
        if let fallback {
            text += value.flatMap { $0.isEmpty ? nil : $0 } ?? String(fallback)
        } else if let value {
            text += value
        } else {
            unset.append(String(name))
        }
    }

    private static func isVariableName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
