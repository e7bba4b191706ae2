/// The words that vote for a task class, in lower case, at most one class each.
enum TaskKeywords {
    static let code = [
        "algorithm", "api", "bash", "bug", "c++", "c#", "class", "code", "compile", "css", "debug", "function", "golang", "html",
        "implement",
        "java", "javascript", "json", "kotlin", "linux", "method", "program", "programming", "python", "query", "recursive", "refactor",
        "regex",
        "regexp", "rust", "script", "snippet", "sql", "stacktrace", "swift", "typescript", "unittest", "yaml",
    ]
    static let reasoning = [
        "analyse", "analyze", "argue", "assess", "average", "calculate", "compare", "compute", "consequences", "contrast", "deduce",
        "derive",
        "equation", "estimate", "evaluate", "explain", "infer", "logic", "percent", "percentage", "prove", "proof", "puzzle", "ratio",
        "reason", "reasoning", "remaining", "riddle", "solve", "step", "steps", "strategy", "total", "tradeoff", "tradeoffs", "why",
    ]
    static let creative = [
        "brainstorm", "catchy", "character", "creative", "dialogue", "essay", "fiction", "haiku", "imagine", "invent", "joke", "limerick",
        "lyrics",
        "metaphor", "novel", "plot", "poem", "poetry", "roleplay", "rhyme", "sonnet", "slogan", "song", "story", "tagline", "verse",
    ]

    /// All of them by their packed form.
    static let classes: [PackedWord: TaskClass] = {
        var classes: [PackedWord: TaskClass] = [:]
        for (words, taskClass) in [(creative, TaskClass.creative), (reasoning, .reasoning), (code, .code)] {
            for word in words {
                var packed = PackedWord()
                for byte in word.utf8 { packed.append(byte) }
                classes[packed] = taskClass
            }
        }
        return classes
    }()
}

/// A word of up to 16 bytes in two machine words, ASCII letters in lower case: comparing and hashing it allocates nothing.
struct PackedWord: Hashable {
    private var high: UInt64 = 0
    private var low: UInt64 = 0
    private(set) var count = 0

    /// Longer words keep counting and lose their first bytes; no keyword is that long, so the count tells them apart.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        high = high << 8 | low >> 56
        low = low << 8 | UInt64((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        count += 1
    }
}
