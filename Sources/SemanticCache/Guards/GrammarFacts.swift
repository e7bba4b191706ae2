/// A prompt as words of substance with the grammar between them. Where two prompts have the same substance in the same order, only this
/// tells them apart.
struct GrammarFacts: Sendable {
    typealias Particle = GrammarLexicon.Particle

    /// Words of substance, quantifiers and words such as "only" left out.
    private(set) var core: [PromptToken] = []
    /// The particles before each word of ``core``, and those after the last.
    private(set) var gaps: [[Particle]] = [[]]
    /// Quantifiers and words such as "only", wherever they stand, each as often as it occurs.
    private(set) var scope: [Particle: Int] = [:]
    /// What "if", "only" and their like stand before.
    private(set) var targets: [Particle: Set<String>] = [:]
    /// Bounds on a number: `over`, `under`, `atleast`, `atmost`.
    private(set) var bounds: [String: Int] = [:]
    /// Letters and operators, each as often as it occurs.
    private(set) var symbols: [String: Int] = [:]
    /// "Is there".
    private(set) var hasThere = false

    init(_ tokens: [PromptToken], consumed: Set<Int>) {
        var waiting: [Particle] = []
        for (index, token) in tokens.enumerated() {
            if token.text == "there" { hasThere = true }
            if token.role == .number, token.isSoftOne {
                scope[Particle(family: .quantifier, word: "one"), default: 0] += 1
                continue
            }
            if token.key.hasPrefix("op:") || token.key.utf8.count == 1 && token.role == .content {
                symbols[token.key, default: 0] += 1
            }
            if let particle = Self.particle(tokens, index) {
                note(particle, before: index + 1 < tokens.count ? tokens[index + 1] : nil)
                if particle.family == .quantifier || particle.family == .focus {
                    scope[particle, default: 0] += 1
                } else {
                    gaps[gaps.count - 1].append(particle)
                }
                if Self.marking.contains(particle.word) { waiting.append(particle) }
            } else if token.isSubstance, !consumed.contains(index) {
                for particle in waiting { targets[particle, default: []].insert(token.key) }
                waiting.removeAll()
                core.append(token)
                gaps.append([])
            }
        }
    }

    private static let marking: Set<String> = ["if", "because", "only", "even", "though", "then"]

    private mutating func note(_ particle: Particle, before next: PromptToken?) {
        guard ["over", "under", "atleast", "atmost"].contains(particle.word), next?.role == .number else { return }
        bounds[particle.word, default: 0] += 1
    }

    private static func particle(_ tokens: [PromptToken], _ index: Int) -> Particle? {
        let token = tokens[index]
        guard token.traits.contains(.particle), token.role == .function || token.role == .soft || token.role == .content, !token.isName,
            !token.isQuoted
        else { return nil }
        switch token.text {
        case "to" where OrderReader.isInfinitive(tokens, index): return nil
        case "too":
            let next = index + 1 < tokens.count ? tokens[index + 1] : nil
            return GrammarLexicon.particle(next.map { $0.role == .content || $0.role == .soft } ?? false ? "toomuch" : "too")
        case "most" where index + 1 < tokens.count && index > 0 && FunctionWords.articles.contains(tokens[index - 1].text): return nil
        default: break
        }
        return GrammarLexicon.particle(token.text)
    }
}
