import FastJSON
import GatewayTesting
import Testing

/// One change that makes another question of a request. `apply` is false when the request has nothing to change there.
enum RequestChange: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case tenant, tenantOrder, policy, systemPrompt, systemAdded, role, earlierText, earlierTurnAdded, earlierTurnDropped, turnsSwapped,
        toolCall
    case speakerName, temperatureClass, temperatureDropped, tokenBucket, seed, seedBeyondDoubles, stopText, stopOrder, stopAdded
    case toolAdded, toolOrder, toolSchema, toolSchemaNull, toolChoice, responseFormat, unknownValue, unknownNull, unknownAdded, lastPart,
        lastUserText

    var testDescription: String { rawValue }

    func apply(to request: inout RandomRequest, _ generator: inout SeededGenerator) -> Bool {
        switch self {
        case .tenant: request.tenant = ["Bearer kez"]
        case .tenantOrder:
            request.tenant = ["", "Bearer key"]
        case .policy: request.policy += "."
        case .lastUserText, .lastPart, .role, .speakerName: return changeLastMessage(of: &request)
        case .systemPrompt, .systemAdded, .earlierText, .earlierTurnAdded, .earlierTurnDropped, .turnsSwapped, .toolCall:
            return changeTurns(of: &request, &generator)
        case .temperatureClass:
            guard let temperature = request["temperature"]?.double else { return false }
            request.set("temperature", temperature == 0 ? 0.2 : 0)
        case .temperatureDropped:
            guard request["temperature"] != nil else { return false }
            request.set("temperature", nil)
        case .tokenBucket:
            guard let tokens = request["max_tokens"]?.int else { return false }
            request.set("max_tokens", .int(Int64(tokens * 2 + 1)))
        case .seed:
            guard let seed = request["seed"]?.int else { return false }
            request.set("seed", .int(Int64(seed ^ 1)))
        case .seedBeyondDoubles: request.set("seed", .int(request["seed"]?.int == 9_007_199_254_740_993 ? 1 : 9_007_199_254_740_993))
        default: return changeLists(of: &request)
        }
        return true
    }

    private func changeLists(of request: inout RandomRequest) -> Bool {
        let stop = request["stop"]?.array
        let tools = request["tools"]?.array
        switch self {
        case .stopText:
            guard let stop, let first = stop[0].string else { return false }
            request.set("stop", .array([.string(first + " ")] + stop.dropFirst()))
        case .stopOrder:
            guard let stop, stop.count > 1 else { return false }
            request.set("stop", .array(stop.reversed()))
        case .stopAdded: request.set("stop", .array((stop ?? []) + ["END"]))
        case .toolAdded: request.set("tools", .array((tools ?? []) + [RandomRequest.tool("show_w")]))
        case .toolOrder:
            guard let tools, tools.count > 1 else { return false }
            request.set("tools", .array(tools.reversed()))
        case .toolSchema, .toolSchemaNull:
            guard let tools, let text = tools.first.map({ String(decoding: $0.serialized(), as: UTF8.self) }) else { return false }
            // A null inside of a schema means something.
            let other =
                self == .toolSchema
                ? text.split(separator: "string").joined(separator: "number") : text.split(separator: #","default":null"#).joined()
            guard let tool = try? JSONValue.parse(other) else { return false }
            request.set("tools", .array([tool] + tools.dropFirst()))
        case .toolChoice: request.set("tool_choice", "required")
        case .responseFormat: request.set("response_format", ["type": "json_schema", "json_schema": ["name": "a", "schema": [:]]])
        case .unknownValue: request.set("x_unknown", ["a": 2])
        case .unknownNull:
            guard request["x_unknown"]?["a"] != nil else { return false }
            request.set("x_unknown", ["a": 1, "b": [1.5]])
        default: request.set("x_other", 1)
        }
        return true
    }

    private func changeLastMessage(of request: inout RandomRequest) -> Bool {
        var turns = request.messages
        guard let last = turns.last, let text = last["content"]?.string else { return false }
        switch self {
        case .lastUserText: turns[turns.count - 1] = ["role": "user", "content": .string(text + " ")]
        case .lastPart:
            turns[turns.count - 1] = [
                "role": "user", "content": [["type": "text", "text": .string(text)], ["type": "text", "text": "?"]],
            ]
        case .role: turns[turns.count - 1] = ["role": "developer", "content": .string(text)]
        default: turns[turns.count - 1] = ["role": "user", "name": "ann", "content": .string(text)]
        }
        request.messages = turns
        return true
    }

    private func changeTurns(of request: inout RandomRequest, _ generator: inout SeededGenerator) -> Bool {
        var turns = request.messages
        switch self {
        case .systemPrompt:
            guard turns[0]["role"] == "system", let text = turns[0]["content"]?.string else { return false }
            turns[0] = ["role": "system", "content": .string(text + ".")]
        case .systemAdded: turns.insert(["role": "system", "content": "Be brief."], at: 0)
        case .earlierTurnAdded: turns.insert(["role": "user", "content": "Hello."], at: turns.count - 1)
        case .earlierTurnDropped:
            guard turns.count > 1 else { return false }
            turns.remove(at: Int.random(in: 0..<turns.count - 1, using: &generator))
        case .earlierText:
            guard let index = turns.indices.dropLast().last(where: { turns[$0]["content"]?.string != nil }),
                let role = turns[index]["role"],
                role != "tool"
            else { return false }
            turns[index] = ["role": role, "content": .string((turns[index]["content"]?.string ?? "") + "\u{200B}")]
        case .turnsSwapped:
            guard turns.count > 2, turns[0]["content"] != turns[1]["content"] || turns[0]["role"] != turns[1]["role"] else { return false }
            turns.swapAt(0, 1)
        default:
            guard let index = turns.firstIndex(where: { $0["tool_calls"] != nil }) else { return false }
            let text = String(decoding: turns[index].serialized(), as: UTF8.self)
            // Arguments are text: their white space is the model's own and counts.
            guard let other = try? JSONValue.parse(text.split(separator: #"\"a\": 1"#).joined(separator: #"\"a\":1"#)) else { return false }
            turns[index] = other
        }
        request.messages = turns
        return true
    }
}
