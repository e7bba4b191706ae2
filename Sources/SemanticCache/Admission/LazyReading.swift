/// A body that is read when somebody asks, and then once.
final class LazyReading {
    private let body: [UInt8]
    private var reading: AnswerReading??

    init(_ body: [UInt8]) { self.body = body }

    /// `nil` when the body is no completion.
    func value() -> AnswerReading? {
        if let reading { return reading }
        let fresh = AnswerReading(body)
        reading = .some(fresh)
        return fresh
    }
}
