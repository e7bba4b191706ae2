@testable import SemanticCache

/// Two prompts, written for these tests.
struct PromptPair: Sendable, CustomStringConvertible {
    var one: String
    var other: String
    init(_ one: String, _ other: String) {
        self.one = one
        self.other = other
    }
    var description: String { "\(one) | \(other)" }
}

/// What each guard itself must see.
enum SeparatedPairs {
    static let all: [(SimilarityGuard, [PromptPair])] = [
        (.numbers, numbers), (.units, units), (.dates, dates), (.names, names), (.quotes, quotes), (.identifiers, identifiers),
        (.negation, negation),
        (.antonyms, antonyms), (.direction, direction), (.question, question), (.words, words),
    ]

    static let numbers = [
        PromptPair("Delete column 3 of the sheet", "Delete column 7 of the sheet"),
        PromptPair("Give me three ideas for dinner", "Give me five ideas for dinner"),
        PromptPair("Is 1,000 divisible by 8?", "Is 10,000 divisible by 8?"),
        PromptPair("What is new in Python 3.1?", "What is new in Python 3.10?"),
        PromptPair("What is 15% of 80?", "What is 18% of 80?"),
        PromptPair("Who won World War II?", "Who won World War I?"),
        PromptPair("Solve 2x + 3 = 7", "Solve 2x + 3 = 9"),
        PromptPair("Is -5 a natural number?", "Is 5 a natural number?"),
        PromptPair("Who was the 3rd president?", "Who was the thirteenth president?"),
        PromptPair("Can I retire with two million?", "Can I retire with two hundred thousand?"),
        PromptPair("Compare the iPhone 14 with its predecessor", "Compare the iPhone 15 with its predecessor"),
        PromptPair("Explain chapter twelve", "Explain chapter twenty"),
        PromptPair("Buy a dozen eggs: how much protein?", "Buy 10 eggs: how much protein?"),
        PromptPair("How long does it take to drive 300 km?", "How long does it take to drive 3000 km?"),
        PromptPair("Round 2.345 to one decimal", "Round 2.445 to one decimal"),
        PromptPair("Is 0.5 mg of melatonin enough?", "Is 5 mg of melatonin enough?"),
        PromptPair("كم عدد الأيام في ٣ أسابيع", "كم عدد الأيام في ٤ أسابيع"),
    ]

    static let units = [
        PromptPair("How far is the moon in miles?", "How far is the moon in kilometres?"),
        PromptPair("What is 30 celsius?", "What is 30 fahrenheit?"),
        PromptPair("Is 500 mg of vitamin C too much?", "Is 500 g of vitamin C too much?"),
        PromptPair("How long does a 10 MB download take?", "How long does a 10 Mb download take?"),
        PromptPair("Is 50 $ a fair price?", "Is 50 € a fair price?"),
        PromptPair("How many ounces are in a pound?", "How many grams are in a pound?"),
        PromptPair("How much is rent per month?", "How much is rent per year?"),
        PromptPair("Convert 5 feet to inches", "Convert 5 feet to centimetres"),
        PromptPair("Is 16 GB enough?", "Is 16 GiB enough?"),
        PromptPair("How many litres are in a barrel?", "How many gallons are in a barrel?"),
        PromptPair("Boil it for 10 minutes or less?", "Boil it for 10 seconds or less?"),
        PromptPair("How much is 100 pounds?", "How much is 100 dollars?"),
        PromptPair("Is 5kg heavy for a cat?", "Is 5lb heavy for a cat?"),
        PromptPair("How fast is 60 mph?", "How fast is 60 km/h?"),
        PromptPair("A timeout of 200 ms is how many frames?", "A timeout of 200 s is how many frames?"),
        PromptPair("Retry 5 times with a pause of 2 seconds", "Retry 2 times with a pause of 5 seconds"),
    ]

    static let dates = [
        PromptPair("What is the weather like in Rome in March?", "What is the weather like in Rome in May?"),
        PromptPair("Is the museum open on Monday?", "Is the museum open on Tuesday?"),
        PromptPair("Name films made before 1990", "Name films made after 1990"),
        PromptPair("Who ruled Egypt in 30 BC?", "Who ruled Egypt in 30?"),
        PromptPair("What happened on 3/4/2024?", "What happened on 4/3/2024?"),
        PromptPair("Report the revenue of Q3", "Report the revenue of Q2"),
        PromptPair("Is it warm in Oslo in summer?", "Is it warm in Oslo in winter?"),
        PromptPair("Should I run in the morning?", "Should I run in the evening?"),
        PromptPair("Is the shop open at 3 pm?", "Is the shop open at 3 am?"),
        PromptPair("What music was popular in the 1980s?", "What music was popular in the 1990s?"),
        PromptPair("Is Jan 5 a holiday?", "Is June 5 a holiday?"),
        PromptPair("Is the bank open at noon?", "Is the bank open at midnight?"),
        PromptPair("Which albums came out since 2010?", "Which albums came out until 2010?"),
        PromptPair("Where can I eat on weekdays?", "Where can I eat on weekends?"),
        PromptPair("What is 14:30 in Tokyo?", "What is 15:30 in Tokyo?"),
    ]

    static let names = [
        PromptPair("What is the capital of France?", "What is the capital of Germany?"),
        PromptPair("who wrote hamlet in python", "who wrote hamlet in java"),
        PromptPair("Tell me about Marie Curie", "Tell me about Marie Antoinette"),
        PromptPair("how do i say hello in french", "how do i say hello in german"),
        PromptPair("Is NASA hiring?", "Is ESA hiring?"),
        PromptPair("What does the CEO of Tesla earn?", "What does the CEO of Toyota earn?"),
        PromptPair("Where is Springfield, Illinois?", "Where is Springfield, Oregon?"),
        PromptPair("Is Alice older than Bob?", "Is Alice older than Carl?"),
        PromptPair("Show a for loop in Rust", "Show a for loop in Swift"),
        PromptPair("Recommend a restaurant in Kyoto", "Recommend a restaurant in Osaka"),
        PromptPair("What are the side effects of Ibuprofen?", "What are the side effects of Aspirin?"),
        PromptPair("Does Kafka keep messages?", "Does RabbitMQ keep messages?"),
        PromptPair("Who was Henry Ford?", "Who was Harrison Ford?"),
        PromptPair("How big is mars?", "How big is venus?"),
        PromptPair("Which laws apply in the UK?", "Which laws apply in the US?"),
    ]

    static let quotes = [
        PromptPair("Translate \"good morning\" to Welsh", "Translate \"good evening\" to Welsh"),
        PromptPair("What does `ls -a` do?", "What does `ls -l` do?"),
        PromptPair("Sort [3, 1, 2]", "Sort [1, 3, 2]"),
        PromptPair("Is 'to be' a verb?", "Is 'to do' a verb?"),
        PromptPair("Explain \u{201C}carpe diem\u{201D}", "Explain \u{201C}memento mori\u{201D}"),
        PromptPair("Fix ```let x = 1```", "Fix ```let x == 1```"),
        PromptPair("Spell \"Their\" backwards", "Spell \"their\" backwards"),
        PromptPair("What is {\"a\": 1} called?", "What is {\"a\": 2} called?"),
        PromptPair("Who sang «La Vie en rose»?", "Who sang «La Bohème»?"),
        PromptPair("Does \"not\" come first in \"I do not\"?", "Does \"not\" come first in \"not I do\"?"),
        PromptPair("What does \"it is\" mean?", "What does \"is it\" mean?"),
        PromptPair("Rhyme with \"cat\"", "Rhyme with \"hat\""),
        PromptPair("Explain `a && b`", "Explain `a || b`"),
        PromptPair("Is \"a\" an article?", "Is \"an\" an article?"),
        PromptPair("Complete: \"the more the\"", "Complete: \"the less the\""),
    ]

    static let identifiers = [
        PromptPair("Summarise https://example.com/a", "Summarise https://example.com/b"),
        PromptPair("Mail bob@example.com about it", "Mail rob@example.com about it"),
        PromptPair("What is in /etc/passwd?", "What is in /etc/shadow?"),
        PromptPair("What does user_id hold?", "What does user_ids hold?"),
        PromptPair("When is getUser called?", "When is setUser called?"),
        PromptPair("Is 10.0.0.1 private?", "Is 11.0.0.1 private?"),
        PromptPair("What does --force do?", "What does --dry-run do?"),
        PromptPair("What broke in v1.2.3?", "What broke in v1.2.4?"),
        PromptPair("Show commit 9f8e7d6c", "Show commit 9f8e7d6d"),
        PromptPair("Explain #metoo", "Explain #blm"),
        PromptPair("What is os.path.join?", "What is os.path.split?"),
        PromptPair("Open main.py", "Open main.rs"),
        PromptPair("Unset HTTP_PROXY", "Unset HTTPS_PROXY"),
        PromptPair("What does std::move do?", "What does std::forward do?"),
        PromptPair("Find 123e4567-e89b-12d3-a456-426614174000", "Find 123e4567-e89b-12d3-a456-426614174001"),
        PromptPair("Where is C:\\temp?", "Where is C:\\tmp?"),
    ]

    static let negation = [
        PromptPair("Is it safe to eat raw eggs?", "Is it not safe to eat raw eggs?"),
        PromptPair("Can I enter the country with a visa?", "Can I enter the country without a visa?"),
        PromptPair("Which birds can fly?", "Which birds can't fly?"),
        PromptPair("Remote work is allowed", "Remote work isn't allowed"),
        PromptPair("Why do cats like water?", "Why do cats never like water?"),
        PromptPair("List all users who paid", "List all users who have not paid"),
        PromptPair("Show every file except logs", "Show every file and logs"),
        PromptPair("What happens if I pay?", "What happens unless I pay?"),
        PromptPair("Which employees are not managers and are remote?", "Which employees are managers and are not remote?"),
        PromptPair("The job failed to start: why?", "The job started: why?"),
        PromptPair("Is there a country with no army?", "Is there a country with an army?"),
        PromptPair("Why cannot penguins fly?", "Why can penguins fly?"),
        PromptPair("Neither of them works, why?", "Both of them work, why?"),
        PromptPair("Who said nothing?", "Who said something?"),
        PromptPair("Do I have to tip?", "Do I not have to tip?"),
        PromptPair("Dont delete my data", "Delete my data"),
    ]

    static let antonyms = [
        PromptPair("How do I increase the volume?", "How do I decrease the volume?"),
        PromptPair("How do I enable dark mode?", "How do I disable dark mode?"),
        PromptPair("Should I buy the stock?", "Should I sell the stock?"),
        PromptPair("Find the maximum of the list", "Find the minimum of the list"),
        PromptPair("Sort it ascending", "Sort it descending"),
        PromptPair("What are the pros of solar panels?", "What are the cons of solar panels?"),
        PromptPair("Is it legal to camp there?", "Is it illegal to camp there?"),
        PromptPair("How do I encrypt a file?", "How do I decrypt a file?"),
        PromptPair("What is the best phone?", "What is the worst phone?"),
        PromptPair("How do I install the driver?", "How do I uninstall the driver?"),
        PromptPair("Turn on the heating", "Turn off the heating"),
        PromptPair("How do I push to the remote?", "How do I pull from the remote?"),
        PromptPair("Which planet is the hottest?", "Which planet is the coldest?"),
        PromptPair("What does symmetric mean?", "What does asymmetric mean?"),
        PromptPair("Who accepted the offer?", "Who rejected the offer?"),
        PromptPair("Which is a regular verb?", "Which is an irregular verb?"),
    ]

    static let direction = [
        PromptPair("Translate from English to French", "Translate from French to English"),
        PromptPair("Convert PDF to Word", "Convert Word to PDF"),
        PromptPair("Is Java faster than Go?", "Is Go faster than Java?"),
        PromptPair("The dog bites the man", "The man bites the dog"),
        PromptPair("Who did Spain beat?", "Who beat Spain?"),
        PromptPair("How do I migrate from MySQL to Postgres?", "How do I migrate from Postgres to MySQL?"),
        PromptPair("Can I sue my landlord?", "Can my landlord sue me?"),
        PromptPair("What is the history of philosophy?", "What is the philosophy of history?"),
        PromptPair("Subtract 5 from 12", "Subtract 12 from 5"),
        PromptPair("Why use tabs instead of spaces?", "Why use spaces instead of tabs?"),
        PromptPair("Convert the Word document to a PDF file", "Convert the PDF file to a Word document"),
        PromptPair("Does the client call the server?", "Does the server call the client?"),
        PromptPair("What is 10 divided by 4?", "What is 4 divided by 10?"),
        PromptPair("Write a letter from Anna to Ben", "Write a letter from Ben to Anna"),
        PromptPair("Wash before cutting", "Cut before washing"),
        PromptPair("Is a house boat the same?", "Is a boat house the same?"),
    ]

    static let question = [
        PromptPair("Why do bees make honey?", "How do bees make honey?"),
        PromptPair("When was the bridge built?", "Where was the bridge built?"),
        PromptPair("Who is the president?", "Who was the president?"),
        PromptPair("Can I take both pills?", "Should I take both pills?"),
        PromptPair("Explain recursion briefly", "Explain recursion in detail"),
        PromptPair("How many moons does Mars have?", "Why does Mars have moons?"),
        PromptPair("What is a mortgage?", "Why is a mortgage?"),
        PromptPair("Write a poem about rain", "Write a haiku about rain"),
        PromptPair("Give the result as JSON", "Give the result as YAML"),
        PromptPair("Explain black holes", "Explain black holes like I'm five"),
        PromptPair("Must I register?", "May I register?"),
        PromptPair("How long is the film?", "Who is in the film?"),
        PromptPair("Is tea healthy?", "Why is tea healthy?"),
        PromptPair("Summarise the plot", "Translate the plot"),
        PromptPair("Write a formal note to my boss", "Write an informal note to my boss"),
        PromptPair("Which country won?", "Which year won?"),
        PromptPair("How to pay the tax?", "When to pay the tax?"),
    ]

    static let words = [
        PromptPair("who wrote middlemarch", "who wrote ivanhoe"),
        PromptPair("What does a red car say about me?", "What does a blue car say about me?"),
        PromptPair("How do I rename a branch?", "How do I rename a tag?"),
        PromptPair("Why do cats purr?", "Why do cats purr at dogs?"),
        PromptPair("How do I bake bread?", "How do I freeze bread?"),
        PromptPair("Define entropy", "Define enthalpy"),
        PromptPair("What are the symptoms of diabetes?", "What are the symptoms of diabetes in dogs?"),
        PromptPair("Is chicken soup healthy?", "Is tomato soup healthy?"),
        PromptPair("How do I copy a file?", "How do I move a file?"),
        PromptPair("Quelle est la capitale ?", "Quelle est la monnaie ?"),
        PromptPair("北京的人口是多少", "上海的人口是多少"),
        PromptPair("从北京到上海怎么走", "从上海到北京怎么走"),
        PromptPair("¿Cómo voy de Madrid a Toledo?", "¿Cómo voy de Toledo a Madrid?"),
        PromptPair("What does 🍎 mean?", "What does 🍊 mean?"),
        PromptPair("Who plays the violin?", "Who plays the cello?"),
        PromptPair("столица Франции", "столица Испании"),
    ]
}

/// What every guard must let through.
enum ParaphrasedPairs {
    static let all: [(SimilarityGuard, [PromptPair])] = [
        (.numbers, numbers), (.units, units), (.dates, dates), (.names, names), (.quotes, quotes), (.identifiers, identifiers),
        (.negation, negation),
        (.antonyms, antonyms), (.direction, direction), (.question, question), (.words, words),
    ]

    static let numbers = [
        PromptPair("Give me three ideas for dinner", "Give me 3 ideas for dinner"),
        PromptPair("Is 1,000 a square number?", "Is 1000 a square number?"),
        PromptPair("Is one thousand a square number?", "Is 1,000 a square number?"),
        PromptPair("What did the 3rd president do?", "What did the third president do?"),
        PromptPair("Who won World War II?", "Who won the Second World War?"),
        PromptPair("How many calories are in a dozen eggs?", "How many calories are in 12 eggs?"),
        PromptPair("Can I live on 2 million?", "Can I live on 2,000,000?"),
        PromptPair("Can I live on 50k?", "Can I live on 50,000?"),
        PromptPair("What is 20% of 50?", "What is 20 percent of 50?"),
        PromptPair("Explain chapter twenty-one", "Explain chapter 21"),
        PromptPair("What is two hundred and five minus 7?", "What is 205 minus 7?"),
        PromptPair("Is 1.5 million a lot?", "Is 1,500,000 a lot?"),
        PromptPair("Name ten rivers", "Please name 10 rivers."),
        PromptPair("Is $5.00 enough?", "Is $5 enough?"),
        PromptPair("Tell me about the eighth wonder", "Tell me about the 8th wonder"),
    ]

    static let units = [
        PromptPair("How far is 5 km?", "How far is 5 kilometres?"),
        PromptPair("Is 10 USD a lot?", "Is $10 a lot?"),
        PromptPair("How hot is 30 °C?", "How hot is 30 degrees Celsius?"),
        PromptPair("Is 5kg heavy?", "Is 5 kilograms heavy?"),
        PromptPair("How long is 90 min?", "How long is 90 minutes?"),
        PromptPair("How far is the moon in kilometers?", "How far is the moon in km?"),
        PromptPair("Is 8 GB of RAM enough?", "Is 8 gigabytes of RAM enough?"),
        PromptPair("How much is 20 euros?", "How much is €20?"),
        PromptPair("What is the rent per month?", "What is the monthly rent?"),
        PromptPair("Is 2 l of water a day good?", "Is 2 liters of water per day good?"),
        PromptPair("How many feet are in a mile?", "How many ft are in a mile?"),
        PromptPair("Is 60 mph fast?", "Is 60 miles per hour fast?"),
        PromptPair("Is 100 mg of caffeine much?", "Is 100 milligrams of caffeine much?"),
        PromptPair("How long is 2 hrs?", "How long is 2 hours?"),
        PromptPair("Is 300 ms slow?", "Is 300 milliseconds slow?"),
    ]

    static let dates = [
        PromptPair("What happened on March 5, 1953?", "What happened on 5 March 1953?"),
        PromptPair("What happened on Mar 5th?", "What happened on the 5th of March?"),
        PromptPair("What happened on 2024-03-05?", "What happened on March 5, 2024?"),
        PromptPair("Is the shop open at 3 pm?", "Is the shop open at 15:00?"),
        PromptPair("Is the shop open on Mondays?", "Is the shop open on Monday?"),
        PromptPair("Is it cold in Oslo in winter?", "Is it cold in Oslo in the winter?"),
        PromptPair("Report revenue for Q3", "Report revenue for the third quarter"),
        PromptPair("Which film won in 1994?", "What film won in 1994?"),
        PromptPair("What was fashion in the 90s?", "What was fashion in the 1990s?"),
        PromptPair("Is the shop open at 9am?", "Is the shop open at 9:00 a.m.?"),
        PromptPair("Which films came out before 1950?", "What films came out prior to 1950?"),
        PromptPair("What is on in December?", "what is on in december"),
        PromptPair("Is noon a good time?", "Is midday a good time?"),
        PromptPair("What do people eat in autumn?", "what do people eat in autumn"),
        PromptPair("When did WW2 end?", "When did World War 2 end?"),
    ]

    static let names = [
        PromptPair("What is the capital of France?", "what is the capital of france"),
        PromptPair("What is the capital of France?", "What's France's capital?"),
        PromptPair("Who runs the USA?", "Who runs the United States?"),
        PromptPair("Explain closures in JavaScript", "Explain closures in JS"),
        PromptPair("What is the population of the UK?", "What is the population of the United Kingdom?"),
        PromptPair("Is Postgres free?", "Is PostgreSQL free?"),
        PromptPair("Where is NYC?", "Where is New York City?"),
        PromptPair("What is machine learning?", "What is ML?"),
        PromptPair("Deploy to K8s", "Deploy to Kubernetes"),
        PromptPair("Capital of Germany?", "What is the capital of Germany?"),
        PromptPair("Sort a list in Python", "In Python, sort a list"),
        PromptPair("TELL ME ABOUT MARIE CURIE NOW", "Tell me about Marie Curie now"),
        PromptPair("Who wrote Hamlet?", "who wrote hamlet?"),
        PromptPair("What do you know about Node.js?", "What do you know about nodejs?"),
        PromptPair("How big is Mars?", "how big is mars"),
    ]

    static let quotes = [
        PromptPair("Translate \"good morning\" to Welsh", "Translate 'good morning' to Welsh"),
        PromptPair("Translate \u{201C}good morning\u{201D} to Welsh", "Translate \"good morning\" to Welsh"),
        PromptPair("What does `git rebase` do?", "What does git rebase do?"),
        PromptPair("What does \"carpe diem\" mean?", "What is the meaning of \"carpe diem\"?"),
        PromptPair("Sort [3, 1, 2]", "Sort [3,1,2]"),
        PromptPair("Explain «carpe diem»", "Explain \"carpe diem\""),
        PromptPair("Explain the phrase \"carpe diem\"", "Explain \"carpe diem\""),
        PromptPair("Please spell \"rhythm\"", "Spell \"rhythm\""),
        PromptPair("Who said \"I have a dream\"?", "\"I have a dream\": who said it?"),
        PromptPair("What does 'ls -a' do?", "What does `ls -a` do?"),
        PromptPair("Rhyme with \"cat\"", "rhyme with \"cat\"!"),
        PromptPair("Fix ```let x = ```", "Fix `let x =`"),
        PromptPair("Is it \"who\" or \"whom\"?", "is it 'who' or 'whom'?"),
        PromptPair("Why isn't it working?", "Why isn’t it working?"),
        PromptPair("What's \"zeitgeist\"?", "What is \"zeitgeist\"?"),
    ]

    static let identifiers = [
        PromptPair("Summarise https://example.com/a", "Please summarize https://example.com/a."),
        PromptPair("What is in /etc/passwd?", "What's in /etc/passwd?"),
        PromptPair("What does user_id hold?", "what does user_id hold"),
        PromptPair("Is 10.0.0.1 private?", "is 10.0.0.1 private"),
        PromptPair("What does --force do?", "what does --force do?"),
        PromptPair("What broke in v1.2.3?", "what broke in v1.2.3"),
        PromptPair("Explain os.path.join", "Explain os.path.join."),
        PromptPair("Open main.py", "Please open main.py"),
        PromptPair("Is TypeScript typed?", "is typescript typed?"),
        PromptPair("How do I unset HTTP_PROXY?", "How can I unset HTTP_PROXY?"),
        PromptPair("What is an iPhone?", "what is an iphone?"),
        PromptPair("Is the RTX-4090 loud?", "Is the RTX 4090 loud?"),
        PromptPair("Is GPT-4 good?", "Is GPT4 good?"),
        PromptPair("What does std::move do?", "what does std::move do"),
        PromptPair("How does GitHub earn money?", "how does github earn money?"),
    ]

    static let negation = [
        PromptPair("Why can't penguins fly?", "Why can penguins not fly?"),
        PromptPair("Why isn't it working?", "Why is it not working?"),
        PromptPair("Which birds cannot fly?", "Which birds can't fly?"),
        PromptPair("I can't log in", "I cannot sign in"),
        PromptPair("Which birds are unable to fly?", "Which birds cannot fly?"),
        PromptPair("How do I cook rice without salt?", "How can I cook rice without salt?"),
        PromptPair("Why don't cats like water?", "Why do cats not like water?"),
        PromptPair("Tell me whether or not tea is healthy", "Tell me whether tea is healthy"),
        PromptPair("Why is Pluto no longer a planet?", "Why is Pluto not a planet any more?"),
        PromptPair("I dont understand joins", "I don't understand joins"),
        PromptPair("What does not rust?", "What doesn't rust?"),
        PromptPair("I do not know how to tie a tie", "How do I tie a tie?"),
        PromptPair("Isn't tea healthy?", "Is tea not healthy?"),
        PromptPair("Which files are not empty?", "Which files aren't empty?"),
        PromptPair("Cook pasta with no oil", "Cook pasta without oil"),
    ]

    static let antonyms = [
        PromptPair("How do I increase the volume?", "How do I raise the volume?"),
        PromptPair("How do I remove a file?", "How do I delete a file?"),
        PromptPair("What are the pros and cons of tea?", "What are the advantages and disadvantages of tea?"),
        PromptPair("Find the maximum of a list", "Find the max of a list"),
        PromptPair("How do I disable dark mode?", "How do I turn off dark mode?"),
        PromptPair("Is it illegal to camp there?", "Is it unlawful to camp there?"),
        PromptPair("How do I buy stocks?", "How can I purchase stocks?"),
        PromptPair("Is it dangerous to climb?", "Is it risky to climb?"),
        PromptPair("How do I reduce stress?", "How do I lower stress?"),
        PromptPair("How do I start the server?", "How can I launch the server?"),
        PromptPair("What is the biggest ocean?", "What's the biggest ocean?"),
        PromptPair("How do I close an account?", "How can I close an account?"),
        PromptPair("Sort it in ascending order", "Please sort it in ascending order"),
        PromptPair("How do I get rid of ants?", "How do I remove ants?"),
        PromptPair("Who rejected the offer?", "Who refused the offer?"),
    ]

    static let direction = [
        PromptPair("How do I sort a list in Python?", "In Python, how do I sort a list?"),
        PromptPair("What is the difference between tea and coffee?", "What is the difference between coffee and tea?"),
        PromptPair("Python vs Java", "Java vs Python"),
        PromptPair("Compare Rust and Go", "Compare Go and Rust"),
        PromptPair("Translate from English to French", "Translate to French from English"),
        PromptPair("Reverse a list in Python", "Reverse a Python list"),
        PromptPair("Who painted the Mona Lisa?", "The Mona Lisa was painted by whom?"),
        PromptPair("Do tea and coffee have caffeine?", "Do coffee and tea have caffeine?"),
        PromptPair("Convert 5 miles to km", "What is 5 miles in km?"),
        PromptPair("How do I get from Rome to Pisa?", "How can I get from Rome to Pisa?"),
        PromptPair("What is the capital of Peru?", "What is Peru's capital?"),
        PromptPair("Is Go faster than Java?", "is go faster than java"),
        PromptPair("Which is better, tea or coffee?", "Which is better, coffee or tea?"),
        PromptPair("How is Rust different from Go?", "How does Rust differ from Go?"),
        PromptPair("Merge the branch into main", "Please merge the branch into main"),
    ]

    static let question = [
        PromptPair("How do I sort a list?", "What is the best way to sort a list?"),
        PromptPair("How can I sort a list?", "Tell me how to sort a list"),
        PromptPair("What is photosynthesis?", "Explain photosynthesis"),
        PromptPair("What's photosynthesis?", "Can you explain what photosynthesis is?"),
        PromptPair("Why is the sky blue?", "What is the reason the sky is blue?"),
        PromptPair("How tall is Everest?", "What is the height of Everest?"),
        PromptPair("How many people live in Peru?", "What is the population of Peru?"),
        PromptPair("Could you please list the planets?", "List the planets"),
        PromptPair("How much does an iPad cost?", "What is the price of an iPad?"),
        PromptPair("Explain black holes like I'm five", "ELI5: explain black holes"),
        PromptPair("In what year did Rome fall?", "When did Rome fall?"),
        PromptPair("Write an email to my boss", "Draft an email to my boss"),
        PromptPair("Am I allowed to park here?", "Can I park here?"),
        PromptPair("Give me a short summary of the plot", "Briefly summarize the plot"),
        PromptPair("Do I need to register?", "Must I register?"),
        PromptPair("I'd like to know how to sort a list", "how to sort a list"),
    ]

    static let words = [
        PromptPair("How do I fix a car?", "How do I repair an automobile?"),
        PromptPair("What is the capital city of Peru?", "What is the capital of Peru?"),
        PromptPair("How do children learn?", "How do kids learn?"),
        PromptPair("What is a cheap laptop?", "What is an affordable laptop?"),
        PromptPair("What colour is the sky?", "What color is the sky?"),
        PromptPair("Recommend a film", "Recommend a movie"),
        PromptPair("Is exercise important?", "Is exercise crucial?"),
        PromptPair("Thanks! How do I boil an egg?", "How do I boil an egg?"),
        PromptPair("Hi there, what is DNS?", "What is DNS?"),
        PromptPair("What causes earthquakes?", "Why do earthquakes happen?"),
        PromptPair("How do plants make food?", "How does a plant make food?"),
        PromptPair("¿Qué es el ADN?", "¿qué es el ADN"),
        PromptPair("北京的人口是多少", "北京的人口是多少？"),
        PromptPair("What is the best way to learn chess?", "How do I learn chess?"),
        PromptPair("Can you help me write a cover letter?", "Write a cover letter"),
    ]
}
