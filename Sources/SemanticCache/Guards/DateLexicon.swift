/// Words that say when.
enum DateLexicon {
    /// Canonical text of a month, weekday, season, part of the day or era; `nil` for other words.
    static func word(_ text: String) -> String? { words[text] }

    /// Also common English words: dates only with a capital or beside a number.
    static let ambiguous: Set<String> = [
        "may", "march", "sun", "sat", "mon", "wed", "dec", "jan", "mar", "fall", "second", "spring", "august",
    ]

    /// Of those, the short forms: dates only beside a number or another date.
    static let abbreviations: Set<String> = ["sun", "sat", "mon", "wed", "dec", "jan", "mar"]

    /// What lies before or after something.
    static let relations: Set<String> = ["before", "after", "since", "until", "till", "prior"]

    static let words: [String: String] = {
        var table: [String: String] = [:]
        for line in list.split(separator: "\n") {
            let names = line.split(separator: " ").map(String.init)
            for name in names { table[name] = names[0] }
        }
        return table
    }()

    private static let list = """
        m:1 january jan
        m:2 february feb
        m:3 march mar
        m:4 april apr
        m:5 may
        m:6 june jun
        m:7 july jul
        m:8 august aug
        m:9 september sep sept
        m:10 october oct
        m:11 november nov
        m:12 december dec
        w:1 monday mon mondays
        w:2 tuesday tue tues tuesdays
        w:3 wednesday wed wednesdays
        w:4 thursday thu thurs thursdays
        w:5 friday fri fridays
        w:6 saturday sat saturdays
        w:7 sunday sun sundays
        weekend weekends
        weekday weekdays
        spring springtime
        summer summers summertime
        autumn autumns
        winter winters wintertime
        morning mornings
        t:720 noon midday
        afternoon afternoons
        evening evenings
        night nights nighttime
        t:0 midnight
        dawn sunrise
        dusk sunset
        yesterday
        today
        tomorrow
        tonight
        bc bce
        1920s twenties
        1960s sixties
        1970s seventies
        1980s eighties
        1990s nineties
        q1
        q2
        q3
        q4
        easter
        christmas xmas
        thanksgiving
        halloween
        """
}
