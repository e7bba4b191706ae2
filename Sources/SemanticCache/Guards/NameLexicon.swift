/// Names that are known even in lower case, and the spellings of one name.
enum NameLexicon {
    /// Names and abbreviations with signs in them, as they are written, lower case: the word that stands for them.
    static let signed: [String: String] = [
        "c++": "cplusplus", "g++": "gplusplus", "c#": "csharp", "f#": "fsharp", ".net": "dotnet", "asp.net": "aspnet", "node.js": "nodejs",
        "vue.js": "vue", "next.js": "nextjs", "react.js": "react", "express.js": "express", "three.js": "threejs", "d3.js": "d3js",
        "angular.js": "angularjs", "nuxt.js": "nuxtjs", "socket.io": "socketio", "u.s": "usa", "u.s.": "usa", "u.s.a": "usa", "u.k": "uk",
        "u.k.": "uk", "e.u": "eu", "u.n": "unitednations", "ph.d": "phd", "m.d": "md", "i/o": "io", "tcp/ip": "tcpip", "ci/cd": "cicd",
        "a/b": "ab", "and/or": "or", "at&t": "att", "r&d": "rnd", "q&a": "qna", "a.i": "ai", "c.e.o": "ceo", "n/a": "na", "w/": "with",
        "w/o": "without",
        "e.g": "eg", "i.e": "ie", "a.m": "am", "p.m": "pm", "b.c": "bc", "a.d": "ad", "notepad++": "notepadplusplus", "wi-fi": "wifi",
        "e-mail": "email", "e-mails": "email", "web-site": "website", "co-op": "coop", "t-shirt": "tshirt", "x-ray": "xray",
        "log-in": "login",
        "sign-in": "login", "set-up": "configure", "back-up": "backup", "start-up": "startup", "step-by-step": "stepbystep", "t.v": "tv",
        "non-fiction": "nonfiction", "in-depth": "detailed", "well-known": "famous", "up-to-date": "updated", "mm/dd/yyyy": "mmddyyyy",
        "dd/mm/yyyy": "ddmmyyyy", "his/her": "their", "he/she": "they", "s/he": "they", "km/h": "kmh", "m/s": "mps",
        "mb/s": "megabytepersecond",
        "k8s": "kubernetes", "eli5": "eli5", "m2": "sqm", "m3": "m3", "km2": "sqkm", "km3": "km3", "cm2": "sqcm", "cm3": "cm3",
        "gb/s": "gigabytepersecond",
    ]

    /// One name per line: the word that stands for it and its other names.
    static let aliases: [String: String] = {
        var table: [String: String] = [:]
        for line in same.split(separator: "\n") {
            let names = line.split(separator: " ").map(String.init)
            for name in names { table[name] = names[0] }
        }
        return table
    }()

    /// The country that an adjective belongs to: where a noun follows, as in "a German bank". Alone it is more often a language.
    static let demonyms: [String: String] = {
        var table: [String: String] = [:]
        for line in adjectives.split(separator: "\n") {
            let names = line.split(separator: " ").map(String.init)
            for name in names.dropFirst() { table[name] = names[0] }
        }
        return table
    }()

    /// What a language has: before these the adjective is the language's name.
    static let linguistic = FunctionWords.words(
        """
        translation translations language phrase phrases word words spelling grammar text note version sentence alphabet verb verbs noun
        nouns
        accent speaker speakers pronunciation vocabulary equivalent to into and or
        """)

    private static let adjectives = """
        germany german germans
        france french
        spain spanish
        italy italian
        portugal portuguese
        greece greek greeks
        ireland irish
        switzerland swiss
        austria austrian
        belgium belgian
        netherlands dutch
        denmark danish
        sweden swedish
        norway norwegian
        finland finnish
        poland polish
        czechia czech
        hungary hungarian
        romania romanian
        bulgaria bulgarian
        serbia serbian
        croatia croatian
        ukraine ukrainian
        russia russian
        turkiye turkish
        egypt egyptian
        israel israeli
        iran iranian persian
        iraq iraqi
        india indian
        pakistan pakistani
        china chinese
        japan japanese
        korea korean
        vietnam vietnamese
        thailand thai
        indonesia indonesian
        canada canadian
        mexico mexican
        brazil brazilian
        argentina argentinian argentine
        chile chilean
        peru peruvian
        colombia colombian
        australia australian
        usa american americans
        uk british
        scotland scottish
        wales welsh
        europe european
        asia asian
        africa african
        iceland icelandic
        """

    /// Programming languages and tools, as keys.
    static let technical = FunctionWords.words(
        """
        javascript typescript python golang csharp cplusplus java rust ruby swift kotlin scala php perl haskell lua matlab julia sql html
        css bash react
        angular vue django flask postgresql mysql sqlite redis docker git kubernetes terraform nginx linux excel pandas numpy awk sed regex
        powershell
        """)

    /// Whether a word is a name wherever it stands.
    static func contains(_ word: String) -> Bool { known.contains(word) || aliases[word] != nil }

    private static let same = """
        usa us america
        uk britain
        eu
        ussr
        javascript js ecmascript
        typescript ts
        python py
        golang
        csharp
        cplusplus cpp
        postgresql postgres
        kubernetes k8s
        nodejs node
        mongodb mongo
        chatgpt
        openai
        mcdonalds mcdonald
        alphabet
        facebook
        netherlands holland
        czechia
        turkiye turkey
        myanmar burma
        iran persia
        beijing peking
        mumbai bombay
        kolkata calcutta
        chennai madras
        kyiv kiev
        nyc
        christmas xmas
        everest
        wifi
        sars-cov-2
        ai
        powerpoint ppt
        volkswagen vw
        mac macos osx
        mercedes benz
        tv television
        """

    static let known: Set<String> = FunctionWords.words(
        """
        afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus belgium bolivia bosnia
        botswana
        brazil bulgaria cambodia cameroon canada chile china colombia croatia cuba cyprus denmark ecuador egypt england estonia ethiopia
        fiji finland
        france georgia germany ghana greece guatemala haiti honduras hungary iceland india indonesia iraq ireland israel italy jamaica
        japan jordan
        kazakhstan kenya korea kuwait laos latvia lebanon libya lithuania luxembourg madagascar malaysia mali malta mexico moldova monaco
        mongolia
        morocco mozambique namibia nepal niger nigeria norway oman pakistan panama paraguay peru philippines poland portugal qatar romania
        russia
        rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tanzania thailand
        tunisia
        uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen zambia zimbabwe europe asia africa oceania antarctica
        american british english french german spanish italian portuguese russian chinese japanese korean arabic hebrew hindi urdu bengali
        punjabi
        turkish polish dutch swedish norwegian danish finnish greek czech hungarian romanian ukrainian vietnamese thai indonesian malay
        persian
        farsi swahili latin mandarin cantonese tamil telugu indian canadian mexican brazilian australian irish scottish welsh swiss austrian
        belgian egyptian israeli iranian iraqi pakistani european asian african catalan basque icelandic bulgarian serbian croatian
        london paris berlin madrid rome vienna lisbon amsterdam brussels dublin oslo stockholm copenhagen helsinki warsaw prague budapest
        athens
        moscow istanbul cairo tokyo osaka kyoto seoul shanghai delhi bangkok jakarta manila sydney melbourne toronto vancouver montreal
        chicago boston
        seattle houston dallas miami atlanta denver phoenix philadelphia detroit washington texas california florida alaska hawaii munich
        hamburg
        frankfurt zurich geneva milan naples venice florence barcelona seville manchester liverpool edinburgh glasgow lagos nairobi dubai
        java rust ruby swift kotlin scala php perl haskell lua matlab julia sql html css bash react angular vue django flask rails spring
        laravel
        mysql sqlite redis oracle mariadb cassandra elasticsearch kafka rabbitmq docker git github gitlab jenkins terraform ansible nginx
        apache
        linux ubuntu debian fedora windows android ios aws azure gcp pandas numpy pytorch tensorflow excel
        google microsoft apple amazon tesla nvidia intel ibm samsung sony toyota honda ford bmw netflix spotify uber airbnb paypal twitter
        instagram tiktok youtube whatsapp telegram slack zoom linkedin reddit gmail outlook
        einstein newton darwin shakespeare mozart beethoven bach picasso napoleon hitler stalin lenin lincoln kennedy obama trump biden
        putin
        gandhi mandela churchill plato aristotle socrates tolstoy dostoevsky hemingway dickens orwell galileo tesla curie hawking
        mercury venus mars jupiter saturn uranus neptune pluto
        """)
}
