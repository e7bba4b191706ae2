/// Escalates a draft that declines or admits not to know: the heavyweight may be able to answer.
///
/// Fires on the refusal channel, and on text that *begins* like a refusal. Letters of either case, straight or curly apostrophes, leading
/// white space and emphasis marks are alike. An opening quotation mark is not skipped: an answer that quotes a refusal is not one. With
/// tool calls in the draft the text is only their introduction and not looked at.
enum RefusalGate {
    static func objection(to facts: DraftFacts) -> String? {
        if facts.refusal { return "the drafter used its refusal channel" }
        guard facts.toolCallCount == 0, let phrase = openingRefusal(in: facts.text) else { return nil }
        return "the draft begins with \"\(phrase)\""
    }

    /// The refusal that `text` begins with, as listed in ``RefusalPhrases``.
    private static func openingRefusal(in text: String) -> String? {
        let opening = OpeningText(text)
        var cursor = 0
        var hasApologised = false
        // "Well, I'm sorry, but unfortunately I can't": at most four lead-ins, then what decides.
        for _ in 0...4 {
            for phrase in RefusalPhrases.refusals where opening.holds(phrase, at: cursor) { return phrase }
            if hasApologised {
                for phrase in RefusalPhrases.afterApology where opening.holds(phrase, at: cursor) { return phrase }
            }
            if let apology = RefusalPhrases.apologies.first(where: { opening.holds($0, at: cursor) }) {
                hasApologised = true
                cursor = opening.afterSeparators(cursor + apology.utf8.count)
            } else if let filler = RefusalPhrases.fillers.first(where: { opening.holds($0, at: cursor) }) {
                cursor = opening.afterSeparators(cursor + filler.utf8.count)
            } else {
                return nil
            }
        }
        return nil
    }
}
