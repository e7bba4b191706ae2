internal import CalibrationData
internal import FastJSON

/// Whether a recording belongs to the prompt of its id as that reads now.
enum PromptIdentity {
    /// `sha256:` and 64 hexadecimal digits over the canonical JSON of the messages, as `qualm record` writes it.
    static func hash(of prompt: CalibrationPrompt) -> String {
        let system = prompt.system.map { [message("system", $0)] } ?? []
        let messages = JSONValue.array(system + [message("user", prompt.prompt)])
        // Two containers deep: cannot fail.
        return SHA256.name(of: (try? CanonicalJSON(messages).bytes) ?? [])
    }

    /// A recording without a hash is taken on trust.
    static func isSame(_ recording: Recording, _ prompt: CalibrationPrompt) -> Bool {
        recording.promptHash.isEmpty || recording.promptHash == hash(of: prompt)
    }

    private static func message(_ role: String, _ content: String) -> JSONValue { ["role": .string(role), "content": .string(content)] }
}
