/// What refusals begin with, in lower case with straight apostrophes. Each is matched as whole words at the start of an answer, after
/// any lead-ins. English only: a refusal in another language is left to the entropy and to the refusal channel.
enum RefusalPhrases {
    /// Decide at once.
    static let refusals = [
        "as an ai", "as an artificial intelligence", "as a language model", "as a large language model",
        "i am an ai", "i'm an ai", "i am just an ai", "i'm just an ai", "i am only an ai", "i'm only an ai",
        "i am not sure", "i'm not sure", "i am unsure", "i'm unsure", "i am not certain", "i'm not certain",
        "i do not know", "i don't know", "i have no idea", "i have no information", "i do not have information",
        "i don't have information", "i do not have enough information", "i don't have enough information",
        "i do not have access", "i don't have access", "i do not have any information", "i don't have any information",
        "i do not have the ability", "i don't have the ability",
        "i am not able to", "i'm not able to", "i am unable to", "i'm unable to",
        "i cannot answer", "i can't answer", "i cannot assist", "i can't assist", "i cannot help", "i can't help",
        "i cannot provide", "i can't provide", "i cannot comply", "i can't comply", "i cannot fulfill", "i can't fulfill",
        "i cannot discuss", "i can't discuss", "i cannot create", "i can't create", "i cannot generate", "i can't generate",
        "i cannot access", "i can't access", "i cannot browse", "i can't browse", "i cannot verify", "i can't verify",
        "i cannot determine", "i can't determine", "i cannot do that", "i can't do that", "i could not find", "i couldn't find",
        "i will not be able to", "i won't be able to", "i must decline", "i have to decline",
    ]

    /// Decide after an apology only: by themselves they begin honest answers as well ("I can't stress enough ...").
    static let afterApology = [
        "i can't", "i cannot", "i can not", "i won't", "i will not", "i couldn't", "i could not", "i am not", "i'm not", "i don't",
        "i do not",
        "that's not something i can", "that is not something i can", "this is not something i can",
    ]

    /// Apologies: lead-ins that make what follows a refusal.
    static let apologies = [
        "i'm sorry", "i am sorry", "i'm so sorry", "i am so sorry", "sorry", "my apologies", "i apologize", "i apologise", "apologies",
        "i'm afraid", "i am afraid", "i regret", "unfortunately", "regrettably",
    ]

    /// Lead-ins that mean nothing by themselves.
    static let fillers = [
        "but", "that", "well", "hmm", "hm", "honestly", "to be honest", "however", "for the confusion", "for any confusion",
    ]
}
