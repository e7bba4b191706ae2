public import CalibrationData

/// Why a recording run cannot begin, or had to end.
public enum RecorderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The recordings cannot be read or written.
    case file(CalibrationDataError)
    /// The file holds recordings of another kind: other models, another temperature, another prompt under the same id.
    case mismatch(path: String, String)
    /// A prompt that cannot be sent.
    case prompt(id: String, String)
    /// The settings do not go together.
    case settings(String)

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .mismatch(let path, let message): "\(path): \(message)"
        case .prompt(let id, let message): "prompt '\(id)': \(message)"
        case .settings(let message): message
        }
    }

    /// The customary exit status (sysexits(3)).
    public var exitStatus: Int32 {
        switch self {
        case .file(let error): error.exitStatus
        case .mismatch, .prompt: 65
        case .settings: 78
        }
    }
}
