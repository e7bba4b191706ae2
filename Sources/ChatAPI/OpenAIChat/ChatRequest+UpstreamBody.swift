internal import FastJSON

extension ChatRequest {
    /// The body to send to an upstream: the client's own with as few edits as possible.
    ///
    /// Only `model`, `stream`, `logprobs`, `top_logprobs` and `stream_options` change, and only where they have to; other
    /// members of `stream_options` stay; the `qualm` object, which is for this gateway, is taken out. Every other byte and the order are kept.
    /// When nothing has to change the result is ``ChatRequest/body`` itself, uncopied.
    ///
    /// - Parameters:
    ///   - model: the upstream's name of the model.
    ///   - stream: ask for a stream. When a client's stream is asked for unstreamed, `stream_options` goes: upstreams refuse it there.
    ///   - topLogprobs: evidence to ask for, so many alternatives per token (`logprobs: true`); `nil` leaves both members as the client sent
    ///     them.
    ///   - includeUsage: make a stream end with a usage chunk; `false` leaves the client's wish. Without effect when not streaming.
    public func upstreamBody(model: String, stream: Bool, topLogprobs: Int? = nil, includeUsage: Bool = false) -> [UInt8] {
        var editor = JSONObjectEditor(index)
        var hasChanges = false
        func set(_ name: String, _ value: JSONValue) {
            editor.set(name, to: value)
            hasChanges = true
        }
        func remove(_ name: String) {
            guard index.contains(name) else { return }
            editor.remove(name)
            hasChanges = true
        }

        if model != self.model || isRepeated("model") { set("model", .string(model)) }
        if stream != isStreaming || isRepeated("stream") { set("stream", .bool(stream)) }
        if let topLogprobs {
            if !wantsLogprobs || isRepeated("logprobs") { set("logprobs", .bool(true)) }
            if topLogprobs != self.topLogprobs || isRepeated("top_logprobs") { set("top_logprobs", .int(Int64(topLogprobs))) }
        }
        if stream, includeUsage, !includesUsage || isRepeated("stream_options") {
            editor.set("stream_options", raw: streamOptionsWithUsage())
            hasChanges = true
        } else if !stream, isStreaming {
            remove("stream_options")
        }
        remove("qualm")
        return hasChanges ? editor.applied() : body
    }

    /// An upstream may read the first of two members of one name where this gateway read the last: then one is written.
    private func isRepeated(_ name: String) -> Bool {
        var count = 0
        for member in index.members where member.name == name { count += 1 }
        return count > 1
    }

    private func streamOptionsWithUsage() -> [UInt8] {
        guard let member = index["stream_options"], member.kind == .object,
            var editor = try? JSONObjectEditor(Array(body[member.value]))
        else { return Array(#"{"include_usage":true}"#.utf8) }
        editor.set("include_usage", to: .bool(true))
        return editor.applied()
    }
}
