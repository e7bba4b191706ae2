import ChatAPI
import FastJSON

/// The wire format of `/v1/embeddings`: what is asked, and the vectors of the answer.
struct EmbeddingVectors: Sendable {
    /// In the order of the texts; all of one size, finite, of length 1.
    var vectors: [[Float]]
    /// What the provider counted for the whole call.
    var tokens: Int?

    /// Numbers in one vector.
    var dimensions: Int { vectors.first?.count ?? 0 }

    /// - Parameters:
    ///   - dimensions: asked for only when given: models with one size refuse the member.
    ///   - usesBase64: asks for it; otherwise nothing is said, and the reference's default is numbers.
    static func request(model: String, texts: [String], dimensions: Int?, usesBase64: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.reserveCapacity(128 + texts.reduce(0) { $0 + $1.utf8.count + 8 })
        json.object {
            $0.member("model", .string(model))
            $0.name("input")
            $0.array { for text in texts { $0.string(text) } }
            if let dimensions { $0.member("dimensions", .int(Int64(dimensions))) }
            if usesBase64 { $0.member("encoding_format", "base64") }
        }
        return json.bytes
    }

    /// Reads an answer for `count` texts: numbers or base64, in any order where every element has its `index`. Other members are ignored.
    ///
    /// - Throws: what is wrong, and never a part of the body but the provider's own error message.
    init(_ body: [UInt8], count: Int) throws(EmbeddingsError) {
        let root: JSONValue
        do {
            root = try JSONValue.parse(body)
        } catch {
            throw EmbeddingsError("the answer is not JSON: \(error)")
        }
        guard let data = root["data"]?.array else {
            guard root["error"] == nil else {
                throw EmbeddingsError("an error in the place of vectors: \(UpstreamErrorBody.parse(body, status: 200).message)")
            }
            throw EmbeddingsError("the answer has no array 'data'")
        }
        guard data.count == count else { throw EmbeddingsError("\(count) vectors were asked for, \(data.count) came") }
        vectors = Array(repeating: [], count: count)
        for (position, element) in data.enumerated() {
            let place = try Self.place(of: element, at: position, count: count)
            guard vectors[place].isEmpty else { throw EmbeddingsError("two vectors have the index \(place)") }
            guard let value = element["embedding"] else { throw EmbeddingsError("data[\(position)] has no 'embedding'") }
            guard let numbers = Self.numbers(value), !numbers.isEmpty else {
                throw EmbeddingsError("data[\(position)].embedding is neither an array of numbers nor 32-bit floats in base64")
            }
            guard let unit = Self.normalised(numbers) else {
                throw EmbeddingsError("data[\(position)].embedding has no direction: a number that is not finite, or zeros only")
            }
            vectors[place] = unit
        }
        let sizes = Set(vectors.map(\.count))
        guard sizes.count == 1 else { throw EmbeddingsError("vectors of different sizes: \(sizes.sorted())") }
        let counted = root["usage"]?["prompt_tokens"]?.int ?? root["usage"]?["total_tokens"]?.int
        tokens = counted.flatMap { EmbeddingsAnswer.believableTokens.contains($0) ? $0 : nil }
    }

    private static func place(of element: JSONValue, at position: Int, count: Int) throws(EmbeddingsError) -> Int {
        guard let index = element["index"], !index.isNull else { return position }
        guard let place = index.int, (0..<count).contains(place) else {
            throw EmbeddingsError("data[\(position)].index is not a number below \(count)")
        }
        return place
    }

    private static func numbers(_ value: JSONValue) -> [Float]? {
        switch value {
        case .string(let text): return Base64.floats(text)
        case .array(let elements):
            var numbers: [Float] = []
            numbers.reserveCapacity(elements.count)
            for element in elements {
                guard let number = element.double else { return nil }
                numbers.append(Float(number))
            }
            return numbers
        default: return nil
        }
    }

    /// Scaled to length 1. `nil` when that cannot be done.
    static func normalised(_ numbers: [Float]) -> [Float]? {
        var squares = 0.0
        for number in numbers { squares += Double(number) * Double(number) }
        // An infinity or NaN among the numbers is one in the sum; squares of floats cannot overflow or vanish in a double.
        guard squares.isFinite, squares > 0 else { return nil }
        let scale = 1 / squares.squareRoot()
        return numbers.map { Float(Double($0) * scale) }
    }
}

/// RFC 4648 section 4, as far as vectors need it.
enum Base64 {
    /// Little-endian 32-bit floats; padding may be missing. `nil` for anything else.
    static func floats(_ text: String) -> [Float]? {
        var floats: [Float] = []
        floats.reserveCapacity(text.utf8.count * 3 / 16 + 1)
        var bits: UInt32 = 0
        var bitCount = 0
        var word: UInt32 = 0
        var wordBytes = 0
        var padding = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(byte)]
            guard value < 64, padding == 0 else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            word |= (bits >> UInt32(bitCount) & 0xFF) << UInt32(8 * wordBytes)
            wordBytes += 1
            if wordBytes == 4 {
                floats.append(Float(bitPattern: word))
                word = 0
                wordBytes = 0
            }
        }
        return wordBytes == 0 && padding < 3 && bitCount < 6 ? floats : nil
    }

    /// Six bits for each character of the alphabet, 255 for the others.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}
