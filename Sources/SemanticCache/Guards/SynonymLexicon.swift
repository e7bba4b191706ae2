/// Words that may stand for one another in a prompt without changing its answer. One group per line, every word in one group only.
///
/// A group too many is a false hit, a group too few only a miss: groups hold what is interchangeable in nearly every prompt, and nothing
/// that is
/// merely near (cheap and free, error and warning, delete and archive).
enum SynonymLexicon {
    /// The word that stands for a stem's group, or the stem itself.
    static func canonical(_ stem: String) -> String { table[stem] ?? stem }

    private static let table: [String: String] = {
        var table: [String: String] = [:]
        for line in groups.split(separator: "\n") {
            let stems = line.split(separator: " ").map { WordForms.stem(String($0)) }
            for stem in stems where table[stem] == nil { table[stem] = stems[0] }
        }
        return table
    }()

    private static let groups = """
        buy purchase
        begin start commence initiate launch
        faster quicker
        bigger larger greater
        strong stronger strengthen strength
        several multiple
        etymology origin
        dark darkness
        salt salty
        influence affect
        contain include comprise
        meal dish food
        transport carry haul
        notice note memo
        leave quit resign
        heavy heavier
        loud louder
        thin thinner
        hex hexadecimal
        whole full entire complete
        need require necessary
        sport athletics
        purpose point role
        pipe tube
        jacket coat
        trousers pants
        rug carpet
        sofa couch
        cupboard cabinet
        tap faucet
        lift elevator
        pavement sidewalk
        lorry truck
        biscuit cookie
        sweets candy
        pharmacy drugstore
        zipcode postcode
        nappy diaper
        maths math mathematics
        favourite preferred
        duty responsibility obligation
        allergy allergic
        pregnancy pregnant
        vaccine vaccination jab inoculation
        flu influenza
        sunscreen sunblock
        stop halt cease
        end finish conclude
        big large huge
        small little tiny
        fast quick rapid speedy swift quickly
        fix repair resolve troubleshoot solve correct
        error bug fault
        fail failing
        help assist aid
        car automobile auto
        remove delete erase uninstall
        create generate
        build construct
        show display
        illustrate depict demonstrate
        obtain acquire retrieve fetch
        choose select pick
        change modify alter
        convert transform turn cast
        translate translation
        verify check confirm validate test
        find locate discover discovery
        occur happen
        notify alert
        reach attain
        exceed surpass
        fight fought
        search lookup
        important crucial significant essential key vital
        hand pass
        pi π
        echo print
        central center
        complain grumble
        weather conditions
        traffic requests
        fall drop
        shrink downsize
        shorten abridge
        beautiful pretty gorgeous
        easy simple straightforward effortless easily simply
        hard difficult tough
        happy glad joyful
        sad unhappy
        rich wealthy affluent
        poor impoverished
        smart intelligent clever
        stupid dumb
        child kid youngster
        baby infant newborn
        doctor physician
        lawyer attorney
        illness disease sickness ailment
        sick ill
        medicine medication drug
        movie film
        picture image photo photograph pic
        job occupation profession
        employ hire recruit
        employee worker staff
        boss supervisor
        salary wage
        price cost
        cheap inexpensive affordable
        expensive costly pricey
        money cash
        refund reimbursement reimburse
        trip journey
        holiday vacation
        house home
        apartment flat
        street road
        city town
        nation country
        world globe
        largest biggest
        tallest highest
        fastest quickest
        smallest tiniest
        smartest cleverest
        hardest toughest
        easiest simplest
        richest wealthiest
        nearest closest
        oldest eldest
        all every
        remote remotely
        area region
        fly flight
        place spot location
        beach seaside
        sea ocean
        forest woods
        rock stone
        speak talk
        tell inform
        ask inquire
        answer reply respond response
        explain clarify describe elaborate
        define definition
        summarize summarise recap condense
        compare contrast
        list enumerate
        write compose author draft pen
        improve enhance better
        optimize optimise tune
        reduce decrease lower lessen cut
        increase raise boost
        avoid evade
        protect safeguard
        allow permit let
        forbid prohibit ban
        want wish desire
        like enjoy
        love adore
        hate detest loathe
        teach instruct
        learn study
        student pupil
        teacher instructor
        university college
        assignment homework
        method technique
        function routine
        parameter argument
        folder directory
        document doc
        app application
        website site webpage
        internet web
        computer pc
        laptop notebook
        phone smartphone cellphone mobile
        tv television
        screen monitor
        developer programmer coder
        database db
        repository repo
        configuration config settings
        configure setup
        environment env
        variable var
        administrator admin
        authentication auth
        password passcode
        username userid
        login signin logon
        logout signout logoff
        register signup
        library lib
        kubernetes k8s
        javascript js
        typescript ts
        python py
        postgresql postgres
        integer int
        boolean bool
        dictionary dict
        hashmap hashtable
        execute exec
        print output
        copy duplicate clone
        merge combine join
        concatenate concat
        split divide break
        sort order arrange
        reverse invert
        calculate compute
        iterate loop traverse
        move switch transfer migrate
        celebrate honor commemorate
        equal equals
        opposite antonym
        say state
        suitable suited appropriate
        sun sunlight sunshine
        symptom sign
        win winner
        lose loser
        seat sit
        regard consider
        ache hurt pain
        update upgrade
        maximum max
        minimum min
        often frequently
        rarely seldom
        sometimes occasionally
        immediately instantly
        approximately roughly
        enough sufficient adequate
        many numerous much
        main primary principal chief major
        typical usual
        unusual uncommon rare
        famous renowned
        common widespread
        modern contemporary
        outdated obsolete
        new recent
        advantage benefit pro upside merit
        disadvantage drawback con downside weakness demerit
        reason cause
        effect consequence impact
        result outcome
        purpose goal aim objective
        characteristic trait attribute property quality
        component part
        kind type
        example instance sample
        idea suggestion
        tip advice
        suggest recommend advise
        step stage
        problem issue trouble
        risk danger hazard peril
        dangerous risky unsafe hazardous harmful
        safe harmless
        injury wound
        stomach tummy belly
        workout exercise
        dinner supper
        drink beverage
        cook prepare
        vegetable veggie
        refrigerator fridge
        garbage trash rubbish waste
        clothes clothing garment apparel
        wash clean
        dirty filthy
        cold chilly
        animal creature
        dog canine
        cat feline
        photosynthesis photosynthesise photosynthesize
        garden yard
        gasoline petrol
        government govt
        law legislation
        legal lawful
        illegal unlawful
        prison jail
        soldier troops
        founder creator
        establish founded
        invent devise
        author writer
        singer vocalist
        team squad
        defeat beat
        die perish decease
        kill slay
        marry wed
        grandmother grandma granny
        grandfather grandpa granddad
        friend buddy
        woman lady
        man guy gentleman
        email mail
        essay composition
        poem poetry verse
        story tale
        headline title
        slogan tagline
        short brief concise succinct briefly
        long lengthy
        detailed thorough comprehensive extensive
        formal professional
        informal casual
        polite courteous
        funny humorous comical
        rude impolite
        rewrite rephrase reword paraphrase
        wrong incorrect
        real genuine authentic actual
        fake counterfeit
        correctly properly
        bill invoice
        vendor seller
        company firm corporation
        business enterprise
        advertise promote
        advertisement ad advert
        income earnings
        revenue turnover
        expense expenditure
        stock share
        cryptocurrency crypto
        schedule timetable
        delay postpone
        airplane plane aeroplane aircraft
        bicycle bike
        motorcycle motorbike
        luggage baggage
        population inhabitant resident
        speed velocity
        temperature temp
        sound noise
        color colour
        round circular
        percent percentage
        probability likelihood odds
        analyze analysis examine
        evaluate assess
        forecast predict
        algorithm algo
        slow sluggish
        memory ram
        cpu processor
        wifi wireless
        connect link
        restore recover
        restart reboot
        enable activate
        disable deactivate
        add append
        compress zip
        decompress unzip
        license licence
        reject refuse decline
        gift present
        tradition custom
        disaster catastrophe
        earthquake quake
        keep retain
        disappear vanish
        remain stay
        hit strike
        close shut
        jump leap
        insomnia sleeplessness
        tired exhausted fatigued
        fatigue tiredness
        anxiety anxious nervousness nervous
        angry mad furious
        fear afraid scared frightened
        brave courageous
        calm relaxed
        shy timid
        honest truthful
        strange weird odd
        interesting fascinating
        boring dull
        amazing awesome incredible wonderful
        terrible awful horrible
        best top greatest optimal finest ideal
        good great decent
        effective efficient effectively efficiently
        useful helpful
        possible feasible
        likely probable
        certain sure
        similar alike
        similarity resemblance commonality
        differ difference distinguish distinction
        unique distinct
        specific particular
        complex complicated
        vague ambiguous unclear
        obvious evident
        empty blank
        thin slim skinny
        wide broad
        quiet silent
        old elderly
        first initial
        final ultimate
        next following
        previous prior
        beginner newbie novice newcomer
        introduction intro
        concept notion
        opinion view
        exclude omit
        own possess
        rent lease
        tenant renter
        supply provide
        gather collect
        resume cv
        skill ability
        attempt try
        practice practise
        hobby pastime
        relax unwind
        theater theatre
        video clip
        """
}
