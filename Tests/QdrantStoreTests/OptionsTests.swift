import QdrantStore
import Testing

@Suite("Options")
struct OptionsTests {
    @Test(
        "A base URL is taken without the slashes at its end, and with its prefix",
        arguments: [
            ("http://127.0.0.1:6333", "http://127.0.0.1:6333"), ("http://127.0.0.1:6333/", "http://127.0.0.1:6333"),
            ("https://q.example.com/a/b//", "https://q.example.com/a/b"), ("HTTPS://q", "HTTPS://q"),
            ("http://[::1]:6333/", "http://[::1]:6333"),
            ("http://[::1]", "http://[::1]"),
        ])
    func baseURL(given: String, expected: String) throws {
        #expect(try QdrantOptions(baseURL: given, collection: "c").baseURL == expected)
    }

    @Test(
        "A base URL that cannot be right is refused with an example of what would be",
        arguments: [
            "", "localhost:6333", "qdrant", "ftp://h", "http://", "http:///x", "http://h:0", "http://h:65536", "http://h:x", "http://h:",
            "http://:6333", "http://user:secret@h", "http://h?api-key=secret", "http://h#secret", "http://h /x", "http://h\r\nx: y",
            "http://hé",
        ])
    func wrongBaseURL(given: String) {
        let problem = #expect(throws: QdrantOptions.Problem.self) { try QdrantOptions(baseURL: given, collection: "c") }
        #expect(problem?.option == "base URL")
        #expect(problem?.message.contains("http://127.0.0.1:6333") == true)
        #expect(problem?.description.contains("secret") == false)
    }

    @Test("A collection's name needs no escaping", arguments: ["c", "qualm_cache-1.5", String(repeating: "x", count: 255)])
    func collection(name: String) throws {
        #expect(try QdrantOptions(baseURL: "http://h", collection: name).collection == name)
    }

    @Test("Any other name is refused", arguments: ["", ".", "..", "a/b", "a b", "ä", "a?b", "a%2f", String(repeating: "x", count: 256)])
    func wrongCollection(name: String) {
        #expect(throws: QdrantOptions.Problem.self) { try QdrantOptions(baseURL: "http://h", collection: name) }
    }

    @Test(
        "A key that no header can carry is refused, and not repeated", arguments: ["secret key", "secret\r\nx: y", "secré", "secret\u{7f}"])
    func wrongKey(key: String) {
        let problem = #expect(throws: QdrantOptions.Problem.self) { try QdrantOptions(baseURL: "http://h", apiKey: key, collection: "c") }
        #expect(problem?.description.contains("secr") == false)
    }

    @Test("A connect timeout is above zero", arguments: [Duration.zero, .seconds(-1)])
    func wrongTimeout(timeout: Duration) {
        #expect(throws: QdrantOptions.Problem.self) { try QdrantOptions(baseURL: "http://h", collection: "c", connectTimeout: timeout) }
    }

    @Test("The key is in no description, mirror or dump")
    func redaction() throws {
        let options = try QdrantOptions(baseURL: "http://h", apiKey: "topsecret", collection: "c")
        var dumped = ""
        dump(options, to: &dumped)
        for text in ["\(options)", String(reflecting: options), dumped, "\([options])", String(describing: Mirror(reflecting: options))] {
            #expect(!text.contains("topsecret"))
        }
        #expect("\(options)".contains("[redacted]"))
    }
}
