public import Cascade

/// Who trained a model, as far as its name tells: models like their own family's answers (Panickssery et al., "LLM Evaluators Recognize and
/// Favor Their Own Generations", 2024), so that the judge should be of another family than the drafter.
public enum ModelFamily {
    /// `gpt`, `claude`, `gemini`, ...; `nil` for names that say nothing.
    public static func name(of model: String) -> String? {
        // The last part of "meta-llama/Llama-3.1-8B" is the model's own name, but sometimes only the organisation's says it.
        let lower = model.lowercased()
        let parts = lower.split(separator: "/").reversed() + [lower[...]]
        for part in parts {
            for (family, prefixes) in families where prefixes.contains(where: { part.hasPrefix($0) }) { return family }
            let isReasoner = part.first == "o" && part.dropFirst().first.map { ("1"..."9").contains($0) } ?? false
            if isReasoner { return "gpt" }
        }
        return nil
    }

    /// Why the judge should not judge the drafter; `nil` when nothing speaks against it.
    public static func kinship(judge: ModelName, drafter: ModelName) -> String? {
        if judge == drafter { return "\(judge.qualified) would judge its own answers; choose another judge" }
        guard let family = name(of: judge.model), family == name(of: drafter.model) else { return nil }
        return
            "\(judge.qualified) is of the drafter's family (\(family)), and models are kinder to their own; choose a judge of another family"
    }

    private static let families: [(String, [String])] = [
        ("gpt", ["gpt", "chatgpt", "openai", "davinci", "text-davinci"]), ("claude", ["claude", "anthropic"]),
        ("gemini", ["gemini", "gemma", "palm", "google"]), ("llama", ["llama", "meta-llama", "codellama", "tinyllama"]),
        ("qwen", ["qwen", "qwq", "qvq"]),
        ("mistral", ["mistral", "mixtral", "ministral", "codestral", "magistral", "devstral", "open-mistral", "pixtral"]),
        ("deepseek", ["deepseek"]), ("phi", ["phi-", "phi3", "phi4", "microsoft"]), ("command", ["command", "c4ai", "cohere", "aya"]),
        ("grok", ["grok", "x-ai"]), ("nova", ["nova", "amazon."]), ("kimi", ["kimi", "moonshot"]), ("glm", ["glm", "chatglm", "zai"]),
        ("granite", ["granite", "ibm"]), ("yi", ["yi-"]), ("smollm", ["smollm"]), ("olmo", ["olmo"]), ("falcon", ["falcon"]),
    ]
}
