internal import CHiredis
internal import Cascade

/// A reply of RESP2.
enum RedisReply: Sendable, Equatable {
    case string([UInt8])
    /// "OK", "PONG".
    case status(String)
    case integer(Int)
    case null
    case array([RedisReply])
    /// "WRONGTYPE Operation against ...".
    case error(String)

    /// `nil` for what RESP2 does not have.
    init?(_ reply: UnsafePointer<redisReply>) {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING: self = .string(unsafe Self.bytes(reply))
        case REDIS_REPLY_STATUS: self = .status(unsafe String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(unsafe String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(unsafe Int(reply.pointee.integer))
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_ARRAY:
            var elements: [RedisReply] = []
            let count = unsafe reply.pointee.elements
            elements.reserveCapacity(count)
            for index in 0..<count {
                guard let element = unsafe reply.pointee.element?[index], let each = unsafe RedisReply(element) else { return nil }
                elements.append(each)
            }
            self = .array(elements)
        default: return nil
        }
    }

    private static func bytes(_ reply: UnsafePointer<redisReply>) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.str == nil ? 0 : reply.pointee.len))
    }

    /// For messages: what came, never its content.
    var kind: String {
        switch self {
        case .string: "a string"
        case .status: "a status"
        case .integer: "an integer"
        case .null: "nil"
        case .array: "an array"
        case .error: "an error"
        }
    }
}

// MARK: What a command expects

extension RedisReply {
    /// The server's refusals become errors.
    func checked(_ command: StaticString) throws(StoreError) -> RedisReply {
        guard case .error(let message) = self else { return self }
        throw .refusal(message, of: command)
    }

    /// A string, or `nil`.
    func optionalBytes(_ command: StaticString) throws(StoreError) -> [UInt8]? {
        switch try checked(command) {
        case .string(let bytes): return bytes
        case .null: return nil
        default: throw unexpected(command, "a string or nil")
        }
    }

    func bytes(_ command: StaticString) throws(StoreError) -> [UInt8] {
        guard case .string(let bytes) = try checked(command) else { throw unexpected(command, "a string") }
        return bytes
    }

    func integer(_ command: StaticString) throws(StoreError) -> Int {
        guard case .integer(let value) = try checked(command) else { throw unexpected(command, "an integer") }
        return value
    }

    func array(_ command: StaticString, count: Int? = nil) throws(StoreError) -> [RedisReply] {
        guard case .array(let elements) = try checked(command) else { throw unexpected(command, "an array") }
        if let count, elements.count != count {
            throw StoreError(.redis, .malformed, "\(command) was answered with \(elements.count) elements instead of \(count)")
        }
        return elements
    }

    func okay(_ command: StaticString) throws(StoreError) {
        guard try checked(command) == .status("OK") else { throw unexpected(command, "OK") }
    }

    func unexpected(_ command: StaticString, _ expected: String) -> StoreError {
        StoreError(.redis, .malformed, "\(command) was answered with \(kind) instead of \(expected)")
    }
}

extension StoreError {
    /// What an error reply means: its first word is a code (Redis protocol specification, "Simple errors").
    static func refusal(_ message: String, of command: StaticString) -> StoreError {
        let code = message.prefix { $0 != " " && $0 != "\r" }
        let kind: Kind =
            switch code {
            case "NOAUTH", "NOPERM", "WRONGPASS": .unauthorized
            case "LOADING", "BUSY", "TRYAGAIN": .overloaded
            case "MASTERDOWN", "CLUSTERDOWN": .unavailable
            default: .rejected
            }
        // "ERR unknown command 'X', with args beginning with: ..." quotes keys and values: nothing from the first quote on.
        let harmless = message.prefix(120).prefix { $0 != "'" && $0 != "`" && $0 != "\"" && $0 != "\r" && $0 != "\n" }
        let hint = code == "MOVED" || code == "ASK" ? " (a node of a cluster: give the address of a single server)" : ""
        return StoreError(.redis, kind, "\(command) was refused: \(harmless)\(hint)")
    }
}
