/// Words that carry structure rather than substance. They are not compared as words; order, negation, questions and modality read them.
enum FunctionWords {
    static func contains(_ word: String) -> Bool { all.contains(word) }

    /// Between two words of substance they do not end a phrase.
    static let articles: Set<String> = words("a an the this that these those my your his her its our their some any certain given")

    /// Joins what may change places.
    static let symmetric: Set<String> = words("and or nor versus both either as well also plus between")

    static let prepositions: Set<String> = words(
        """
        of in on at by for with from to into onto about as than over under via per through upon out off up down between among within during
        against without beyond behind beside across along around toward towards above below before after since until till like
        """)

    /// The language of the guards' lexicons is English; these do not occur in the languages that share its letters.
    static let english: Set<String> = words(
        """
        the how what which who why where when is are was were of to from with and or my your his her their this that these those does did
        should would could can cannot have has had been it its you we they there for by about than into between after before without not
        give explain write list tell show make find get
        """)

    /// Function words of other languages that are no English words.
    static let foreign: Set<String> = words(
        """
        el los las una unos del por para como cual cuál qué que es está son puede puedo cómo dónde cuándo quién
        le les des une est quel quelle quels quelles du dans pour avec sur où pourquoi comment qui sont je vous nous
        der das ist und wie nicht ein eine einen einer wer wo wann warum ich mit von zu für auf sind kann
        il lo gli che di perché sono quale dove della nel con uno
        os uma não onde quando por quem da dos das em são
        het een niet wat waarom hoe wie zijn kan ik op voor van naar
        och att är hur vad inte det för av på jag och eller
        """)

    static let all: Set<String> = words(
        """
        a an the this that these those some any certain given such
        i me my mine myself you your yours yourself we us our ours he him his she her hers they them their theirs it its itself one ones
        someone somebody anyone anybody everyone people person oneself
        is are was were be been being am do does did doing done have has had having will would shall should can could may might must ought
        of in on at by for with from to into onto about as than over under via per through upon out off up down between among within during
        toward towards while whilst whereas whether if then so thus hence therefore thereby because though although however
        and or nor but also too either neither both plus well
        there here just really actually basically exactly even very quite rather please kindly ok okay yeah
        who whom whose what which when where why how whatever whichever
        let lets etc eg ie so
        not no never
        """)

    /// Words that are often said or left out without changing what is asked. One prompt may have them and the other not, but not each its
    /// own.
    static let soft: Set<String> = words(
        """
        use make get give go going want need like way thing kind type people person somebody
        city town country nation state place programming language function method code script program software app application tool
        process step total overall current main basic general common typical usual different various possible available
        all every each whole entire own various several some same
        work take have put let try able order case time number amount quantity
        information info detail fact question answer idea
        help know learn find see look happen mean tell show say call name
        book novel movie film song company firm
        word piece set element item value
        translation translate phrase form line text value element item file data header question example list case rule page
        query script status string field user class object array
        event happen occur consist contain include appear exist equal count consider treat handle keep hold run drive put bring
        become remain stay sound like seem look feel say speak call name mean refer denote stand
        move switch carry transport travel flow get receive obtain give provide
        sentence size command algorithm folder travel say describe reason cause effect result
        test check verify use apply serve return produce
        worth cost problem trouble issue place
        wide fresh new typical usual proper right better good exactly
        make build cook show print display configure set speed own enter type select choose add put fit measure draw
        part side edge end start begin top point rule policy purpose term detail field identifier
        affect influence help let stop wrong exceed propose suggest state become grow rise increase
        differ reason step
        convert turn transform change create generate find search look build point anything something thing everyone everybody stop whole
        enough much many lot more any other another else only just also still yet already
        currently generally usually typically normally commonly ever actually
        involve involved concept term topic subject role quality variable
        """)

    /// ``soft`` as stems, and as the words that stand for their synonyms.
    static let softKeys = Set(soft.map(WordForms.stem)).union(soft.map { SynonymLexicon.canonical(WordForms.stem($0)) })

    static func words(_ list: String) -> Set<String> { Set(list.split(whereSeparator: \.isWhitespace).map(String.init)) }
}
