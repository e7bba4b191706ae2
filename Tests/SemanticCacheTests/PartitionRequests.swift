import Cascade
import ChatAPI
import EntropyRouting
import FastJSON
import GatewayTesting

@testable import SemanticCache

/// Requests to the partition rules.
enum PartitionRequests {
    static func query(
        _ body: [UInt8], tenant: [String] = ["key"], policy: String = "policy", promptTokens: Int = 10, control: EscalationControl = .auto,
        directive: CacheDirective? = nil
    ) throws -> CacheQuery {
        let chat = try ChatRequest.decode(body)
        return CacheQuery(
            chat: chat, view: try chat.routingView(), tenant: tenant, policy: policy, promptTokens: promptTokens, control: control,
            directive: directive)
    }

    /// The question, with more members of the body: `"temperature": 0, `.
    static func question(_ text: String = "Capital of France?", _ members: String = "") -> String {
        #"{\#(members)"model":"auto","messages":[{"role":"user","content":"\#(text)"}]}"#
    }

    static func reading(_ body: String, rules: PartitionRules = PartitionRules()) throws -> RequestReading {
        rules.read(try query(Array(body.utf8)))
    }

    static func fingerprint(_ body: String) throws -> CacheFingerprint? { try reading(body).fingerprint }
}

extension RequestReading {
    var fingerprint: CacheFingerprint? { if case .cacheable(let fingerprint) = self { fingerprint } else { nil } }
    var bypass: CacheBypass? { if case .bypass(let reason) = self { reason } else { nil } }
}

/// Writes a tree in any of the ways that JSON allows.
struct Respelling {
    private(set) var bytes: [UInt8] = []

    static func bytes(of value: JSONValue, _ generator: inout SeededGenerator) -> [UInt8] {
        var respelling = Respelling()
        respelling.append(value, &generator)
        return respelling.bytes
    }

    private mutating func append(_ value: JSONValue, _ generator: inout SeededGenerator) {
        space(&generator)
        switch value {
        case .string(let text): string(text, &generator)
        case .int(let number):
            let spellings = ["\(number)", "\(number).0", number == 0 ? "0E-1" : "\(number)0E-1"]
            bytes.append(contentsOf: spellings[Int.random(in: 0...2, using: &generator)].utf8)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, &generator)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.shuffled(using: &generator).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                space(&generator)
                string(member.name, &generator)
                bytes.append(UInt8(ascii: ":"))
                append(member.value, &generator)
            }
            bytes.append(UInt8(ascii: "}"))
        default: bytes.append(contentsOf: value.serialized())
        }
        space(&generator)
    }

    private mutating func space(_ generator: inout SeededGenerator) {
        if Int.random(in: 0..<4, using: &generator) == 0 {
            bytes.append([0x20, 0x09, 0x0A, 0x0D].randomElement(using: &generator) ?? 0x20)
        }
    }

    private mutating func string(_ text: String, _ generator: inout SeededGenerator) {
        bytes.append(UInt8(ascii: "\""))
        // Names and words of the API are not escaped: the gateway reads those of messages as they are written.
        let isWord = text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            guard mustEscape || !isWord && Int.random(in: 0..<8, using: &generator) == 0 else {
                bytes.append(contentsOf: String(Character(scalar)).utf8)
                continue
            }
            for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
                let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
