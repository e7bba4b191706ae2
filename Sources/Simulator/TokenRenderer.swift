import Synchronization

/// Writes tokens with their logprobs as JSON and remembers what it wrote: a token with 20 alternatives is about 1.5 KB, and load tests
/// ask for the same ones again and again.
///
/// Bound: 4,096 tokens, as many events and 64 probability lists are remembered, about 14 MB; what comes after is written afresh each time.
final class TokenRenderer: Sendable {
    /// What decides the JSON of one token.
    private struct Key: Hashable {
        var token: Script.Token
        var top: Int
        var isInvalid: Bool
    }

    private struct Memory {
        var items: [Key: [UInt8]] = [:]
        var deltas: [Key: [UInt8]] = [:]
        var lists: [Double: [Double]] = [:]
    }

    private static let itemLimit = 4_096
    private static let listLimit = 64

    private let memory = Mutex(Memory())

    /// The element of `logprobs.content` for `token` with `top` alternatives, 0...20.
    func item(_ token: Script.Token, top: Int, isInvalid: Bool) -> [UInt8] {
        let key = Key(token: token, top: top, isInvalid: isInvalid)
        return memory.withLock { memory in
            if let item = memory.items[key] { return item }
            let item = Self.render(key, logprobs: Self.list(bits: token.bits, &memory))
            if memory.items.count < Self.itemLimit { memory.items[key] = item }
            return item
        }
    }

    /// What follows `"delta":` in an event that carries this one token, shared between all answers that say it; without `top`, its
    /// logprobs are null.
    func delta(_ token: Script.Token, top: Int?, isInvalid: Bool) -> [UInt8] {
        let key = Key(token: token, top: top ?? -1, isInvalid: isInvalid)
        if let delta = memory.withLock({ $0.deltas[key] }) { return delta }
        var json = JSONText(reserving: 128 + 80 * max(key.top, 0))
        json.raw("{\"content\":")
        json.string(token.text, escapingNonASCII: token.isEscaped)
        json.raw("},\"logprobs\":")
        if let top {
            json.raw("{\"content\":[")
            json.raw(item(token, top: top, isInvalid: isInvalid))
            json.raw("],\"refusal\":null}")
        } else {
            json.raw("null")
        }
        json.raw(",\"finish_reason\":null}")
        let delta = json.bytes
        memory.withLock { if $0.deltas.count < Self.itemLimit { $0.deltas[key] = delta } }
        return delta
    }

    private static func list(bits: Double, _ memory: inout Memory) -> [Double] {
        if let list = memory.lists[bits] { return list }
        let list = EntropyTable.logprobs(bits: bits)
        if memory.lists.count < listLimit { memory.lists[bits] = list }
        return list
    }

    private static func render(_ key: Key, logprobs: [Double]) -> [UInt8] {
        let token = key.token
        let hash = StableHash.of(token.text)
        // A sure model samples its first choice; an unsure one often a later one.
        let rank = token.bits >= 2 ? Int(hash % 4) : 0
        var names = alternatives(to: token.text, seed: hash)
        if token.isCensored { names.insert("...", at: rank) } else { names.insert(token.text, at: rank) }
        var json = JSONText(reserving: 128 + 80 * key.top)
        append(&json, token.text, token.isCensored ? -9999.0 : shown(logprobs[rank], key), isEscaped: token.isEscaped)
        json.raw(",\"top_logprobs\":[")
        for index in 0..<min(key.top, names.count) {
            if index > 0 { json.raw(",") }
            append(&json, names[index], shown(logprobs[index], key), isEscaped: token.isEscaped)
            json.raw("}")
        }
        json.raw("]}")
        return json.bytes
    }

    /// Nine decimals: far below what any reader resolves, and shorter on the wire.
    private static func shown(_ logprob: Double, _ key: Key) -> Double {
        let value = key.isInvalid ? 0.5 - logprob : logprob
        return (value * 1e9).rounded() / 1e9
    }

    private static func append(_ json: inout JSONText, _ text: String, _ logprob: Double, isEscaped: Bool) {
        json.raw("{\"token\":")
        json.string(text, escapingNonASCII: isEscaped)
        json.raw(",\"logprob\":")
        json.number(logprob)
        json.raw(",\"bytes\":[")
        for (index, byte) in text.utf8.enumerated() {
            if index > 0 { json.raw(",") }
            json.integer(Int(byte))
        }
        json.raw("]")
    }

    /// Nineteen different words, none of them `text`.
    private static func alternatives(to text: String, seed: UInt64) -> [String] {
        let start = Int(seed % UInt64(vocabulary.count))
        var names: [String] = []
        for offset in 0..<vocabulary.count where names.count < EntropyTable.listLength - 1 {
            let name = vocabulary[(start + offset) % vocabulary.count]
            if name != text { names.append(name) }
        }
        return names
    }

    private static let vocabulary = [
        " the", " a", " of", " and", " in", " to", " is", " was", " that", " for", " on", " as", " with", " by", " at", " from", " it",
        " an",
        " or", " be", " this", " which", " one", " had", " not", " are", " but", " his", " they", " her", " were", " all", " she", " there",
        " been", " their", " has", " would", " will", " more",
    ]
}
