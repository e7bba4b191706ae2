internal import CalibrationData

/// Whether a recording belongs to the prompt of its id as that reads now.
enum PromptIdentity {
    /// A recording without a hash is taken on trust.
    static func isSame(_ recording: Recording, _ prompt: CalibrationPrompt) -> Bool {
        recording.promptHash.isEmpty || recording.promptHash == prompt.hash
    }
}
