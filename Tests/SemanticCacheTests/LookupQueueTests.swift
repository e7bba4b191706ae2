import Testing

@testable import SemanticCache

@Suite("The queue between requests and the service")
struct LookupQueueTests {
    @Test("takes nothing before it is opened, beyond its bound, and after it is closed")
    func bounds() async {
        let queue = JobQueue<Int>(limit: 3)
        #expect(!queue.offer(0))
        queue.open()
        #expect((1...5).map { queue.offer($0) } == [true, true, true, false, false])
        #expect(await queue.next() == 1)
        #expect(queue.offer(6))
        #expect(queue.close() == [2, 3, 6])
        #expect(!queue.offer(7))
        #expect(await queue.next() == nil)
        queue.open()
        #expect(!queue.offer(8))
    }

    @Test("gives every job to one taker, in order, and lets all takers go when it is closed")
    func takers() async throws {
        let queue = JobQueue<Int>(limit: 100_000)
        queue.open()
        let taken = try await withThrowingTaskGroup(of: [Int].self, returning: [Int].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var own: [Int] = []
                    while let job = await queue.next() { own.append(job) }
                    return own
                }
            }
            let isTaken = (0..<10_000).map { queue.offer($0) }
            #expect(!isTaken.contains(false))
            try await eventually("all are taken") { queue.count == 0 }
            #expect(queue.close().isEmpty)
            return try await group.reduce(into: [Int]()) { all, own in
                #expect(own == own.sorted())
                all += own
            }
        }
        #expect(taken.sorted() == Array(0..<10_000))
        #expect(queue.count == 0)
    }
}
