internal import Synchronization

/// The requests that are being answered now, by entry id: an equal request waits for the answer instead of asking a model again.
///
/// A flight ends with its leader. An answer that was admitted stays until it is in the store, so that there is no moment in which an equal
/// request finds neither. Bounds: as many flights as requests in flight and writes in the queue; so many followers each as stated.
final class FlightTable: Sendable {
    /// What a request is in its flight.
    enum Role: Sendable {
        /// The first. Its stamp tells the flight from later ones of the same id.
        case leads(UInt64)
        case follows(LookupSession)
        /// The answer is on its way into the store.
        case answered(StoredAnswer)
        /// Too many follow already.
        case alone
    }

    private struct Flight: Sendable {
        let stamp: UInt64
        var followers: [LookupSession] = []
        var answer: StoredAnswer?
    }

    private struct State: Sendable {
        var flights: [String: Flight] = [:]
        var lastStamp: UInt64 = 0

        mutating func begin(_ id: String) -> UInt64 {
            lastStamp += 1
            flights[id] = Flight(stamp: lastStamp)
            return lastStamp
        }
    }

    private static let maxFollowers = 1_024
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.flights.count } }

    /// - Parameter follower: makes the session of a request that has to wait; called under the lock.
    func enter(_ id: String, follower: () -> LookupSession) -> Role {
        state.withLock { state in
            guard var flight = state.flights.removeValue(forKey: id) else { return .leads(state.begin(id)) }
            defer { state.flights[id] = flight }
            if let answer = flight.answer { return .answered(answer) }
            if flight.followers.count == Self.maxFollowers { flight.followers.removeAll { $0.isResolved } }
            guard flight.followers.count < Self.maxFollowers else { return .alone }
            let session = follower()
            flight.followers.append(session)
            return .follows(session)
        }
    }

    /// For a request that waits for nobody, but can be waited for.
    /// - Returns: the stamp; `nil` when there is a flight already.
    func lead(_ id: String) -> UInt64? {
        state.withLock { $0.flights[id] == nil ? $0.begin(id) : nil }
    }

    /// The flight has its answer. It stays for those who come until ``finish(_:_:)``.
    /// - Returns: those who waited.
    func answer(_ id: String, _ stamp: UInt64, with answer: StoredAnswer) -> [LookupSession] {
        state.withLock { state in
            guard state.flights[id]?.stamp == stamp else { return [] }
            defer {
                state.flights[id]?.followers = []
                state.flights[id]?.answer = answer
            }
            return state.flights[id]?.followers ?? []
        }
    }

    /// The flight is over; a later one of the same id is left alone.
    /// - Returns: those who waited.
    func finish(_ id: String, _ stamp: UInt64) -> [LookupSession] {
        state.withLock { state in
            guard state.flights[id]?.stamp == stamp else { return [] }
            return state.flights.removeValue(forKey: id)?.followers ?? []
        }
    }

    /// Answers that are not in the store yet are not handed out any more; flights without an answer go on.
    func forgetAnswer(_ id: String) {
        state.withLock { if $0.flights[id]?.answer != nil { $0.flights[id] = nil } }
    }

    /// ``forgetAnswer(_:)`` of all.
    func forgetAnswers() {
        state.withLock { state in state.flights = state.flights.filter { $0.value.answer == nil } }
    }
}
