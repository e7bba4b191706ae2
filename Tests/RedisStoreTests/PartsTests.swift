import Cascade
import GatewayTesting
import Testing

@testable import RedisStore

@Suite struct PartsTests {
    @Test(arguments: 0..<20)
    func aFIFOIsAnArrayThatLosesItsFirst(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var fifo = FIFO<Int>()
        var reference: [Int] = []
        for step in 0..<6_000 {
            switch UInt8.random(in: 0...255, using: &random) {
            case 0:
                fifo.filter { $0 % 3 != 0 }
                reference.removeAll { $0 % 3 == 0 }
            case 1...(step < 4_000 ? 110 : 200):
                #expect(fifo.popFirst() == (reference.isEmpty ? nil : reference.removeFirst()))
            default:
                fifo.append(step)
                reference.append(step)
            }
            if step % 7 == 0, !reference.isEmpty {
                fifo.first = -step
                reference[0] = -step
            }
            #expect(fifo.count == reference.count && fifo.isEmpty == reference.isEmpty && fifo.first == reference.first)
        }
        var rest: [Int] = []
        fifo.removeAll { rest.append($0) }
        #expect(rest == reference && fifo.isEmpty)
    }

    @Test func pausesDoubleUpToTheirLimitAndAreSpreadOverAllOfIt() {
        var random = SeededGenerator(seed: 1)
        var limits: [Duration] = []
        var backoff = Backoff(from: .milliseconds(50), to: .seconds(5))
        for _ in 0..<9 {
            limits.append(backoff.limit)
            let pause = backoff.pause(using: &random)
            #expect(pause >= .zero && pause <= limits[limits.count - 1])
        }
        #expect(limits == [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000].map { .milliseconds($0) })
        backoff.succeeded()
        #expect(backoff.limit == .milliseconds(50))
        for _ in 0..<100 { _ = backoff.pause(using: &random) }
        let pauses = (0..<1000).map { _ in backoff.pause(using: &random) }
        #expect(pauses.contains { $0 < .milliseconds(500) } && pauses.contains { $0 > .milliseconds(4500) })
    }

    @Test(arguments: [
        ("WRONGTYPE Operation against a key holding the wrong kind of value", StoreError.Kind.rejected),
        ("OOM command not allowed", .rejected),
        ("READONLY You can't write against a read only replica.", .rejected),
        ("MISCONF Redis is configured to save RDB snapshots", .rejected),
        ("ERR unknown command", .rejected), ("EXECABORT", .rejected), ("MOVED 3999 127.0.0.1:6381", .rejected),
        ("NOAUTH Authentication required.", .unauthorized), ("NOPERM this user has no permissions", .unauthorized),
        ("WRONGPASS invalid username-password pair", .unauthorized), ("LOADING Redis is loading the dataset in memory", .overloaded),
        ("BUSY Redis is busy running a script.", .overloaded), ("MASTERDOWN Link with MASTER is down", .unavailable), ("", .rejected),
    ])
    func aRefusalHasItsKind(_ message: String, _ kind: StoreError.Kind) {
        let error = StoreError.refusal(message, of: "GET")
        #expect(error.kind == kind && error.store == .redis && error.detail.hasPrefix("GET was refused"))
    }

    @Test func aRefusalThatQuotesArgumentsIsCut() {
        let error = StoreError.refusal("ERR unknown command 'GET', with args beginning with: 'qualm:e:SECRET'", of: "GET")
        #expect(!error.detail.contains("SECRET"))
        #expect(!StoreError.refusal("ERR no such key `SECRET`", of: "GET").detail.contains("SECRET"))
    }

    @Test(arguments: [
        ("qualm:e:", "qualm:e:*"), ("", "*"), ("a*b?c[d]e\\f", "a\\*b\\?c\\[d\\]e\\\\f*"), ("ключ-^", "ключ-^*"),
    ])
    func aPrefixIsMatchedLiterally(_ prefix: String, _ pattern: String) {
        #expect(String(decoding: GlobPattern.beginning(with: prefix), as: UTF8.self) == pattern)
    }

    @Test func aReplyOfAnotherTypeIsMalformed() {
        let replies: [RedisReply] = [.string([1]), .status("OK"), .integer(1), .null, .array([])]
        for reply in replies {
            var accepted: [String] = []
            func attempt(_ name: String, _ decode: () throws -> Void) {
                do {
                    try decode()
                    accepted.append(name)
                } catch {
                    #expect((error as? StoreError)?.kind == .malformed)
                }
            }
            attempt("optional bytes") { _ = try reply.optionalBytes("X") }
            attempt("bytes") { _ = try reply.bytes("X") }
            attempt("integer") { _ = try reply.integer("X") }
            attempt("array") { _ = try reply.array("X") }
            attempt("okay") { try reply.okay("X") }
            #expect(accepted.count == (reply == .string([1]) ? 2 : 1), "\(reply): \(accepted)")
        }
        #expect(throws: StoreError(.redis, .malformed, "MGET was answered with 0 elements instead of 2")) {
            _ = try RedisReply.array([]).array("MGET", count: 2)
        }
    }

    @Test func timersAreRoundedUpAndClamped() {
        let now = ContinuousClock.now
        #expect(RedisLoop.milliseconds(from: now, to: now - .seconds(1)) == 0)
        #expect(RedisLoop.milliseconds(from: now, to: now + .microseconds(10)) == 1)
        #expect(RedisLoop.milliseconds(from: now, to: now + .microseconds(2500)) == 3)
        #expect(RedisLoop.milliseconds(from: now, to: now + .seconds(1 << 40)) == 1_000_000_000)
    }
}
