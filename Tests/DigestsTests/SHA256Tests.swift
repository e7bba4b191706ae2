import Digests
import Testing

@Suite struct SHA256Tests {
    private func digest(_ message: [UInt8]) -> String {
        SHA256.digest(of: message.span).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// NIST's examples of FIPS 180 and the short messages of its validation suite.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func digestsOfTheStandard(_ message: String, _ expected: String) {
        #expect(digest(Array(message.utf8)) == expected)
    }

    /// FIPS 180's long example.
    @Test func aMillionLetters() {
        #expect(
            digest(Array(repeating: UInt8(ascii: "a"), count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Every length around the padding's edges, each digest the message of the next: the chain's end as Python's hashlib gives it.
    @Test func everyLengthOfTheLastBlock() {
        var chain: [UInt8] = []
        for length in 0...200 {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) } + chain
            chain = SHA256.digest(of: message.span)
        }
        #expect(
            chain.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
                == "f035bf06b292ae22f3f0e3ff26183bb8f885ca5a31c39d2c55c6537db99e556e")
    }
}
