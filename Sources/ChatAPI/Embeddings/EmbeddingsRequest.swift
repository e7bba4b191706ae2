internal import FastJSON

/// One `POST /v1/embeddings`, valid and ready to be sent on. The body is kept byte for byte: members nobody here has heard of survive.
public struct EmbeddingsRequest: Sendable {
    /// The client's body, unchanged.
    public var body: [UInt8] { index.bytes }
    /// The name as the client wrote it. 1...``ChatRequest/maxModelNameBytes`` bytes.
    public let model: String
    /// How many vectors are asked for, 1 or more.
    public let inputCount: Int
    /// Tokens of the whole input, for the ledger when the provider does not count: the ids where ids were sent, else a quarter of the texts'
    /// bytes. 1 or more.
    public let estimatedTokens: Int
    /// The body object `qualm`. A control header wins over it: `headers.overriding(request.controls)`.
    public let controls: RoutingControls

    let index: JSONObjectIndex
}

extension EmbeddingsRequest {
    /// Reads an OpenAI embeddings request: `model` and `input`, which is a string, an array of strings, an array of token ids, or an array of
    /// arrays of token ids. A repeated member counts with its last value. Everything else is the provider's business.
    ///
    /// - Throws: ``ChatRequestError``: not JSON (with its position), no object, or a member that is missing, empty or of the wrong type.
    public static func decode(_ body: [UInt8]) throws(ChatRequestError) -> EmbeddingsRequest {
        let index: JSONObjectIndex
        do {
            index = try JSONObjectIndex(body)
        } catch {
            throw ChatRequest.refusal(of: body, error)
        }
        let json = body.span
        guard let model = index["model"] else { throw .missing("model", "a string, for example 'openai:text-embedding-3-small'") }
        guard let input = index["input"] else { throw .missing("input", "a text or an array of texts") }
        let name = try modelName(model.value, in: json)
        let size = try InputSize(input.value, in: json)
        var controls = RoutingControls()
        if let member = index["qualm"] { controls = try RoutingControls.decode(RawJSON.bytes(member.value, in: json)) }
        return EmbeddingsRequest(
            model: name, inputCount: size.count, estimatedTokens: max(1, size.ids + (size.bytes + 3) / 4), controls: controls, index: index)
    }

    /// The body to send to an upstream: the client's own, but for the model's name and the `qualm` object, which is for this gateway. When
    /// nothing has to change the result is ``body`` itself, uncopied.
    ///
    /// - Parameter model: the upstream's name of the model.
    public func upstreamBody(model: String) -> [UInt8] {
        let names = index.members.count { $0.name == "model" }
        let isRenamed = model != self.model || names > 1
        guard isRenamed || index.contains("qualm") else { return body }
        var editor = JSONObjectEditor(index)
        // An upstream may read the first of two members of one name where this gateway read the last: then one is written.
        if isRenamed { editor.set("model", to: .string(model)) }
        editor.remove("qualm")
        return editor.applied()
    }
}

/// What the input comes to. Its values are looked at only as far as their types.
private struct InputSize {
    private static let expected = "a string, an array of strings, or token ids"

    /// Vectors to make.
    var count = 0
    /// Of texts, as written in the body.
    var bytes = 0
    /// Token ids.
    var ids = 0

    init(_ value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) {
        switch json[value.lowerBound] {
        case 0x22:
            guard value.count > 2 else { throw .wrongValue("input", expected: "a text", got: "an empty string") }
            count = 1
            bytes = value.count - 2
        case 0x5B:
            try readArray(value, in: json)
            guard count > 0 else { throw .wrongValue("input", expected: "at least one text", got: "an empty array") }
        default:
            throw .wrongType("input", expected: Self.expected, got: RawJSON.kindName(value, in: json))
        }
    }

    /// All elements must be what the first is.
    private mutating func readArray(_ value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) {
        var first: UInt8?
        var position = 0
        var elements = RawJSON.Elements(arrayAt: value.lowerBound)
        while let element = Self.next(&elements, in: json) {
            let kind = Self.kind(element, in: json)
            if let first, kind != first {
                throw .wrongType("input[\(position)]", expected: Self.name(first), got: RawJSON.kindName(element, in: json))
            }
            first = kind
            switch kind {
            case 0x22: bytes += element.count - 2
            case 0x30: try readID(element, "input[\(position)]", in: json)
            case 0x5B: try readIDs(element, position, in: json)
            default:
                throw .wrongType("input[\(position)]", expected: Self.expected, got: RawJSON.kindName(element, in: json))
            }
            position += 1
        }
        // A flat array of ids is one text.
        count = first == 0x30 ? 1 : position
    }

    private mutating func readIDs(_ value: Range<Int>, _ outer: Int, in json: Span<UInt8>) throws(ChatRequestError) {
        var position = 0
        var elements = RawJSON.Elements(arrayAt: value.lowerBound)
        while let element = Self.next(&elements, in: json) {
            try readID(element, "input[\(outer)][\(position)]", in: json)
            position += 1
        }
    }

    /// - Parameter param: made only when it is needed: an array may hold a million ids.
    private mutating func readID(_ value: Range<Int>, _ param: @autoclosure () -> String, in json: Span<UInt8>) throws(ChatRequestError) {
        for at in value where !(0x30...0x39).contains(json[at]) {
            throw .wrongType(param(), expected: "a token id", got: RawJSON.kindName(value, in: json))
        }
        ids += 1
    }

    /// The document has been validated: there is nothing to be found wrong with its brackets.
    private static func next(_ elements: inout RawJSON.Elements, in json: Span<UInt8>) -> Range<Int>? {
        do throws(RawJSON.Malformed) { return try elements.next(in: json) } catch { return nil }
    }

    /// `"`, `[`, `0` for any number, or what else it begins with.
    private static func kind(_ value: Range<Int>, in json: Span<UInt8>) -> UInt8 {
        switch json[value.lowerBound] {
        case 0x2D, 0x30...0x39: 0x30
        case let byte: byte
        }
    }

    private static func name(_ kind: UInt8) -> String {
        switch kind {
        case 0x22: "a string, like the elements before it"
        case 0x30: "a token id, like the elements before it"
        default: "an array of token ids, like the elements before it"
        }
    }
}
