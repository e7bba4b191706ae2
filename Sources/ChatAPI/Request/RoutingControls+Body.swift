internal import FastJSON

extension RoutingControls {
    /// Reads the body object `qualm`: `strategy`, `release` (also in the header's form `holdback; n=16`), `release_tokens`, `cache`,
    /// `escalate`. `null` means absent; other members are errors, for a control that is silently ignored is worse than none.
    static func decode(_ json: [UInt8]) throws(ChatRequestError) -> RoutingControls {
        guard let value = try? JSONValue.parse(json) else {
            throw ChatRequestError("'qualm' is nested too deeply.", param: "qualm", code: "invalid_value")
        }
        if value.isNull { return RoutingControls() }
        guard let members = value.object else { throw .wrongType("qualm", expected: "an object", got: value.kindName) }
        var controls = RoutingControls()
        for member in members where !member.value.isNull {
            switch member.name {
            case "strategy": controls.strategy = try choice(member.value, "qualm.strategy")
            case "release":
                let (release, tokens) = try releaseValue(text(member.value, "qualm.release"), param: "qualm.release")
                controls.release = release
                controls.releaseTokens = tokens ?? controls.releaseTokens
            case "release_tokens": controls.releaseTokens = try count(member.value, "qualm.release_tokens")
            case "cache": controls.cache = try choice(member.value, "qualm.cache")
            case "escalate": controls.escalate = try choice(member.value, "qualm.escalate")
            default:
                throw ChatRequestError(
                    "Unknown parameter: \(ChatRequestError.quoted("qualm.\(member.name)")); expected 'strategy', 'release', 'release_tokens', "
                        + "'cache' or 'escalate'.", param: "qualm", code: "unknown_parameter")
            }
        }
        return controls
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue, _ param: String
    ) throws(ChatRequestError) -> Choice where Choice.RawValue == String {
        try choice(text(value, param), param: param)
    }

    private static func text(_ value: JSONValue, _ param: String) throws(ChatRequestError) -> String {
        guard let text = value.string else { throw .wrongType(param, expected: "a string", got: value.kindName) }
        return text
    }

    private static func count(_ value: JSONValue, _ param: String) throws(ChatRequestError) -> Int {
        guard let count = value.int else { throw .wrongType(param, expected: "an integer", got: value.kindName) }
        guard releaseTokenBounds.contains(count) else { throw .wrongValue(param, expected: "1 to 4096", got: "\(count)") }
        return count
    }
}
