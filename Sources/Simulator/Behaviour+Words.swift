extension Behaviour {
    /// Applies one lower-case word; a word that means nothing changes nothing.
    mutating func apply(_ word: String) {
        if let fault = Fault(word: word) {
            self.fault = fault
        } else if !applyContent(word) && !applyWire(word) {
            applyField(word)
        }
    }

    private mutating func applyContent(_ word: String) -> Bool {
        switch word {
        case "confident", "drafter": mood = .confident
        case "unsure": mood = .unsure
        case "recovering": mood = .recovering
        case "late": mood = .late
        case "expert", "heavyweight": content = .expert
        case "short": content = .short
        case "empty": content = .empty
        case "echo": content = .echo
        case "unicode": content = .unicode
        case "refusal": content = .refusal
        case "refusalfield": content = .refusalField
        case "tool": content = .tool(.valid)
        case "badtool": content = .tool(.mismatched)
        case "brokentool": content = .tool(.broken)
        case "unknowntool": content = .tool(.unknown)
        case "paralleltools": content = .tool(.parallel)
        case "json": content = .json(.valid)
        case "wrongjson": content = .json(.mismatched)
        case "badjson": content = .json(.broken)
        case "length": endsByLength = true
        case "reasoning": reasonsFirst = true
        case "nologprobs": evidence = .missing
        case "censored": evidence = .censored
        case "invalidlogprobs": evidence = .invalid
        default: return false
        }
        return true
    }

    private mutating func applyWire(_ word: String) -> Bool {
        switch word {
        case "multi": tokensPerEvent = 3
        case "nousage": omitsUsage = true
        case "nodone": omitsDone = true
        case "crlf": usesCRLF = true
        case "comments": sendsComments = true
        case "bytesplit": splitsBytes = true
        case "slowhead": delaysHead = true
        default: return false
        }
        return true
    }

    /// A letter and a whole number of at most nine digits.
    private mutating func applyField(_ word: String) {
        guard let letter = word.utf8.first, word.utf8.count <= 10, word.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(word.dropFirst())
        else { return }
        switch letter {
        case UInt8(ascii: "n"): tokenCount = min(max(number, 1), 100_000)
        case UInt8(ascii: "d"): tokenGapMicroseconds = Int64(number)
        case UInt8(ascii: "f"): firstTokenMicroseconds = Int64(number)
        case UInt8(ascii: "k"): alternativesCap = min(number, EntropyTable.listLength)
        case UInt8(ascii: "h"): elevatedMillibits = number
        case UInt8(ascii: "w"): elevatedTokens = number
        case UInt8(ascii: "s"): elevatedStart = number
        case UInt8(ascii: "m"): tokensPerEvent = max(number, 1)
        case UInt8(ascii: "r"): retryAfterSeconds = number
        default: break
        }
    }
}
