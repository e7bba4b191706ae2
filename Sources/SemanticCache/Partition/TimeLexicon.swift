/// The built-in phrases of ``TimeWords``, as people write them.
///
/// English first, then the common words of German, French, Spanish, Italian, Portuguese, and the commonest of Russian, Chinese, Japanese and
/// Korean. Changing it changes which requests are looked at, not which partition they are in.
enum TimeLexicon {
    /// A word that counts in one language only.
    struct Conditional {
        var phrase: String
        /// If `needsMarker`, one of them must stand in the same text; if not, none may.
        var markers: [String]
        var needsMarker: Bool
    }

    static let timely: [String] = [english, german, french, spanish, italian, portuguese, elsewhere].flatMap { phrases($0) }

    /// Phrases that hold a timely word and mean something else.
    static let harmless: [String] = phrases(
        """
        alternating current, direct current, electric current, electrical current, ocean current, eddy current, rip current, leakage current,
        induced current, ac current, dc current, current flow, current flows, current flowing, current through, current density, current source,
        current divider, current transformer, current sensor, current limiter, current limiting, current mirror, current draw, current gain,
        current carrying, current assets, current liabilities, current ratio, current directory, current working directory, current folder,
        current branch, current user, current line, current row, current page, current element, current node, current thread, current process,
        current scope, current context, current iteration, current index, current frame, current window, current tab, current buffer,
        current file, current cell, current shell, current session, current object, current class, current module, current commit,
        f1 score, f1 scores, z score, z scores, t score, t scores, brier score, bleu score, rouge score, apgar score, test score, test scores,
        credit score, credit scores, silhouette score, confidence score, similarity score, risk score, average score, film score, movie score,
        score function, score matrix, price elasticity, price discrimination, price floor, price floors, price ceiling, price ceilings,
        price gouging, strike price, shadow price, price column, price field, weather station, weather vane, weather balloon, under the weather,
        good news, bad news, fake news, apocalypse now, now suppose, now assume, now consider, now imagine,
        how old was, how old were, how old do, how old should, how old must, what day did, what day was, what date did, what date was,
        what date format, what time complexity, what time signature, what time period, what time did,
        guten morgen, wie alt war, wie alt wurde, wie alt muss, prix nobel, prix goncourt, grand prix
        """)

    static let conditional: [Conditional] = [
        // French "yesterday", German and Dutch "here".
        Conditional(
            phrase: "hier",
            markers: [
                "der", "die", "das", "ist", "sind", "und", "ich", "mein", "meine", "ein", "eine", "steht", "wie", "was", "nicht", "wir",
                "mit",
                "is", "het", "een", "mijn", "ik", "wat",
            ], needsMarker: false),
        // Spanish "current", English "real".
        Conditional(
            phrase: "actual", markers: ["el", "del", "cuál", "quién", "cómo", "es", "los", "las", "qué", "está", "por"], needsMarker: true),
    ]

    private static let english = """
        random number, random numbers, random integer, random word, random name, random password, random color, random colour, at random,
        pick one for me, generate a uuid, generate uuid, a new uuid, random uuid, generate a guid, roll a die, roll a dice, roll the dice,
        roll two dice, toss a coin, flip a coin, lottery numbers, bitcoin, ethereum, raining, snowing, is it open, shop open, store open,
        open now,
        today, tonight, tomorrow, yesterday, now, nowadays, current, currently, latest, newest, recent, recently, lately, presently,
        at the moment, at present, these days, this week, this weekend, this month, this year, this quarter, this season, this morning,
        this afternoon, this evening, next week, next weekend, next month, next year, next quarter, next season, next monday, next tuesday,
        next wednesday, next thursday, next friday, next saturday, next sunday, next election, next game, next match, last week, last weekend,
        last month, last year, last night, last quarter, last monday, last tuesday, last wednesday, last thursday, last friday, last saturday,
        last sunday, last election, last game, last match, past week, past month, past year, past few days, past few weeks, past few months,
        upcoming, trending, ago, news, weather, price, prices, stock quote, stock quotes, market cap, exchange rate, exchange rates,
        interest rates, mortgage rate, mortgage rates, inflation rate, score, scores, standings, what time, time is it, what is the time,
        what's the time, what day, what date, what is the date, what's the date, what year is it, what month is it, how old, how long until,
        how long till, days until, days till, days left, days since, weeks until, weeks till, weeks left, months until, months till, months left,
        hours until, hours left
        """

    private static let german = """
        heute, heutig, heutige, heutigen, heutiger, heutiges, heutzutage, gestern, vorgestern, gestrige, gestrigen, morgen, übermorgen, morgige,
        morgigen, jetzt, jetzige, jetzigen, aktuell, aktuelle, aktuellen, aktueller, aktuelles, aktuellste, aktuellsten, derzeit, derzeitige,
        derzeitigen, momentan, zurzeit, zur zeit, im moment, gegenwärtig, neueste, neuesten, neuester, neuestes, neuste, neusten, kürzlich, neulich,
        vor kurzem, in letzter zeit, diese woche, dieser woche, diesen monat, dieses jahr, dieses wochenende, nächste woche, nächsten monat,
        nächstes jahr, letzte woche, letzten monat, letztes jahr, wie spät, wie viel uhr, wieviel uhr, uhrzeit, welcher tag, welches datum, wie alt,
        wetter, wettervorhersage, nachrichten, preis, preise, preisen, aktienkurs, aktienkurse, börsenkurs, wechselkurs, wechselkurse, spielstand
        """

    private static let french = """
        aujourd'hui, demain, hier soir, hier matin, avant hier, maintenant, actuel, actuels, actuelle, actuelles, actuellement, en ce moment,
        récemment, récent, récents, récente, récentes, dernière version, dernières nouvelles, dernières infos, derniers résultats, cette semaine,
        ce mois, cette année, ce matin, ce soir, cet après-midi, ce week-end, semaine dernière, semaine prochaine, mois dernier, mois prochain,
        année dernière, année prochaine, an dernier, quelle heure, quel jour, quel âge a, quel âge ont, combien de temps avant, météo, actualité,
        actualités, prix, taux de change, cours de bourse, cours de l'action, quel temps fait
        """

    private static let spanish = """
        hoy, mañana, ayer, anoche, ahora, actuales, actualmente, hoy en día, en este momento, reciente, recientes, recientemente, última versión,
        últimas noticias, últimos resultados, esta semana, este mes, este año, esta noche, esta tarde, semana pasada, próxima semana, mes pasado,
        próximo mes, año pasado, próximo año, qué hora, qué día es, qué tiempo hace, cuántos años tiene, cuánto falta, clima, pronóstico, noticias,
        precio, precios, tipo de cambio, cotización, resultado del partido
        """

    private static let italian = """
        oggi, domani, ieri, adesso, ora, attuale, attuali, attualmente, al momento, recente, recenti, recentemente, ultima versione,
        ultime notizie, ultimi risultati, questa settimana, questo mese, quest'anno, stasera, stamattina, stanotte, settimana scorsa,
        prossima settimana, mese scorso, anno scorso, che ore sono, che ora è, che giorno è, che tempo fa, quanti anni ha, quanto manca, meteo,
        notizie, prezzo, prezzi, tasso di cambio, quotazione
        """

    private static let portuguese = """
        hoje, amanhã, ontem, agora, atual, atuais, atualmente, neste momento, última versão, últimas notícias, esta noite, este ano, nesta semana,
        deste ano, semana passada, próxima semana, mês passado, ano passado, que horas, que dia é, quantos anos tem, quanto falta,
        previsão do tempo, notícias, preço, preços, taxa de câmbio, cotação
        """

    private static let elsewhere = """
        сегодня, завтра, вчера, сейчас, текущий, текущая, текущее, последние новости, новости, погода, цена, курс доллара, который час, сколько лет,
        今天, 明天, 昨天, 现在, 現在, 目前, 当前, 最新, 最近, 天气, 天氣, 新闻, 新聞, 价格, 價格, 股价, 汇率, 几点, 今日, 明日, 昨日, 今週, 今年, 天気, ニュース, 価格, 株価, 何時,
        오늘, 내일, 어제, 지금, 현재, 최신, 최근, 날씨, 뉴스, 가격, 환율, 몇 시
        """

    private static func phrases(_ list: String) -> [String] {
        list.split { $0 == "," || $0 == "\n" }.map { String($0) }.filter { !$0.allSatisfy { $0 == " " } }
    }
}
