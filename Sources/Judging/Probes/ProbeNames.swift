internal import CalibrationData

/// What other prompts of the set ask for: names to swap in. Those of prompts in similar words come first, so that a painter is taken for a painter
/// and not for a gas: an error that is easy to see would make the judge look better than it is.
struct ProbeNames: Sendable {
    private struct Entry {
        var id: String
        var name: String
        var words: Set<String>
    }

    private let entries: [Entry]

    init(prompts: PromptSet) {
        entries = prompts.prompts.compactMap { prompt in
            guard case .text(let any, _)? = prompt.reference, let name = any.first,
                NumberScanner.numbers(in: Array(name.unicodeScalars)).isEmpty
            else { return nil }
            return Entry(id: prompt.id, name: name, words: Set(FoldedText(prompt.prompt).words))
        }
    }

    /// The names of the eight prompts with the largest share of words in common (Jaccard), itself left out.
    func nearest(to prompt: CalibrationPrompt) -> [String] {
        let words = Set(FoldedText(prompt.prompt).words)
        let ranked = entries.filter { $0.id != prompt.id }.map { entry in
            (likeness: Double(entry.words.intersection(words).count) / Double(max(1, entry.words.union(words).count)), entry: entry)
        }.sorted { ($0.likeness, $1.entry.id) > ($1.likeness, $0.entry.id) }
        return ranked.prefix(8).map(\.entry.name)
    }
}
