/// Brings the forms of a word together: plural and singular, tenses, British and American spelling. Light on purpose: two words that mean
/// different
/// things must never fall together, while two forms of one word that do not only cost a hit.
enum WordForms {
    static func stem(_ word: String) -> String {
        if let known = IrregularForms.table[word] { return known }
        guard word.utf8.count > 3, word.utf8.allSatisfy({ $0 >= 97 && $0 <= 122 }) else { return word }
        var bytes = Array(word.utf8)
        singular(&bytes)
        if let known = IrregularForms.table[string(bytes)] { return known }
        spelling(&bytes)
        nominal(&bytes)
        tense(&bytes)
        if bytes.count > 5, ends(bytes, "ily") {
            bytes.replaceSubrange((bytes.count - 3)..., with: "y".utf8)
        } else if bytes.count > 5, ends(bytes, "ly") {
            bytes.removeLast(2)
        }
        if bytes.count > 4, bytes.last == UInt8(ascii: "e") { bytes.removeLast() }
        return string(bytes)
    }

    private static func singular(_ word: inout [UInt8]) {
        guard word.last == UInt8(ascii: "s") else { return }
        if ends(word, "ss") || ends(word, "us") || ends(word, "is") || ends(word, "as") && word.count < 6 { return }
        if word.count > 4, ends(word, "ies") {
            word.replaceSubrange((word.count - 3)..., with: "y".utf8)
        } else if ends(word, "sses") || ends(word, "xes") || ends(word, "zes") || ends(word, "ches") || ends(word, "shes")
            || ends(word, "oes")
        {
            word.removeLast(2)
        } else {
            word.removeLast()
        }
    }

    /// British to American.
    private static func spelling(_ word: inout [UInt8]) {
        guard word.count >= 5 else { return }
        if ends(word, "isation") { word[word.count - 6] = UInt8(ascii: "z") }
        for ending in ["ise", "ised", "ising", "iser", "yse", "ysed", "ysing"] where word.count >= 7 && ends(word, ending) {
            word[word.count - ending.utf8.count + 1] = UInt8(ascii: "z")
        }
        for ending in ["our", "oured", "ouring", "ourite"] where word.count >= 6 && ends(word, ending) && !ends(word, "hour") {
            word.remove(at: word.count - ending.utf8.count + 1)
        }
        if ends(word, "tre") || ends(word, "bre") { word.swapAt(word.count - 1, word.count - 2) }
        if ends(word, "ogue") { word.removeLast(2) }
    }

    /// Nouns made of verbs: translation, installation, notification.
    private static func nominal(_ word: inout [UInt8]) {
        guard word.count >= 7 else {
            if word.count >= 6, ends(word, "ate") { word.removeLast(3) }
            return
        }
        if ends(word, "ization") {
            word.removeLast(5)
        } else if ends(word, "ication") {
            word.replaceSubrange((word.count - 7)..., with: "y".utf8)
        } else if ends(word, "icate") {
            word.replaceSubrange((word.count - 5)..., with: "y".utf8)
        } else if ends(word, "ation") {
            word.removeLast(5)
        } else if ends(word, "ate") {
            word.removeLast(3)
        } else if ends(word, "tion") || ends(word, "ssion") {
            word.removeLast(3)
        }
    }

    private static func tense(_ word: inout [UInt8]) {
        if ends(word, "ied"), word.count > 4 {
            word.replaceSubrange((word.count - 3)..., with: "y".utf8)
            return
        }
        let cut = ends(word, "ing") ? 3 : ends(word, "ed") && !ends(word, "eed") ? 2 : 0
        guard cut > 0, word.count - cut >= 2 else { return }
        let base = word.dropLast(cut)
        guard base.contains(where: isVowel) else { return }
        word = Array(base)
        if ends(word, "icat") {
            word.replaceSubrange((word.count - 4)..., with: "y".utf8)
        } else if ends(word, "at"), word.count >= 5 {
            word.removeLast(2)
        } else if let last = word.last, word.count > 3, word[word.count - 2] == last, !isVowel(last), last != UInt8(ascii: "s"),
            last != UInt8(ascii: "l") || word.count > 4, last != UInt8(ascii: "z")
        {
            word.removeLast()
        } else if word.count <= 4, word.count >= 3, let last = word.last, !isVowel(last), last != UInt8(ascii: "w"),
            last != UInt8(ascii: "x"),
            isVowel(word[word.count - 2]), !isVowel(word[word.count - 3])
        {
            // naming, named: name
            word.append(UInt8(ascii: "e"))
            if word.count > 4 { word.removeLast() }
        }
    }

    private static func isVowel(_ letter: UInt8) -> Bool { "aeiouy".utf8.contains(letter) }
    private static func ends(_ word: [UInt8], _ ending: String) -> Bool {
        word.count > ending.utf8.count && word.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }
    private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// Forms that no rule reaches, and words that the rules would confuse with others.
enum IrregularForms {
    static let table: [String: String] = {
        var table: [String: String] = [:]
        for line in forms.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            for word in words { table[word] = words[0] }
        }
        for word in fixed.split(whereSeparator: \.isWhitespace) { table[String(word)] = String(word) }
        return table
    }()

    private static let forms = """
        write writes writing wrote written
        buy buys buying bought
        sell sells selling sold
        make makes making made
        build builds building built
        run runs running ran
        begin begins beginning began begun
        go goes going went gone
        take takes taking took taken
        give gives giving gave given
        get gets getting got gotten
        find finds finding found
        establish founded founding
        know knows knowing knew known
        think thinks thinking thought
        teach teaches teaching taught
        bring brings bringing brought
        catch catches catching caught
        feel feels feeling felt
        keep keeps keeping kept
        lose loses losing lost
        mean means meaning meant
        meet meets meeting met
        pay pays paying paid payment payments
        say says saying said
        send sends sending sent
        spend spends spending spent
        speak speaks speaking spoke spoken
        stand stands standing stood
        win wins winning won
        wear wears wearing wore worn
        break breaks breaking broke broken
        choose chooses choosing chose chosen
        draw draws drawing drew drawn
        drive drives driving drove driven
        eat eats eating ate eaten
        fall falls falling fell fallen
        fly flies flying flew flown
        forget forgets forgetting forgot forgotten
        freeze freezes freezing froze frozen
        grow grows growing grew grown
        hide hides hiding hid hidden
        hold holds holding held
        lead leads leading led
        lend lends lending lent
        rise rises rising rose risen
        sing sings singing sang sung
        sink sinks sinking sank sunk
        sit sits sitting sat
        sleep sleeps sleeping slept
        steal steals stealing stole stolen
        swim swims swimming swam swum
        throw throws throwing threw thrown
        tell tells telling told
        understand understands understanding understood
        wake wakes waking woke woken
        see sees seeing saw seen
        die dies dying died
        lie lies lying
        do does doing did done
        have has having had
        be am is are was were been being
        come comes coming came
        become becomes becoming became
        hear hears hearing heard
        hurt hurts hurting
        leave leaves leaving
        fight fights fighting fought
        shoot shoots shooting shot
        beat beats beating beaten
        bite bites biting bit bitten
        shrink shrinks shrinking shrank shrunk
        split splits splitting
        set sets setting
        put puts putting
        cut cuts cutting
        use uses using used usage
        child children kid kids
        man men
        woman women
        person people persons
        foot feet
        tooth teeth
        mouse mice
        goose geese
        life lives
        wife wives
        leaf leaves
        knife knives
        wolf wolves
        index indices indexes
        matrix matrices
        vertex vertices
        criterion criteria
        phenomenon phenomena
        analyze analysis analyses analyzing analyzed analyse analysing analysed
        hypothesis hypotheses
        crisis crises
        datum data
        medium media
        bus buses
        gas gases
        embed embeds embedding embeddings embedded
        gray grey
        tire tyre tires tyres
        skeptic sceptic
        aluminum aluminium
        plow plough
        mom mum mother mothers mums moms
        dad father fathers dads
        program programme programs programmes
        develop develops developing developed development
        deploy deploys deploying deployed deployment deployments
        improve improves improving improved improvement improvements
        require requires requiring required requirement requirements
        replace replaces replacing replaced replacement replacements
        achieve achieves achieving achieved achievement achievements
        manage manages managing managed management
        measure measures measuring measured measurement measurements
        invest invests investing invested investment investments
        treat treats treating treated treatment treatments
        adjust adjusts adjusting adjusted adjustment adjustments
        convert converts converting converted conversion conversions
        decide decides deciding decided decision decisions
        produce produces producing produced production
        reduce reduces reducing reduced reduction reductions
        expand expands expanding expanded expansion
        describe describes describing described description descriptions
        subscribe subscribes subscribing subscribed subscription subscriptions
        solve solves solving solved solution solutions
        explain explains explaining explained explanation explanations
        compare compares comparing compared comparison comparisons
        differ differs differing differed different difference differences differently
        distinguish distinguishes distinguishing distinguished distinction distinctions
        cancel cancels canceling cancelling canceled cancelled cancellation cancelation
        label labels labeling labelling labeled labelled
        travel travels traveling travelling traveled travelled
        model models modeling modelling modeled modelled
        delete deletes deleting deleted deletion
        install installs installing installed installation installations
        create creates creating created creation
        recipe recipes
        remain remains remaining remained
        parse parses parsing parsed parser
        summarize summarizes summarizing summarized summarise summarises summarising summarised summary summaries
        implement implements implementing implemented implementation implementations
        grow growth
        weigh weighs weighing weighed weight weights
        high height heights tall taller
        long length lengths
        wide width
        deep depth
        succeed succeeds succeeded succeeding success successful successfully
        fail fails failed failing failure failures
        die death deaths
        born birth
        choose choice choices
        believe belief
        behave behaves behaved behaving behavior behaviour behaviors
        pronounce pronounces pronounced pronouncing pronunciation
        divide divides divided dividing division divisible
        discover discovers discovered discovering discovery discoveries
        advise advice advises
        maintain maintenance
        repeat repeatedly repetition
        """

    /// Left as they are.
    private static let fixed = """
        news physics mathematics economics politics species series lens bias gas always plus minus across less this thus yes
        version mission passion portion pension session section option auction mansion station nation ration motion notion lotion
        million billion trillion question during morning evening nothing something anything everything king ring wing thing string spring
        sibling ceiling wedding red bed shed sacred naked hundred need seed speed feed
        university universe organ organic state statement department document argument apartment
        private climate chocolate pirate senate climate corporate date rate late gate plate plane debate
        family reply supply apply only early daily weekly monthly yearly hourly july italy ally bully belly jelly
        experience experiment general generate generation generator
        meditation medication relation relate action native plan plane plans planes planed planned planning planet planets
        star start stare bare care car cars cares caring scar scare hop hope hopes hoping hopping tap tape tapes bit bite cub cube pin pine
        past paste posted post posit position police policy polite universal
        wing wings winged on one ones us
        """
}
