import Testing

@testable import SemanticCache

/// Prompts that are written nearly alike: other order, other case, other signs, one word exchanged or put in.
@Suite struct GuardsVerbatimTests {
    @Test("prompts that are written nearly alike and ask something else are separated", arguments: apart)
    func separates(_ pair: PromptPair) {
        #expect(Guards.first(separating: PromptFacts(pair.one), from: PromptFacts(pair.other)) != nil, "\(pair)")
        #expect(Guards.first(separating: PromptFacts(pair.other), from: PromptFacts(pair.one)) != nil, "\(pair)")
    }

    @Test("harmless changes of order, case and signs are let through", arguments: alike)
    func lets(_ pair: PromptPair) {
        let seen = Guards.first(separating: PromptFacts(pair.one), from: PromptFacts(pair.other))
        #expect(seen == nil, "\(seen?.rawValue ?? ""): \(pair)")
    }

    static let apart = [
        PromptPair("Should I take the pill before or after I eat?", "Should I eat before or after I take the pill?"),
        PromptPair("Do all cats like some dogs?", "Do some cats like all dogs?"),
        PromptPair("What is polish?", "What is Polish?"),
        PromptPair("Explain mW", "Explain MW"),
        PromptPair("Not all swans are white, right?", "All swans are not white, right?"),
        PromptPair("Explain why the test did not fail but the build did", "Explain why the test did fail but the build did not"),
        PromptPair("What does cp src dst do when src is a link?", "What does cp src dst do when dst is a link?"),
        PromptPair("Can I get a refund if I cancel?", "Can I cancel if I get a refund?"),
        PromptPair("How do I sort by name then by age?", "How do I sort by age then by name?"),
        PromptPair("First mix flour, then add eggs. Is that right?", "First add eggs, then mix flour. Is that right?"),
        PromptPair("Can I eat while I drive?", "Can I drive while I eat?"),
        PromptPair("Did I hurt her?", "Did she hurt me?"),
        PromptPair("Who is taller than Tom, Jim?", "Who is Jim taller than, Tom?"),
        PromptPair("My boss told me he was late. Who was late?", "He told me my boss was late. Who was late?"),
        PromptPair("Where is York in new england?", "Where is new York in england?"),
        PromptPair("I was told not to drink water. May I?", "I was told to drink water. May I not?"),
        PromptPair("Do only adults pay tax?", "Do adults only pay tax?"),
        PromptPair("How many Mb are in a GB?", "How many MB are in a Gb?"),
        PromptPair("What is the population of Turkey?", "What is the population of turkey?"),
        PromptPair("What is apple?", "What is Apple?"),
        PromptPair("Repeat: ABC", "Repeat: abc"),
        PromptPair("Write HELLO", "Write hello"),
        PromptPair("what does print(X) print?", "what does print(x) print?"),
        PromptPair("What is the variable Foo?", "What is the variable foo?"),
        PromptPair("how many words are in: the the the", "how many words are in: the the"),
        PromptPair("Count the a's in banana banana", "Count the a's in banana"),
        PromptPair("How do I contact my manager?", "How do I contact your manager?"),
        PromptPair("What is in the box?", "What is on the box?"),
        PromptPair("Who can sue me?", "Who can I sue?"),
        PromptPair("How do I tell her that I left him?", "How do I tell him that I left her?"),
        PromptPair("Did everyone pass?", "Did anyone pass?"),
        PromptPair("Is (a and b) or c true?", "Is a and (b or c) true?"),
        PromptPair("Evaluate: True and False or True", "Evaluate: True or False and True"),
        PromptPair("What does a & b do?", "What does a && b do?"),
        PromptPair("Tell me which: x == y", "Tell me which: x != y"),
        PromptPair("if (x) return", "if (!x) return"),
        PromptPair("Give me the pros of nuclear power", "Give me the pros and cons of nuclear power"),
        PromptPair("What is on the table?", "What is under the table?"),
        PromptPair("Is it on?", "Is it in?"),
        PromptPair("Can I?", "Can he?"),
        PromptPair("What do I owe them?", "What do they owe me?"),
        PromptPair("How do I boil an egg?", "How do I boil an egg in a microwave?"),
        PromptPair("How do I undo my commit?", "How do I undo your commit?"),
        PromptPair("Can the dog see the cat?", "Can the cat see the dog?"),
        PromptPair("Does she love him?", "Does he love her?"),
        PromptPair("Give me the causes of the war", "Give me the causes and effects of the war"),
        PromptPair("What is reading?", "What is Reading?"),
        PromptPair("What does Count(x) return?", "What does count(x) return?"),
        PromptPair("Is everyone here?", "Is anyone here?"),
        PromptPair("Is 5 MW a lot?", "Is 5 mW a lot?"),
        PromptPair("Where is Jordan?", "where is jordan?"),
        PromptPair("What is a polish?", "What is a Polish?"),
        PromptPair("Is it for us?", "Is it for US?"),
        PromptPair("Write the word CAT", "Write the word cat"),
        PromptPair("Do I need a visa to visit Peru?", "Do I need a visa to visit Peru with kids?"),
        PromptPair("Why does the cache not miss if the key expired?", "Why does the cache miss if the key not expired?"),
        PromptPair("How do I call a method from a class?", "How do I call a class from a method?"),
        PromptPair("Does the host see the guest or the guest see the host?", "Does the guest see the guest or the host see the host?"),
        PromptPair("How do I block someone who blocked me?", "How do I block me?"),
        PromptPair("Can he be fired before he is warned?", "Can he be warned before he is fired?"),
        PromptPair("not a and b", "a and not b"),
        PromptPair("a or (b and c)", "(a or b) and c"),
        PromptPair("Evaluate a < b", "Evaluate a > b"),
        PromptPair("What is the k in kB?", "What is the K in KB?"),
        PromptPair("Is the cat under the bed?", "Is the cat near the bed?"),
        PromptPair("What if I am late?", "What if he is late?"),
        PromptPair("May I eat after the surgery?", "May I eat during the surgery?"),
        PromptPair("How do I remove a user?", "How do I remove a user without root?"),
        PromptPair("How do I ask my boss?", "How do I ask your boss?"),
        PromptPair("Can my son sue his boss?", "Can his boss sue my son?"),
        PromptPair("Is water from the lake safe?", "Is water for the lake safe?"),
        PromptPair("What is Go?", "What is go?"),
        PromptPair("Sort by price and then date", "Sort by date and then price"),
        PromptPair("Is a not b?", "Is not a b?"),
        PromptPair(
            "Explain what happens if a file is opened and then deleted", "Explain what happens if a file is deleted and then opened"),
        PromptPair("Why did she leave him?", "Why did he leave her?"),
        PromptPair("Are most cats fat and some dogs thin?", "Are some cats fat and most dogs thin?"),
        PromptPair("What is the difference between b and B in networking?", "What is the difference between B and B in networking?"),
        PromptPair("Why is x*(y+z) bigger?", "Why is (x*y)+z bigger?"),
        PromptPair("How many times does the letter a appear in Anna?", "How many times does the letter A appear in Anna?"),
        PromptPair("Should I pay him or should he pay me?", "Should he pay him or should I pay me?"),
        PromptPair("If I work while I study do I pay tax?", "If I study while I work do I pay tax?"),
        PromptPair("Is the man in the car with a dog?", "Is the dog in the car with a man?"),
        PromptPair("In which city is the bank on the river?", "In which river is the bank on the city?"),
        PromptPair("from a to b", "to a from b"),
        PromptPair("Translate I love you", "Translate you love I"),
        PromptPair("Does a cat with a dog eat?", "Does a dog with a cat eat?"),
        PromptPair("Explain a XOR b", "Explain a xor b"),
        PromptPair("What is the plural of ox?", "What is the plural of Ox?"),
        PromptPair("What is (2+3)*4 in words?", "What is 2+(3*4) in words?"),
        PromptPair("Write a poem about march", "Write a poem about March"),
        PromptPair("Does one of us need a visa?", "Does none of us need a visa?"),
        PromptPair("Can I park here on Sundays?", "Can I park here except Sundays?"),
    ]

    static let alike = [
        PromptPair("How do I parse JSON in Swift?", "how do i parse json in swift"),
        PromptPair("WHAT IS THE CAPITAL OF FRANCE?", "What is the capital of France?"),
        PromptPair("Can I get a refund if I cancel?", "If I cancel, can I get a refund?"),
        PromptPair("In Python, how do I sort a list?", "How do I sort a list in Python?"),
        PromptPair("Who wrote Hamlet?", "who wrote hamlet"),
        PromptPair("How do I boil an egg?", "Please, how do I boil an egg?"),
        PromptPair("Why do owls not sleep at night?", "Why don't owls sleep at night?"),
        PromptPair("How do I boil an egg?", "How do you boil an egg?"),
        PromptPair("What is 5 April in the Roman calendar?", "What is April 5 in the Roman calendar?"),
        PromptPair("Should I swim or not?", "Should I swim?"),
    ]
}
