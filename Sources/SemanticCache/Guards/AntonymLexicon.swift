/// Words of which one turns a prompt into the opposite of what it is with the other.
enum AntonymLexicon {
    /// Whether two canonical words are opposites: listed as such, or one is the other with a denying prefix.
    static func areOpposed(_ one: String, _ other: String) -> Bool {
        if let partners = table[one], partners.contains(other) { return true }
        return denies(one, other) || denies(other, one)
    }

    static func opposites(of word: String) -> Set<String> { table[word] ?? [] }

    /// Canonical words that are opposites of anything.
    static func contains(_ word: String) -> Bool { table[word] != nil }

    private static func denies(_ long: String, _ short: String) -> Bool {
        guard short.utf8.count >= 4, long.utf8.count > short.utf8.count, long.hasSuffix(short) else { return false }
        return prefixes.contains(String(long.dropLast(short.count)))
    }

    private static let prefixes: Set<String> = [
        "un", "in", "im", "il", "ir", "dis", "non", "de", "mis", "anti", "a", "an", "counter", "hypo", "hyper", "sub", "super", "under",
        "over",
        "pre", "post", "en", "ex",
    ]

    private static let table: [String: Set<String>] = {
        var table: [String: Set<String>] = [:]
        for line in pairs.split(separator: "\n") {
            let sides = line.split(separator: "/").map { side in
                side.split(separator: " ").map { SynonymLexicon.canonical(WordForms.stem(String($0))) }
            }
            for (index, side) in sides.enumerated() {
                for (place, other) in sides.enumerated() where place != index {
                    for word in side { table[word, default: []].formUnion(other.filter { $0 != word }) }
                }
            }
        }
        return table
    }()

    private static let pairs = """
        increase raise rise grow gain up expand improve / decrease reduce fall shrink drop decline down lose worsen
        enable activate on / disable deactivate off
        allow permit / deny forbid prohibit block disallow refuse ban
        before / after
        buy purchase / sell
        maximum maximize highest most largest biggest longest / minimum minimize lowest least smallest shortest fewest
        more higher greater larger bigger longer above over / less lower fewer smaller shorter below under
        most / least / fewest
        fastest / slowest
        faster / slower
        oldest / newest youngest
        older / newer younger
        cheapest / priciest
        cheaper / pricier
        nearest closest / farthest furthest
        easiest / hardest
        easier / harder
        strongest / weakest
        stronger / weaker
        tallest / shortest
        taller / shorter
        richest / poorest
        hottest / coldest
        hotter warmer / colder cooler
        heavier / lighter
        ascending ascend / descending descend
        import / export
        encrypt / decrypt
        encode / decode
        compress / decompress extract
        push / pull
        pro advantage / con disadvantage
        best / worst
        better / worse
        good / bad evil poor
        legal / illegal
        safe / dangerous unsafe
        first / last final
        begin start / end finish stop
        start begin open launch / stop close kill end shutdown quit
        male man boy father brother husband king son uncle mr / female woman girl mother sister wife queen daughter aunt mrs ms
        he him his / she her hers
        inside indoor internal / outside outdoor external
        win / lose
        add insert attach append include / remove delete detach exclude subtract
        plus / minus
        open / close
        install / uninstall
        hot / cold
        warm / cool cold
        left / right
        borrow / lend
        accept approve / reject refuse deny decline
        upgrade / downgrade
        upload / download
        send / receive
        arrive arrival / depart departure leave
        enter entry entrance / exit leave
        connect / disconnect
        lock / unlock
        login / logout
        subscribe / unsubscribe
        follow / unfollow
        mute / unmute
        mount / unmount
        join merge combine / split separate
        create make build / destroy delete demolish
        create add / delete drop remove
        save / delete discard
        show / hide
        visible / hidden invisible
        expand / collapse
        top / bottom
        upper / lower
        north northern / south southern
        east eastern / west western
        black dark / white light
        day / night
        morning / evening night
        summer / winter
        spring / autumn fall
        true / false
        yes / no
        positive / negative
        even / odd
        same identical / different opposite
        similarity / differ difference
        public / private
        local / remote global
        global / local
        static / dynamic
        synchronous sync / asynchronous async
        mutable / immutable
        client / server
        frontend / backend
        input / output
        read / write
        get / set
        push / pop
        request / response
        parent / child
        ancestor / descendant
        horizontal / vertical
        row / column
        width / height
        deep / shallow
        wide / narrow
        thick / thin
        heavy / light
        fat / thin
        long / short
        tall high / short low
        high / low
        big large / small
        fast / slow
        early / late
        young / old
        new / old
        old / modern
        ancient / modern
        rich / poor
        expensive / cheap
        hard difficult / easy
        complex / easy simple
        strong / weak
        happy / sad
        love like / hate dislike
        friend ally / enemy foe
        peace / war
        life live alive birth / death die dead
        born birth / die death
        healthy / sick unhealthy
        clean / dirty
        wet / dry
        full / empty
        sharp / blunt
        hard / soft
        loud / quiet
        bright / dark
        sweet / sour bitter
        raw / cooked
        fresh / stale frozen
        tight / loose
        smooth / rough
        sunrise / sunset
        predecessor / successor
        previous / next
        past / future
        minority / majority
        victory / defeat
        success succeed / failure fail
        attack / defend defense
        guilty / innocent
        lawful / unlawful
        correct / wrong
        true real / fake false
        honest / dishonest
        polite / rude
        formal / informal
        brave / cowardly
        optimist optimistic / pessimist pessimistic
        introvert introverted / extrovert extroverted
        teach / learn
        teacher / student
        employer / employee
        landlord / tenant
        buyer / seller vendor
        lender / borrower
        plaintiff / defendant
        debit / credit
        asset / liability
        profit gain / loss
        revenue income / expense
        supply / demand
        import / export
        inflation / deflation
        bull bullish / bear bearish
        long / short
        deposit / withdraw withdrawal
        earn save / spend
        tax / subsidy
        hire / dismiss layoff
        promote / demote
        praise / criticize
        agree / disagree
        support / oppose
        for / against
        favor / against
        protect / expose
        attach / detach
        freeze / thaw melt
        boil / freeze
        evaporate / condense
        inhale / exhale
        push / pull
        float / sink
        appear / disappear
        remember / forget
        always / never
        everyone everybody all / nobody none
        everything / nothing
        all / none some
        with / without
        include / exclude
        whitelist / blacklist
        allowlist / denylist
        inbound incoming ingress / outbound outgoing egress
        online / offline
        indoor / outdoor
        domestic / foreign international
        urban / rural
        liberal / conservative
        democratic democrat / republican
        acid acidic / base alkaline basic
        prokaryote prokaryotic / eukaryote eukaryotic
        mitosis / meiosis
        herbivore / carnivore
        predator / prey
        vertebrate / invertebrate
        endothermic / exothermic
        kinetic / potential
        convex / concave
        numerator / denominator
        multiply multiplication / divide division
        addition / subtraction
        differentiate derivative / integrate integral
        rational / irrational
        linear / nonlinear
        supervised / unsupervised
        overfit overfitting / underfit underfitting
        singular / plural
        active / passive
        noun / verb
        synonym / antonym
        prefix / suffix
        vowel / consonant
        upper uppercase / lower lowercase
        clockwise / counterclockwise anticlockwise
        forward forwards / backward backwards
        front / back
        near / far
        here / there
        in / out
        on / off
        up / down
        above / below
        over / under
        before / after
        since / until
        encourage / discourage
        prevent avoid / cause
        cause / cure prevent
        tighten / loosen
        fill / empty drain
        lengthen / shorten
        strengthen / weaken
        simplify / complicate
        serialize / deserialize
        allocate / deallocate free
        commit / rollback revert
        undo / redo
        minify / beautify
        publish / unpublish
        hyperthyroidism / hypothyroidism
        hypertension / hypotension
        hyperglycemia / hypoglycemia
        arrival / departure
        maternal / paternal
        mother / father
        mom / dad
        grandmother / grandfather
        niece / nephew
        bride / groom
        host / guest
        heaven / hell
        saint / sinner
        optional / mandatory required
        voluntary / compulsory
        temporary / permanent
        flexible / rigid
        transparent / opaque
        abstract / concrete
        vegan vegetarian / meat
        lead / follow
        sunny / cloudy rainy
        cook / chill
        export / import
        wholesale / retail
        fixed / variable
        gross / net
        hardware / software
        odd / even
        stack / queue
        lossless / lossy
        """
}
