import Cascade
import GatewayTesting
import Synchronization
import Testing

@testable import SemanticCache

@Suite("Circuit breaker")
struct BreakerTests {
    private static let start = ContinuousClock.now

    enum Step: Sendable {
        /// Asks for a permit at that second; whether it must be given.
        case ask(Double, Bool)
        /// Reports on the permit with that number, in the order in which they were given.
        case succeed(Int)
        case fail(Int, at: Double)
        case abandon(Int, at: Double)
        case isOpen(Bool)
    }

    struct Course: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [Step]
        init(_ testDescription: String, _ steps: [Step]) {
            self.testDescription = testDescription
            self.steps = steps
        }
    }

    /// Three failures at second 0: open until second 5.
    private static let opened: [Step] = (0..<3).flatMap { [Step.ask(0, true), .fail($0, at: 0)] } + [.isOpen(true)]

    /// With three failures and 5 s; at most 60 s.
    static let courses = [
        Course("closed at first", [.isOpen(false), .ask(0, true)]),
        Course("opens at the third failure in a row", Array(opened.dropLast(3)) + [.isOpen(false)] + opened.suffix(3)),
        Course(
            "a success between starts the count again",
            [
                .ask(0, true), .fail(0, at: 0), .fail(0, at: 0), .succeed(0), .fail(0, at: 0), .fail(0, at: 0), .isOpen(false),
                .fail(0, at: 0),
            ]
                + [.isOpen(true)]),
        Course("open, nothing is let through before its time", opened + [.ask(0, false), .ask(4.999, false), .ask(5, true)]),
        Course("one probe only", opened + [.ask(5, true), .ask(5, false), .ask(9, false), .isOpen(true)]),
        Course("the probe's success closes", opened + [.ask(5, true), .succeed(3), .isOpen(false), .ask(5, true), .ask(5, true)]),
        Course(
            "after closing, it takes three failures again",
            opened + [
                .ask(5, true), .succeed(3), .ask(6, true), .fail(4, at: 6), .fail(4, at: 6), .isOpen(false), .fail(4, at: 6), .isOpen(true),
            ]
                // And 5 s again.
                + [.ask(10.9, false), .ask(11, true)]),
        Course(
            "the probe's failure opens for twice as long", opened + [.ask(5, true), .fail(3, at: 6), .ask(15.9, false), .ask(16, true)]),
        Course(
            "the time grows to 60 s and no further",
            opened + [.ask(5, true), .fail(3, at: 5), .ask(15, true), .fail(4, at: 15), .ask(35, true), .fail(5, at: 35)]
                + [.ask(74, false), .ask(75, true), .fail(6, at: 75), .ask(134, false), .ask(135, true), .fail(7, at: 135)]
                + [.ask(194, false), .ask(195, true)]),
        Course("a probe that is never heard of is given up", opened + [.ask(5, true), .ask(9.9, false), .ask(10, true), .ask(10, false)]),
        Course(
            "a probe that was given up says nothing any more",
            opened + [.ask(5, true), .ask(10, true), .succeed(3), .isOpen(true), .fail(3, at: 10), .ask(14.9, false), .succeed(4)]
                + [.isOpen(false)]),
        Course(
            "an abandoned probe makes room at once",
            opened + [.ask(5, true), .abandon(3, at: 6), .isOpen(true), .ask(6, true), .ask(6, false)]),
        Course("abandoning says nothing of a closed breaker", [.ask(0, true), .abandon(0, at: 0), .isOpen(false)]),
        Course(
            "calls from before it opened do not change it",
            [.ask(0, true)] + (1..<4).flatMap { [Step.ask(0, true), .fail($0, at: 0)] }
                + [
                    .succeed(0), .isOpen(true), .ask(5, true), .succeed(0), .isOpen(true), .fail(0, at: 5), .abandon(0, at: 5),
                    .ask(5, false),
                ]
                + [.succeed(4), .isOpen(false), .fail(0, at: 6), .fail(0, at: 6), .fail(0, at: 6), .isOpen(false)]),
    ]

    @Test("takes its course", arguments: courses)
    func transitions(course: Course) throws {
        var breaker = CircuitBreaker(failures: 3, openFor: .seconds(5))
        var permits: [CircuitBreaker.Permit] = []
        for (number, step) in course.steps.enumerated() {
            switch step {
            case .ask(let second, let isGiven):
                let permit = breaker.permit(at: Self.start + .seconds(second))
                #expect((permit != nil) == isGiven, "step \(number)")
                if let permit { permits.append(permit) }
            case .succeed(let index): breaker.succeeded(permits[index])
            case .fail(let index, let second): breaker.failed(permits[index], at: Self.start + .seconds(second))
            case .abandon(let index, let second): breaker.abandoned(permits[index], at: Self.start + .seconds(second))
            case .isOpen(let isOpen): #expect(breaker.isOpen == isOpen, "step \(number)")
            }
        }
    }

    @Test("Bounds that make no sense become the nearest that do")
    func bounds() {
        let breaker = CircuitBreaker(failures: 0, openFor: .seconds(-1), maxOpenFor: .zero)
        #expect(breaker.failures == 1 && breaker.openFor == .milliseconds(1) && breaker.maxOpenFor == .milliseconds(1))
    }

    // MARK: Against a naive reference

    /// The breaker's rules over everything that ever happened, read anew each time.
    private struct Naive {
        enum Event {
            case closed
            case opened(at: Double)
            case probe(call: Int, at: Double)
            case abandoned(at: Double)
            case failure(call: Int)
            case success
        }

        var events: [Event] = [.closed]
        /// What had been decided when each call was let through.
        var calls: [Int] = []

        private func isDecision(_ event: Event) -> Bool {
            switch event {
            case .closed, .opened, .probe, .abandoned: true
            case .failure, .success: false
            }
        }

        private var lastDecision: Int { events.lastIndex(where: isDecision) ?? 0 }

        /// Openings since it was last closed.
        private var openings: Int {
            let since = events.lastIndex { if case .closed = $0 { true } else { false } } ?? 0
            return events[since...].count { if case .opened = $0 { true } else { false } }
        }

        var isOpen: Bool { if case .closed = events[lastDecision] { false } else { true } }

        mutating func ask(at now: Double) -> Bool {
            let next: Double? =
                switch events[lastDecision] {
                case .opened(let at): at + min(60, 5 * Double(1 << min(openings - 1, 10)))
                case .probe(_, let at): at + 5
                case .abandoned(let at): at
                case .closed, .failure, .success: nil
                }
            if let next {
                guard now >= next else { return false }
                events.append(.probe(call: calls.count, at: now))
            }
            calls.append(lastDecision)
            return true
        }

        mutating func report(_ call: Int, succeeded: Bool?, at now: Double) {
            guard calls[call] == lastDecision else { return }
            let isProbe = if case .probe = events[lastDecision] { true } else { false }
            switch succeeded {
            case nil: if isProbe { events.append(.abandoned(at: now)) }
            case true: events.append(isProbe ? .closed : .success)
            case false:
                events.append(.failure(call: call))
                let row = events.reversed().prefix { if case .failure = $0 { true } else { false } }.count
                if isProbe || row >= 3 { events.append(.opened(at: now)) }
            }
        }
    }

    @Test("Any sequence of calls and reports is judged as by its whole history", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func equalsNaive(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var breaker = CircuitBreaker(failures: 3, openFor: .seconds(5))
        var naive = Naive()
        var permits: [CircuitBreaker.Permit] = []
        var now = 0.0
        var openings = 0
        for _ in 0..<1_500 {
            now += Double(generator.next() % 40) / 10
            let wasOpen = breaker.isOpen
            if permits.isEmpty || generator.next() % 2 == 0 {
                let permit = breaker.permit(at: Self.start + .seconds(now))
                #expect((permit != nil) == naive.ask(at: now))
                if let permit { permits.append(permit) }
            } else {
                // Mostly the newest call; now and then an old one, or one that has reported already.
                let back = generator.next() % 4 == 0 ? Int(generator.next() % 10) : 0
                let call = max(0, permits.count - 1 - back)
                let outcome: Bool? = [true, false, false, false, nil][Int(generator.next() % 5)]
                naive.report(call, succeeded: outcome, at: now)
                switch outcome {
                case true?: breaker.succeeded(permits[call])
                case false?: breaker.failed(permits[call], at: Self.start + .seconds(now))
                case nil: breaker.abandoned(permits[call], at: Self.start + .seconds(now))
                }
            }
            #expect(breaker.isOpen == naive.isOpen)
            if breaker.isOpen, !wasOpen { openings += 1 }
        }
        #expect(openings > 3)
    }

    // MARK: Shared

    @Test("Of many callers at once one probes; openings and closings are told once each")
    func sharedBreaker() async {
        let clock = StoresClock()
        let changes = Mutex<[Bool]>([])
        let breaker = StoreBreaker(
            store: .redis, failures: 3, openFor: .seconds(5), now: clock.now, onChange: { isOpen in changes.withLock { $0.append(isOpen) } }
        )
        for _ in 0..<3 {
            if let permit = breaker.permit() { breaker.failed(permit) }
        }
        #expect(breaker.isOpen)
        #expect(breaker.permit() == nil)
        clock.advance(.seconds(5))
        let permits = await withTaskGroup(of: CircuitBreaker.Permit?.self) { group in
            for _ in 0..<200 { group.addTask { breaker.permit() } }
            return await group.reduce(into: [CircuitBreaker.Permit]()) { permits, permit in if let permit { permits.append(permit) } }
        }
        #expect(permits.count == 1)
        for permit in permits {
            breaker.abandoned(permit)
            breaker.succeeded(permit)
        }
        #expect(breaker.isOpen)
        if let permit = breaker.permit() { breaker.succeeded(permit) }
        #expect(!breaker.isOpen)
        #expect(changes.withLock { $0 } == [true, false])
    }
}
