import Testing

@testable import RedisStore

@Suite struct RedisURLTests {
    struct Good: Sendable, CustomTestStringConvertible {
        var url: String
        var host: String
        var port: UInt16 = 6379
        var database = 0
        var usesTLS = false
        var user: String?
        var password: String?
        var testDescription: String { url }
    }

    @Test(arguments: [
        Good(url: "redis://cache", host: "cache"),
        Good(url: "redis://cache/", host: "cache"),
        Good(url: "REDIS://cache:7000", host: "cache", port: 7000),
        Good(url: "redis://127.0.0.1:6380/3", host: "127.0.0.1", port: 6380, database: 3),
        Good(url: "redis://[::1]", host: "::1"),
        Good(url: "redis://[2001:db8::7]:6380/15", host: "2001:db8::7", port: 6380, database: 15),
        Good(url: "rediss://redis-1.internal_net:65535", host: "redis-1.internal_net", port: 65535, usesTLS: true),
        Good(url: "redis://:secret@cache", host: "cache", password: "secret"),
        Good(url: "redis://app:secret@cache/1", host: "cache", database: 1, user: "app", password: "secret"),
        Good(url: "redis://app:@cache", host: "cache", user: "app", password: ""),
        // What "redis://:$PASSWORD@cache" becomes without a password.
        Good(url: "redis://:@cache", host: "cache"),
        Good(url: "redis://a%40b:p%2Fq%3A%25%20%C3%BC@cache", host: "cache", user: "a@b", password: "p/q:% ü"),
        Good(url: "redis://:p@ss:word@cache:1", host: "cache", port: 1, password: "p@ss:word"),
    ])
    func everyPartIsRead(_ good: Good) throws {
        let options = try RedisURL.parse(good.url)
        #expect(options.host == good.host)
        #expect(options.port == good.port)
        #expect(options.database == good.database)
        #expect(options.usesTLS == good.usesTLS)
        #expect(options.user == good.user)
        #expect(options.password == good.password)
    }

    @Test(arguments: [
        ("", 1, "redis://"), ("cache:6379", 1, "rediss://"), ("http://cache", 1, "redis://"), ("redis:/cache", 1, "redis://"),
        ("redis://", 9, "no host"), ("redis:///1", 9, "no host"), ("redis://:6379", 9, "no host"), ("redis://user:SECRET@", 21, "no host"),
        ("redis://SECRET@cache", 9, ":password@"), ("redis://cache:", 15, "1...65535"), ("redis://cache:0", 15, "1...65535"),
        ("redis://cache:65536", 15, "1...65535"), ("redis://cache:port", 15, "1...65535"), ("redis://cache:+1", 15, "1...65535"),
        ("redis://cache:99999999999999999999", 15, "1...65535"), ("redis://cache/one", 15, "number of a database"),
        ("redis://cache/-1", 15, "number of a database"), ("redis://cache/1/2", 15, "number of a database"),
        ("redis://cache/99999999999", 15, "number of a database"), ("redis://cache?db=1", 14, "'?'"), ("redis://cache#x", 14, "'#'"),
        ("redis://:SEC#RET@cache", 13, "%23"), ("redis://:SEC/RET@cache", 13, "%2F"), ("redis://:SEC%zzRET@cache", 13, "hexadecimal"),
        ("redis://:SECRET%2@cache", 16, "hexadecimal"), ("redis://:SECRET%ff@cache", 10, "UTF-8"),
        ("redis://:SEC RET@cache", 13, "white space"),
        ("redis://ca che", 11, "white space"), ("redis://cache\n", 14, "white space"), ("redis://[::1", 9, "']'"),
        ("redis://[cache]", 9, "[::1]"),
        ("redis://[::1]x", 14, ":port"), ("redis://::1", 9, "no host"), ("redis://2001:db8::1", 14, "[::1]"),
        ("redis://ca*che", 11, "letters"),
        // A '/' in the password, and the '@' forgotten.
        ("redis://app:SECRET", 13, "ends with '@'"),
    ])
    func aProblemIsNamedWithItsPlaceAndNeverWithThePassword(_ url: String, _ position: Int, _ hint: String) {
        let error = #expect(throws: RedisURLError.self) { _ = try RedisURL.parse(url) }
        #expect(error?.position == position)
        #expect(error?.description.contains(hint) == true, "\(error?.description ?? "")")
        for secret in ["SECRET", "SEC", "RET"] { #expect(error?.description.contains(secret) == false) }
    }

    @Test func optionsArePrintedWithoutThePassword() throws {
        let options = try RedisURL.parse("rediss://app:SECRET@[::1]:7000/2")
        #expect("\(options)" == "rediss://app:***@[::1]:7000/2")
        var dumped = ""
        dump(options, to: &dumped)
        for text in ["\(options)", String(reflecting: options), dumped] { #expect(!text.contains("SECRET")) }
        #expect("\(try RedisURL.parse("redis://cache"))" == "redis://cache:6379/0")
    }
}
