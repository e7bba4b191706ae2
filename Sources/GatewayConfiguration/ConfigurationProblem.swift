/// One thing that is wrong or doubtful in a configuration: what, where, and what would be right.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// The configuration is not usable.
        case error
        /// Usable, but probably not what was meant.
        case warning
    }

    /// A stretch of one line of the file. Line and column start at 1; a column counts Unicode code points.
    public struct Place: Sendable, Equatable {
        public let line: Int
        public let column: Int
        /// Code points to underline, at least 1.
        public let length: Int
        /// The whole line, with what looks like a key or token blotted out.
        public let text: String
    }

    public let severity: Severity
    /// The file as the user named it, or what else set the value (`QUALM_PORT`, `--port`).
    public let source: String
    /// Nil when the problem is not in the text of a file.
    public let place: Place?
    /// Names the key, says what is wrong and what would be right, and suggests a name where one is near.
    public let message: String

    /// One problem as a compiler prints it, without a newline at the end:
    ///
    ///     config.yaml:12:5: error: unknown key 'threshhold_bits' in 'routing'; did you mean 'threshold_bits'?
    ///        12 |     threshhold_bits: 1.5
    ///           |     ^~~~~~~~~~~~~~~
    public func rendered() -> String {
        guard let place else { return "\(source): \(severity.rawValue): \(message)" }
        let number = String(place.line)
        let gutter = String(repeating: " ", count: max(0, 5 - number.count)) + number
        let blank = String(repeating: " ", count: gutter.count)
        // Tabs are repeated so that the caret stands right however wide the terminal makes them.
        let indent = String(String.UnicodeScalarView(place.text.unicodeScalars.prefix(place.column - 1).map { $0 == "\t" ? "\t" : " " }))
        let underline = "^" + String(repeating: "~", count: max(0, place.length - 1))
        return """
            \(source):\(place.line):\(place.column): \(severity.rawValue): \(message)
            \(gutter) | \(place.text)
            \(blank) | \(indent)\(underline)
            """
    }

    public var description: String { rendered() }
}

/// Why a configuration was refused: everything that was found in one run.
public struct InvalidConfiguration: Error, Sendable, Equatable, CustomStringConvertible {
    /// Errors and warnings in the order of the file, those without a place last. At least one is an error.
    public let problems: [ConfigurationProblem]

    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// All problems as a compiler prints them, and a last line that counts them.
    public func rendered() -> String {
        let errors = problems.count { $0.severity == .error }
        let warnings = problems.count - errors
        var summary = errors == 1 ? "1 error" : "\(errors) errors"
        if warnings > 0 { summary += warnings == 1 ? ", 1 warning" : ", \(warnings) warnings" }
        return problems.map { $0.rendered() + "\n" }.joined() + summary
    }

    public var description: String { rendered() }
}
