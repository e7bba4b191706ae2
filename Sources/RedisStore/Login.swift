internal import Cascade

/// What is said on a new connection before anybody's commands: AUTH, SELECT, a name for `CLIENT LIST`, and a PING that shows that a Redis
/// server answers and lets this user in.
struct Login {
    private enum Step {
        case auth, select, name, ping
    }

    private(set) var commands: [RedisCommand] = []
    private var steps: [Step] = []
    private let address: String
    private let database: Int

    init(_ options: RedisConnectionOptions) {
        address = options.address
        database = options.database
        if let password = options.password {
            add(.auth, options.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
        }
        if options.database != 0 { add(.select, RedisCommand("SELECT", String(options.database))) }
        add(.name, RedisCommand("CLIENT", "SETNAME", "qualm"))
        add(.ping, RedisCommand("PING"))
        steps.reverse()
    }

    private mutating func add(_ step: Step, _ command: RedisCommand) {
        steps.append(step)
        commands.append(command)
    }

    var isOver: Bool { steps.isEmpty }

    /// The next reply. Throws when there is no working with this server as it is.
    mutating func received(_ reply: RedisReply) throws(StoreError) {
        guard let step = steps.popLast() else { return }
        switch (step, reply) {
        case (.auth, .error(let message)):
            // Servers before 6.0 say "ERR invalid password".
            throw failure(message.hasPrefix("LOADING") ? .overloaded : .unauthorized, "AUTH", message)
        case (.select, .error(let message)):
            throw failure(StoreError.refusal(message, of: "SELECT").kind, "SELECT \(database)", message)
        case (.ping, .error(let message)):
            let kind = StoreError.refusal(message, of: "PING").kind
            // A user who may not PING may still be allowed everything that counts; a server that is loading says so to every command.
            if message.hasPrefix("NOPERM") || kind == .overloaded { return }
            throw failure(kind, "PING", message)
        // Neither an old server nor a user without the right must fail for its sake.
        case (.name, .error): return
        case (.auth, .status("OK")), (.select, .status("OK")), (.name, .status("OK")), (.ping, .status("PONG")): return
        default: throw StoreError(.redis, .malformed, "\(address) does not answer like a Redis server: \(reply.kind) during login")
        }
    }

    private func failure(_ kind: StoreError.Kind, _ command: String, _ message: String) -> StoreError {
        // Only the code of an AUTH error: nothing a server may have echoed.
        let code = message.prefix { $0 != " " }
        let reason = command == "AUTH" ? "\(code): user or password is not accepted" : String(message.prefix(80))
        return StoreError(.redis, kind, "logging in to \(address): \(command) was refused: \(reason)")
    }
}
