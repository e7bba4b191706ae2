/// What is wrong with a file of calibration data, and where.
public struct CalibrationDataError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The file cannot be opened or read (exit status 66).
        case unreadable
        /// Its content is not what it should be (65).
        case malformed
        /// It is of another format than those that can be read (65).
        case foreign
        /// It ends in the middle of a line or of a gzip member: what a writer that was killed leaves behind (65).
        case torn
        /// It cannot be written (73).
        case unwritable
        /// Another process writes to it (73).
        case locked
    }

    public var kind: Kind
    /// `nil` for data that came from no file.
    public var path: String?
    /// From 1; `nil` when the whole file is meant.
    public var line: Int?
    /// From 1, in bytes; `nil` when the whole line is meant.
    public var column: Int?
    /// `draft.tokens[3].logprob`; `nil` when no member is to blame.
    public var member: String?
    /// What is wrong and what would be right, in words.
    public var message: String

    public init(
        _ kind: Kind, path: String? = nil, line: Int? = nil, column: Int? = nil, member: String? = nil, _ message: String
    ) {
        self.kind = kind
        self.path = path
        self.line = line
        self.column = column
        self.member = member
        self.message = message
    }

    /// `file:12: 'draft.tokens[3].logprob' must be a number or null, not a string`.
    public var description: String {
        var place = path ?? ""
        if let line { place += place.isEmpty ? "line \(line)" : ":\(line)" }
        if let column { place += ":\(column)" }
        return (place.isEmpty ? "" : "\(place): ") + (member.map { "'\($0)' " } ?? "") + message
    }

    /// The same error, in this file and on this line.
    func located(_ path: String, line: Int?) -> CalibrationDataError {
        var error = self
        error.path = path
        error.line = line ?? error.line
        return error
    }

    /// The customary exit status: 65 data, 66 input, 73 output (sysexits(3)).
    public var exitStatus: Int32 {
        switch kind {
        case .unreadable: 66
        case .malformed, .foreign, .torn: 65
        case .unwritable, .locked: 73
        }
    }
}
