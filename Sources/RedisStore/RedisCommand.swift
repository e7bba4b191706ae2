/// One command as its arguments, in one piece of memory.
struct RedisCommand: Sendable, Equatable {
    private(set) var bytes: [UInt8] = []
    /// Where each argument ends.
    private(set) var ends: [Int] = []

    init(_ name: String, _ arguments: String...) {
        append(name)
        for argument in arguments { append(argument.utf8) }
    }

    mutating func append(_ argument: some Collection<UInt8>) {
        bytes.append(contentsOf: argument)
        ends.append(bytes.count)
    }

    mutating func append(_ argument: String) { append(argument.utf8) }
    mutating func append(_ argument: Int) { append(String(argument).utf8) }

    /// What it counts for in the queue's bound: the arguments and a little for the rest.
    var cost: Int { bytes.count + 16 * ends.count + 64 }
}
