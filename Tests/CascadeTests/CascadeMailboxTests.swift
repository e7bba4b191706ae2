import Dispatch
import Testing

@testable import Cascade

@Suite("The mailbox", .timeLimit(.minutes(1)))
struct CascadeMailboxTests {
    private func post(_ mailbox: CascadeMailbox, _ slot: CascadeMailbox.Slot, attempt: Int = 1, _ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { mailbox.received(slot, attempt: attempt, bytes: $0) }
    }

    @Test("hands bytes and the end over together when they come between waking and taking")
    func together() async {
        let mailbox = CascadeMailbox()
        mailbox.open(.draft, attempt: 1, limit: 100, attention: .everything)
        #expect(post(mailbox, .draft, "a"))
        await mailbox.wait()
        #expect(post(mailbox, .draft, "b"))
        mailbox.closed(.draft, attempt: 1, error: nil)
        var buffer: [UInt8] = []
        let news = mailbox.exchange(.draft, &buffer)
        #expect(buffer == Array("ab".utf8))
        #expect(news.isClosed)
        // One wake-up too many is harmless; the end is not told twice as news of bytes.
        await mailbox.wait()
        #expect(mailbox.exchange(.draft, &buffer).isClosed)
        #expect(buffer.isEmpty)
    }

    @Test("drops what an older attempt, or a closed one, still says")
    func attempts() async {
        let mailbox = CascadeMailbox()
        mailbox.open(.heavyweight, attempt: 1, limit: 100, attention: .everything)
        _ = post(mailbox, .heavyweight, "old")
        mailbox.open(.heavyweight, attempt: 2, limit: 100, attention: .everything)
        #expect(post(mailbox, .heavyweight, attempt: 1, "late"))
        mailbox.closed(.heavyweight, attempt: 1, error: nil)
        _ = post(mailbox, .heavyweight, attempt: 2, "new")
        var buffer: [UInt8] = []
        let news = mailbox.exchange(.heavyweight, &buffer)
        #expect(buffer == Array("new".utf8))
        #expect(!news.isClosed)
        #expect(mailbox.close(.heavyweight) == false)
        #expect(post(mailbox, .heavyweight, attempt: 2, "more"))
        #expect(mailbox.exchange(.heavyweight, &buffer).firstByteAt == nil)
        #expect(buffer.isEmpty)
    }

    @Test("tells the socket to pause at the bound, and who closes the leg that it still does")
    func bound() {
        let mailbox = CascadeMailbox()
        mailbox.open(.draft, attempt: 1, limit: 3, attention: .everything)
        #expect(post(mailbox, .draft, "ab"))
        #expect(!post(mailbox, .draft, "c"))
        var buffer: [UInt8] = []
        #expect(mailbox.exchange(.draft, &buffer).wasPaused)
        #expect(!mailbox.exchange(.draft, &buffer).wasPaused)
        #expect(!post(mailbox, .draft, "defg"))
        #expect(mailbox.close(.draft))
    }

    @Test("a quiet leg wakes nobody but with its first byte, its end, and once it is promoted")
    func attention() {
        let mailbox = CascadeMailbox()
        mailbox.open(.heavyweight, attempt: 1, limit: 100, attention: .firstByte)
        _ = post(mailbox, .heavyweight, "a")
        #expect(mailbox.takeNotice())
        _ = post(mailbox, .heavyweight, "b")
        #expect(!mailbox.takeNotice())
        mailbox.promote(.heavyweight, limit: 100)
        #expect(mailbox.takeNotice())
        _ = post(mailbox, .heavyweight, "c")
        #expect(mailbox.takeNotice())
        mailbox.closed(.heavyweight, attempt: 1, error: nil)
        #expect(mailbox.takeNotice())
    }

    @Test("a deadline wakes once, when it has passed")
    func deadline() {
        let mailbox = CascadeMailbox()
        let now = ContinuousClock.now
        mailbox.setDeadline(now + .seconds(1))
        mailbox.tick(now)
        #expect(!mailbox.takeNotice())
        mailbox.tick(now + .seconds(1))
        #expect(mailbox.takeNotice())
        mailbox.tick(now + .seconds(2))
        #expect(!mailbox.takeNotice())
    }

    @Test("loses nothing between two writers and one reader, whatever their pace")
    func race() async {
        let mailbox = CascadeMailbox()
        mailbox.open(.draft, attempt: 1, limit: .max, attention: .everything)
        mailbox.open(.heavyweight, attempt: 1, limit: .max, attention: .everything)
        let pieces = 5_000
        for slot in [CascadeMailbox.Slot.draft, .heavyweight] {
            DispatchQueue(label: "writer").async {
                for index in 0..<pieces {
                    withUnsafeBytes(of: UInt8(truncatingIfNeeded: index)) { _ = mailbox.received(slot, attempt: 1, bytes: $0) }
                }
                mailbox.closed(slot, attempt: 1, error: nil)
            }
        }
        let expected = (0..<pieces).map { UInt8(truncatingIfNeeded: $0) }
        var taken: [[UInt8]] = [[], []]
        var isClosed = [false, false]
        var buffer: [UInt8] = []
        while isClosed != [true, true] {
            await mailbox.wait()
            for slot in [CascadeMailbox.Slot.draft, .heavyweight] {
                let news = mailbox.exchange(slot, &buffer)
                taken[slot.rawValue] += buffer
                isClosed[slot.rawValue] = news.isClosed
            }
        }
        #expect(taken[0] == expected)
        #expect(taken[1] == expected)
    }
}
