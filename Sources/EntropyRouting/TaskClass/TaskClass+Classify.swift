extension TaskClass {
    /// Bytes of a prompt that are looked at.
    static let classifiedBytes = 4_096

    /// A cheap guess from the user's last message: no model, no allocation beyond the string's own.
    ///
    /// Each whole word that belongs to a class is a vote for it (see ``TaskKeywords``), a code fence three. The class with most votes wins;
    /// equal votes go to code, then reasoning, then creative. Without a vote: ``simpleFactual``. ASCII case does not matter; only the first
    /// 4,096 bytes are read. The guess chooses an intercept of the risk model and nothing else, and a caller that knows better says so.
    public static func classify(_ message: String) -> TaskClass {
        var copy = message
        return copy.withUTF8 { classify($0.span) }
    }

    /// The same for UTF-8 bytes.
    public static func classify(_ message: Span<UInt8>) -> TaskClass {
        var votes = (code: 0, reasoning: 0, creative: 0)
        let classes = TaskKeywords.classes
        var index = 0
        let end = min(message.count, classifiedBytes)
        while index < end {
            if message[index] == UInt8(ascii: "`"), index + 2 < end, message[index + 1] == message[index],
                message[index + 2] == message[index]
            {
                votes.code += 3
                index += 3
                continue
            }
            guard isWordByte(message[index]) else {
                index += 1
                continue
            }
            var word = PackedWord()
            while index < end, isWordByte(message[index]) {
                word.append(message[index])
                index += 1
            }
            switch classes[word] {
            case .code: votes.code += 1
            case .reasoning: votes.reasoning += 1
            case .creative: votes.creative += 1
            case .simpleFactual, nil: break
            }
        }
        let most = max(votes.code, votes.reasoning, votes.creative)
        if most == 0 { return .simpleFactual }
        if votes.code == most { return .code }
        return votes.reasoning == most ? .reasoning : .creative
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") || byte >= 0x80
        }
    }
}
