/// Words whose exchange changes what a sentence says.
enum WordSwaps {
    static let units = [
        ("km", "miles"), ("kilometers", "miles"), ("kilometres", "miles"), ("miles", "kilometres"), ("meters", "feet"), ("metres", "feet"),
        ("feet", "metres"), ("cm", "mm"), ("mm", "cm"), ("kg", "g"), ("grams", "kilograms"), ("pounds", "ounces"), ("liters", "gallons"),
        ("litres", "gallons"), ("hours", "minutes"), ("minutes", "seconds"), ("seconds", "minutes"), ("days", "weeks"), ("weeks", "months"),
        ("months", "years"), ("years", "months"), ("°C", "°F"), ("°F", "°C"), ("Celsius", "Fahrenheit"), ("percent", "per mille"),
        ("million", "billion"), ("billion", "million"), ("thousand", "million"), ("dollars", "cents"), ("euros", "cents"),
        ("century", "decade"),
    ]

    static let negations = [
        ("is not", "is"), ("are not", "are"), ("cannot", "can"), ("does not", "does"), ("do not", "do"), ("was not", "was"),
        ("never", "always"),
        ("always", "never"), ("is", "is not"), ("are", "are not"), ("was", "was not"), ("were", "were not"), ("can", "cannot"),
        ("has", "has no"),
        ("increases", "decreases"), ("decreases", "increases"), ("before", "after"), ("after", "before"), ("true", "false"),
        ("false", "true"),
        ("True", "False"), ("False", "True"), ("Yes", "No"), ("No", "Yes"), ("yes", "no"), ("no", "yes"), ("north", "south"),
        ("south", "north"),
        ("east", "west"), ("west", "east"), ("larger", "smaller"), ("smaller", "larger"), ("first", "last"), ("all", "no"),
    ]
}
