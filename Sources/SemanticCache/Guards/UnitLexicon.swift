/// Units, currencies and rates, and their spellings.
enum UnitLexicon {
    /// A unit glued to a figure, or right behind it, where short and ambiguous signs can be trusted: "5m", "10 GB". Case counts: MB is no
    /// Mb.
    static func glued(_ text: String) -> String? { exact[text] ?? signs[text.lowercased()] ?? word(text.lowercased()) }

    /// A unit spelled out, or a sign that is nothing else, in lower case.
    static func word(_ text: String) -> String? { words[text] }

    private static let exact: [String: String] = [
        "Mb": "megabit", "Gb": "gigabit", "Kb": "kilobit", "b": "byte", "B": "byte",
        "F": "fahrenheit", "C": "celsius", "K": "kelvin", "Mbps": "megabitpersecond", "MBps": "megabytepersecond",
        "Gbps": "gigabitpersecond",
    ]

    private static let signs: [String: String] = [
        "m": "meter", "g": "gram", "l": "liter", "s": "second", "h": "hour", "d": "day", "y": "year", "w": "watt", "v": "volt",
        "a": "ampere", "t": "tonne",
        "in": "inch", "min": "minute", "mo": "month", "pt": "pint", "c": "celsius", "f": "fahrenheit", "j": "joule", "n": "newton",
        "bar": "bar", "u": "unit", "x": "times", "p": "pence", "ct": "carat", "cal": "calorie",
    ]

    static let words: [String: String] = {
        var table: [String: String] = [:]
        for line in list.split(separator: "\n") {
            let names = line.split(separator: " ").map(String.init)
            for name in names { table[name] = names[0] }
        }
        return table
    }()

    private static let list = """
        kilometer kilometers kilometre kilometres km kms
        meter meters metre metres
        centimeter centimeters centimetre centimetres cm cms
        millimeter millimeters millimetre millimetres mm
        micrometer micrometers micrometre micrometres micron microns
        nanometer nanometers nanometre nanometres nm
        mile miles mi
        yard yards yd yds
        inch inches
        foot feet ft
        nauticalmile
        lightyear lightyears
        hectare hectares ha
        acre acres
        kilogram kilograms kilogramme kilogrammes kilo kilos kg kgs
        gram grams gramme grammes
        milligram milligrams mg
        microgram micrograms mcg
        tonne tonnes
        ton tons
        pound pounds
        lb lbs
        ounce ounces oz
        liter liters litre litres
        milliliter milliliters millilitre millilitres ml
        gallon gallons gal
        quart quarts qt
        pint pints
        cup cups
        tablespoon tablespoons tbsp
        teaspoon teaspoons tsp
        celsius centigrade
        fahrenheit
        kelvin kelvins
        degree degrees
        radian radians
        bit bits
        byte bytes
        kilobyte kilobytes kb
        megabyte megabytes mb
        gigabyte gigabytes gb
        terabyte terabytes tb
        petabyte petabytes pb
        kibibyte kibibytes kib
        mebibyte mebibytes mib
        gibibyte gibibytes gib
        tebibyte tebibytes tib
        kilobit kilobits
        megabit megabits
        gigabit gigabits
        megabitpersecond mbps
        gigabitpersecond gbps
        hertz hz
        kilohertz khz
        megahertz mhz
        gigahertz ghz
        watt watts
        kilowatt kilowatts kw
        megawatt megawatts mw
        kilowatthour kwh
        volt volts
        kilovolt kilovolts kv
        milliampere milliamperes milliamps ma
        sqm m2
        m3
        sqkm
        sqcm
        cm3
        km3
        atmosphere atmospheres atm
        ampere amperes amp amps
        ohm ohms
        joule joules
        calorie calories
        kilocalorie kilocalories kcal
        newtons
        pascal pascals pa
        psi
        horsepower hp
        mph
        kmh kph kmph
        mps
        knot knots
        rpm
        nanosecond nanoseconds ns
        microsecond microseconds
        millisecond milliseconds ms msec
        second seconds sec secs
        minute minutes mins
        hour hours hr hrs
        day days
        week weeks wk wks
        fortnight fortnights
        month months
        year years yr yrs
        decade decades
        century centuries
        millennium millennia
        usd dollar dollars bucks
        cent cents
        eur euro euros
        gbp sterling quid
        pence
        jpy yen
        inr rupee rupees
        cny yuan rmb renminbi
        krw
        rub ruble rubles rouble roubles
        chf francs
        cad
        aud
        mxn pesos
        btc bitcoin bitcoins
        percent percentage pct
        percentagepoint
        decibel decibels
        mole moles mol
        lumen lumens
        pixel pixels px
        """
}
