import Testing

@testable import SemanticCache

@Suite struct PartitionTimeWordsTests {
    private static let words = TimeWords()

    @Test(arguments: [
        "What is the weather in Paris?", "What's the weather like", "Who won the match yesterday?", "latest iPhone", "LATEST news",
        "what time is it",
        "What’s the time in Tokyo?", "Is the shop open now?", "Bitcoin price", "stock price of Apple", "EUR to USD exchange rate",
        "What is the score of the Arsenal game?", "How old is Keanu Reeves?", "today's headlines", "What happened two days ago?",
        "recently published papers on LLMs", "Who is currently the mayor of London?", "the current president of France",
        "this week's specials",
        "plans for this weekend", "how many days until Christmas", "What day is it?", "meeting next Friday", "up-to-the-minute NEWS!",
        "tonight?",
        "Tomorrow,", "(now)", "“today”", "it is now 5 pm", "What are mortgage rates?", "todays?or today?",
        "the current value of the dollar",
        "¿Qué tiempo hace hoy?", "Wie ist das Wetter?", "Was kostet das aktuell?", "wie spät ist es", "Wer ist der derzeitige Papst?",
        "Neueste Version von Swift", "kürzlich", "kuerzlich", "ku\u{308}rzlich", "Aktienkurs von SAP", "Was mache ich morgen?",
        "naechste Woche",
        "Quel temps fait-il aujourd'hui ?", "aujourd’hui", "Que s'est-il passé hier ?", "la météo à Lyon", "la meteo a Lyon",
        "quelle heure est-il",
        "prix de l'or", "taux de change", "¿Qué hora es?", "el precio del oro", "noticias", "mañana", "manana",
        "presidente actual del país",
        "Che tempo fa a Roma?", "oggi", "prezzo dell'oro", "Chi è l'attuale papa?", "Qual é o preço do ouro hoje?", "cotação", "amanhã",
        "Какая сегодня погода?", "今天天气怎么样", "最新のニュース", "오늘 날씨 어때?", "NOW", "ＮＥＷＳ: weather",
    ])
    func timeDependentQuestionsAreSeen(_ text: String) {
        #expect(Self.words.occur(in: text))
    }

    @Test(arguments: [
        "Explain how knowledge graphs work", "What is snow?", "Write a newsletter intro", "renowned authors", "weathering of rocks",
        "priceless art",
        "Define alternating current", "What is the difference between direct current and alternating current?",
        "How do I print the current directory?",
        "rename the current branch", "What does a high current ratio mean?", "Compute the F1 score", "what is a z-score",
        "z-scores explained",
        "SELECT unit_price FROM items", "CURRENT_TIMESTAMP in SQL", "Excel: =NOW() versus =TODAY()", "what does Date.now() return",
        "price elasticity of demand", "the strike price of an option", "How old was Napoleon when he died?",
        "how old do I have to be to vote",
        "the rise of nowhere", "scoreboard", "score_function", "What time complexity does quicksort have?", "an e-mail with bad news",
        "agony",
        "Hier ist mein Code: was ist falsch?", "What is the actual cost of a bad hire?", "Guten Morgen", "Der Nobelpreis",
        "Wie alt war Goethe?",
        "Preisliste", "prix Nobel de la paix", "wat is hier het probleem", "Wanneer was de Slag bij Waterloo?", "🦄", "", "   ", "\u{301}",
        "Capital of France?", "日本語", "the a of", "agoraphobia", "Ahoy", "price()",
    ])
    func otherQuestionsAreLeftAlone(_ text: String) {
        #expect(!Self.words.occur(in: text))
    }

    @Test func anOperatorAddsWords() {
        let words = TimeWords(adding: ["on sale", "Öffnungszeiten", "在庫", "?!"])
        for text in ["Is it ON SALE?", "What's on-sale", "öffnungszeiten", "Oeffnungszeiten", "O\u{308}ffnungszeiten", "在庫ありますか", "today"] {
            #expect(words.occur(in: text), "\(text)")
        }
        for text in ["on the sale", "sale on", "?!", "庫在", "consale"] { #expect(!words.occur(in: text), "\(text)") }
    }

    @Test func aTimelyWordBehindAHarmlessPhraseIsSeen() {
        #expect(Self.words.occur(in: "alternating current, and the current president"))
        #expect(Self.words.occur(in: "now() and now"))
        #expect(Self.words.occur(in: "how old was he and how old is he"))
    }

    @Test func everyPhraseOfTheLexiconIsFound() {
        let words = Self.words
        for phrase in TimeLexicon.timely {
            #expect(words.occur(in: phrase), "\(phrase)")
            #expect(words.occur(in: "Tell me: \(phrase.uppercased())!"), "\(phrase)")
        }
        for phrase in TimeLexicon.harmless { #expect(!words.occur(in: "Tell me: \(phrase)!"), "\(phrase)") }
    }

    @Test func longTextsTakeLinearTime() {
        let words = Self.words
        for unit in ["how many days ", "current ", "now(", "日", "\u{301}", "price elasticity ", "how old was "] {
            let text = String(repeating: unit, count: 3_000)
            _ = words.occur(in: text)
        }
    }
}
