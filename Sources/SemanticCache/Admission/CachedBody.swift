internal import Cascade
internal import FastJSON

/// The body as it is kept: the model's own bytes, but for its usage, which says that it was paid for once already.
enum CachedBody {
    /// - Returns: `nil` when the body is not an object.
    static func marked(_ body: [UInt8], tokens: TokenCount) -> [UInt8]? {
        guard let index = try? JSONObjectIndex(body) else { return nil }
        if index.members.count(where: { $0.name == "usage" }) == 1, let usage = index.object("usage") {
            var editor = JSONObjectEditor(usage)
            editor.set("cached", to: true)
            return editor.applied()
        }
        var editor = JSONObjectEditor(index)
        editor.set("usage", to: usage(from: tokens))
        return editor.applied()
    }

    /// For a model that sent none.
    private static func usage(from tokens: TokenCount) -> JSONValue {
        var members = [
            JSONMember("prompt_tokens", .int(Int64(tokens.input))), JSONMember("completion_tokens", .int(Int64(tokens.output))),
            JSONMember("total_tokens", .int(Int64(tokens.input + tokens.output))),
        ]
        if tokens.source != .provider { members.append(JSONMember("estimated", true)) }
        members.append(JSONMember("cached", true))
        return .object(members)
    }
}
