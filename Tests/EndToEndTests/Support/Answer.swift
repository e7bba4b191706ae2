import FastJSON
import Testing

/// A whole response. Making one looks for the provider's key in it: no test needs to remember to.
struct Answer {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// The end of the body was seen.
    var isComplete: Bool

    init(_ reader: ResponseReader) {
        status = reader.status
        headers = reader.headers
        body = reader.body
        isComplete = reader.isComplete
        #expect(!text.contains(GatewayConfig.providerKey))
        #expect(!headers.contains { $0.value.contains(GatewayConfig.providerKey) })
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    func json() throws -> JSONValue {
        do {
            return try JSONValue.parse(body)
        } catch {
            throw Failure(description: "\(status) \(text.prefix(400)): \(error)")
        }
    }

    /// `error.code` of an error body whose four members are all there.
    func errorCode() throws -> String? {
        let error = try #require(try json()["error"]?.object, "\(text)")
        #expect(error.map(\.name) == ["message", "type", "param", "code"])
        return try json()["error"]?["code"]?.string
    }

    func errorMessage() throws -> String { try #require(try json()["error"]?["message"]?.string, "\(text)") }

    /// The answer's text in a chat completion.
    func content() throws -> String? { try message()?["content"]?.string }

    func message() throws -> JSONValue? { try json()["choices"]?.array?.first?["message"] }

    func transcript() throws -> StreamTranscript { try StreamTranscript(body) }
}

extension JSONValue {
    /// `value["a", "b"]`: a member of a member.
    subscript(path: String...) -> JSONValue? {
        var value: JSONValue? = self
        for name in path { value = value?[name] }
        return value
    }
}
