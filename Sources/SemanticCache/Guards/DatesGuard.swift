/// "In March" is not "in May", and "before 1990" is not "after 1990". Days and years are numbers, and compared as such.
enum DatesGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool { asked.dates != stored.dates }
}
