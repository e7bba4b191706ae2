/// Words that may stand for one another in a prompt without changing its answer. One group per line, every word in one group only.
///
/// A group too many is a false hit, a group too few only a miss: groups hold what is interchangeable in nearly every prompt, and nothing that is
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
        fast-er faster quicker
        big-ger bigger larger greater
        small-er smaller
        strong stronger strengthen
        several multiple
        attempt-try
        etymology
        dark darkness
        salt salty
        birthplace
        nocturnal
        influence affect
        print-out
        paid-work
        yearly-pay
        swap
        contain include comprise
        fish-tank aquarium
        meal dish food
        previous before-that
        transport carry haul
        notice note memo
        message text-message
        leave quit resign
        heavy heavier
        loud louder
        thin thinner
        proprietary closed-source
        hex hexadecimal
        conjunction
        whole full entire
        need require necessary
        sport athletics
        purpose point
        gift-giving
        pipe tube
        drop-off
        exit
        rubbish-bin
        mug
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
        chips-uk
        pharmacy chemist-shop drugstore
        film-star
        bin-man
        post-code zipcode postcode
        queue-line
        nappy diaper
        torch-light flashlight
        autumn-time
        maths math mathematics
        favourite preferred
        tired-of
        wonder
        brush-up
        duty responsibility obligation
        allergy allergic
        fever
        nausea
        headache migraine-ache
        physician-visit
        surgery operation-surgical
        pregnancy pregnant
        vaccine vaccination jab inoculation
        flu influenza
        cavity
        bruise
        rash
        burn-injury
        sunscreen sunblock
        stop halt cease quit
        end finish conclude
        big large huge
        small little tiny
        fast quick rapid speedy swift quickly
        fix repair resolve troubleshoot solve
        error bug fault
        fail failing
        help assist aid
        car automobile auto
        remove delete erase
        make-new create generate
        build construct
        show display
        illustrate depict demonstrate
        obtain acquire retrieve fetch
        receive
        choose select pick
        change modify alter
        convert transform turn cast
        translate translation
        verify check confirm validate test
        find locate discover
        occur happen
        notify alert
        need
        reach attain
        exceed surpass
        query
        cover
        display
        fight fought
        every
        search lookup
        important crucial significant essential key vital
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
        employee worker
        boss supervisor
        pay
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
        earth
        area region
        border
        beach seaside
        sea ocean
        hill
        forest woods
        rock stone
        speak talk
        tell inform
        ask inquire
        answer reply respond response
        explain clarify describe elaborate
        define definition
        meaning
        summarize summarise recap condense sum-up
        compare contrast
        list enumerate
        write compose author draft pen
        read
        improve enhance better
        optimize optimise tune
        reduce decrease lower lessen cut
        increase raise boost
        accelerate speed-up
        avoid evade
        prevent
        protect safeguard
        allow permit let
        forbid prohibit ban
        need require
        want wish desire
        like enjoy
        love adore
        hate detest loathe
        begin-using adopt
        teach instruct
        learn study
        student pupil
        teacher instructor
        school
        university college
        exam
        assignment homework
        method technique
        approach
        procedure
        function routine
        parameter argument
        folder directory
        file
        document doc
        app application
        software
        website site webpage
        internet web
        computer pc
        laptop notebook
        phone smartphone cellphone mobile
        tv television
        battery
        screen monitor
        keyboard
        code
        developer programmer coder
        bug-report
        database db
        repository repo
        configuration config settings
        configure setup
        environment env
        variable var
        directory-tree
        administrator admin
        authentication auth
        authenticate
        password passcode
        username userid
        login signin logon
        logout signout logoff
        register signup
        credential
        account
        account-holder
        dependency
        package
        library lib
        framework
        container
        kubernetes k8s
        javascript js
        typescript ts
        golang go-language
        python py
        postgresql postgres
        ai artificial-intelligence
        string
        integer int
        boolean bool
        array
        dictionary dict
        hashmap hashtable
        execute exec
        run
        invoke
        return
        print output
        write-file save
        store
        copy duplicate clone
        merge combine join
        concatenate concat
        split divide
        separate
        sort order arrange
        reverse invert
        filter
        count
        calculate compute work-out
        estimate
        determine
        measure
        iterate loop traverse
        parse
        handle
        throw
        catch
        move switch transfer migrate
        celebrate honor commemorate
        equal equals
        opposite antonym
        end finish
        say state
        suitable suited appropriate
        sun sunlight sunshine
        symptom sign
        win winner
        lose loser
        seat sit
        regard consider
        ache hurt pain
        keep-store
        name-call titled
        singer-person
        dish
        debug
        deploy
        publish
        release
        update upgrade
        maximum max
        minimum min
        average mean-value
        standard
        quick-fix workaround
        often frequently
        rarely seldom
        sometimes occasionally
        quickly
        immediately instantly
        about-roughly approximately roughly around-about
        enough sufficient adequate
        many numerous much
        main primary principal chief major
        whole entire
        typical usual
        unusual uncommon rare
        famous renowned well-known
        popular
        common widespread
        modern contemporary
        old-fashioned outdated obsolete
        ancient
        new recent
        begin-date
        advantage benefit pro upside strength merit
        disadvantage drawback con downside weakness demerit
        reason cause
        effect consequence impact
        influence affect
        result outcome
        purpose goal aim objective
        role
        feature
        characteristic trait attribute property
        component part
        ingredient
        kind type
        sort-kind
        category
        example instance sample
        idea suggestion
        tip advice
        suggest recommend advise
        recommendation
        step stage
        phase
        process
        strategy
        plan
        problem issue trouble
        challenge
        mistake
        risk danger hazard peril
        dangerous risky unsafe hazardous harmful
        safe harmless
        symptom
        side-effect
        treatment
        treat
        cure
        heal
        injury wound
        stomach tummy belly
        kidney
        workout exercise
        diet
        weight
        meal
        dinner supper
        breakfast
        drink beverage
        food
        recipe
        cook prepare
        bake
        vegetable veggie
        fruit
        cake
        kitchen
        refrigerator fridge
        garbage trash rubbish waste
        clothes clothing garment apparel
        shoe
        wash clean
        dirty filthy
        dry
        wet
        hot
        cold chilly
        warm
        weather
        rain
        snow
        storm
        animal creature
        dog canine puppy-dog
        cat feline
        horse
        bird
        insect
        plant
        tree
        flower
        photosynthesis photosynthesise photosynthesize
        garden yard
        farm
        energy
        electricity
        gasoline petrol
        fuel
        pollution
        climate
        environment-nature
        president
        government govt
        election
        vote
        law legislation
        legal lawful
        illegal unlawful
        crime
        police
        prison jail
        war
        battle
        army
        soldier troops
        weapon
        peace
        king
        queen
        leader
        founder creator
        establish founded
        inventor
        invent devise
        discover-science
        scientist
        author writer
        artist
        painter
        paint
        singer vocalist
        actor
        director
        player
        team squad
        game
        match
        win
        defeat beat
        lose
        sport
        soccer
        champion
        die perish decease
        death
        kill slay
        birth
        born
        birthday
        marry wed
        wedding marriage-ceremony
        spouse
        husband
        wife
        parent
        mom
        dad
        grandmother grandma granny
        grandfather grandpa granddad
        brother
        sister
        friend buddy
        family
        woman lady
        man guy gentleman
        girl
        boy
        letter
        email mail
        message
        note
        report
        essay composition
        article
        blog
        book
        novel
        poem poetry verse
        story tale
        joke
        song
        headline title
        slogan tagline
        caption
        paragraph
        sentence
        phrase
        word
        grammar
        spelling
        synonym
        short brief concise succinct briefly
        long lengthy
        detailed thorough comprehensive in-depth extensive
        formal professional
        informal casual
        polite courteous
        funny humorous comical
        serious
        friendly
        rude impolite
        rewrite rephrase reword paraphrase
        proofread
        correct
        wrong incorrect
        right-correct
        true
        false
        real genuine authentic
        fake counterfeit
        correctly properly
        bill invoice
        buyer
        customer client-buyer
        vendor seller
        shop store-shop
        company firm corporation
        business enterprise
        startup
        market
        marketing
        advertise promote
        advertisement ad advert
        product
        item
        service
        delivery
        deliver
        shipment
        package-parcel parcel
        order-purchase
        return-goods
        invest
        investment
        bank
        loan
        mortgage
        debt
        tax
        income earnings
        profit
        revenue turnover
        expense expenditure
        budget
        insurance
        retire
        pension
        interest
        inflation
        stock share
        bond
        cryptocurrency crypto
        meeting
        appointment
        schedule timetable
        calendar
        deadline
        delay postpone
        cancel
        attend
        visit
        arrive
        depart
        flight
        airplane plane aeroplane aircraft
        airport
        train
        bicycle bike
        motorcycle motorbike
        ship
        boat
        luggage baggage
        hotel
        reserve book-reserve
        tourist
        passport
        visa
        language
        vocabulary
        pronounce
        accent
        population inhabitant resident
        inhabitants
        inhabit
        citizen
        capital
        currency
        flag
        anthem
        height
        length
        width
        depth
        size
        weight-kg
        speed velocity
        distance
        duration
        age
        area-size
        temperature temp
        volume
        mass
        density
        pressure
        force
        gravity
        light
        sound noise
        color colour
        shape
        shaped
        round circular
        equation
        formula
        number
        sum
        total
        multiply
        fraction
        decimal
        percent percentage
        probability likelihood odds
        prime
        root
        derivative
        integral
        graph
        chart
        diagram
        theorem
        proof
        prove
        evidence
        theory
        experiment
        research
        data
        statistic
        analyze analysis examine
        evaluate assess
        review
        forecast predict
        model
        train-model
        neural
        algorithm algo
        runtime
        complexity
        performance
        slow sluggish
        latency
        bandwidth
        memory ram
        disk
        cpu processor
        gpu
        server
        client
        network
        router
        wifi wi-fi wireless
        connect link
        disconnect
        upload
        download
        backup
        restore recover
        reset
        restart reboot
        shutdown
        enable activate
        disable deactivate
        attach
        detach
        insert
        add append
        extract
        compress zip
        decompress unzip
        encrypt
        decrypt
        encode
        decode
        hash
        secure
        security
        privacy
        vulnerability
        attack
        hacker
        virus
        malware
        license licence
        permission
        policy
        rule
        regulation
        contract
        agreement
        agree
        disagree
        accept
        reject refuse decline
        approve
        complain
        complaint
        apologize
        apology
        thank
        gratitude
        congratulate
        invite
        invitation
        gift present
        celebrate
        party
        tradition custom
        culture
        religion
        god
        church
        history
        origin
        originate
        ancestor
        century
        era
        event
        incident
        accident
        disaster catastrophe
        earthquake quake
        fire
        flood
        keep retain
        maintain
        lasting
        last-persist
        happen occur
        appear
        disappear vanish
        seem
        become
        remain stay
        leave-behind
        carry
        push
        pull
        lift
        throw-toss
        hit strike
        touch
        hold
        open
        close shut
        lock
        unlock
        wait
        hurry
        walk
        jump leap
        sleep
        asleep
        insomnia sleeplessness
        wake
        tired exhausted fatigued
        fatigue tiredness
        stress
        stressed
        anxiety anxious nervousness nervous
        depressed
        depression
        anger
        angry mad furious
        fear afraid scared frightened
        brave courageous
        calm relaxed
        lonely
        shy timid
        proud
        honest truthful
        kind-hearted
        lazy
        strange weird odd
        interesting fascinating
        boring dull
        amazing awesome incredible wonderful
        terrible awful horrible
        best top greatest optimal finest ideal
        good great decent
        worst
        bad
        effective efficient effectively efficiently
        useful helpful
        useless
        necessary
        optional
        possible feasible
        impossible
        likely probable
        certain sure
        similar alike
        similarity resemblance commonality
        identical
        differ difference distinguish distinction
        various
        unique distinct
        special
        specific particular
        general
        simple-minded
        complex complicated
        clear
        vague ambiguous unclear
        obvious evident
        hidden
        empty blank
        full
        heavy
        thin slim skinny
        fat
        thick
        wide broad
        narrow
        deep
        shallow
        sharp
        blunt
        smooth
        rough
        soft
        loud
        quiet silent
        bright
        dark
        young
        old elderly
        early
        late
        first initial
        final ultimate
        next following
        previous prior
        current present-day
        future
        past-time
        today
        daily
        beginner newbie novice newcomer
        expert
        tutorial
        guide
        guideline
        overview
        introduction intro
        conclusion
        outline
        bullet
        table
        name
        address
        question
        topic
        subject
        concept notion
        principle
        fact
        opinion view
        argue
        debate
        discuss
        discussion
        mention
        include contain comprise
        exclude omit
        consist
        belong
        own possess
        owner
        rent lease
        tenant renter
        landlord
        supply provide
        demand
        offer
        share-with
        borrow
        lend loan-out
        donate
        charity
        volunteer
        gather collect
        collection
        quit-job resign
        fire-dismiss
        promotion
        interview
        resume cv
        career
        skill ability
        talent
        goal
        success
        succeed
        failure
        attempt try
        effort
        practice practise
        habit
        hobby pastime
        fun
        relax unwind
        music
        instrument
        dance
        art
        museum
        theater theatre
        camera
        video clip
        channel
        subscribe
        unsubscribe
        follow
        block
        comment
        tweet
        post
        """
}
