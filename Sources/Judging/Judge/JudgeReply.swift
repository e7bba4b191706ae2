internal import FastJSON

/// The judge's scores, read strictly: what is not exactly as asked is not guessed at.
struct JudgeReply: Sendable, Hashable {
    struct Score: Sendable, Hashable {
        /// 1...5
        var score: Int
        var reason: String
    }

    /// In the order in which the answers were shown.
    var scores: [Score]

    /// What is wrong with a reply, in words that a model can act on.
    struct Problem: Error, Sendable, Hashable {
        var message: String
    }

    /// - Parameters:
    ///   - text: one JSON object; a Markdown fence around it is taken off, since some upstreams add one whatever they are told.
    ///   - count: of answers shown, 1 or 2.
    init(_ text: String, count: Int) throws(Problem) {
        let json = FencedBlock.unwrapped(text)
        guard !json.isEmpty else { throw Problem(message: "the reply is empty") }
        let value: JSONValue
        do {
            value = try JSONValue.parse(json)
        } catch {
            throw Problem(message: "the reply is not JSON: \(error)")
        }
        guard value.object != nil else { throw Problem(message: "the reply is not a JSON object") }
        var scores: [Score] = []
        for label in ["a", "b"].prefix(count) { scores.append(try Self.score(label, of: value)) }
        self.scores = scores
    }

    private static func score(_ label: String, of value: JSONValue) throws(Problem) -> Score {
        guard let entry = value[label] else { throw Problem(message: "\"\(label)\" is missing") }
        guard entry.object != nil else { throw Problem(message: "\"\(label)\" is not an object") }
        guard let score = entry["score"]?.int else { throw Problem(message: "\"\(label)\".\"score\" is not a whole number") }
        guard (1...5).contains(score) else { throw Problem(message: "\"\(label)\".\"score\" is \(score), not 1, 2, 3, 4 or 5") }
        guard let reason = entry["reason"]?.string else { throw Problem(message: "\"\(label)\".\"reason\" is not a string") }
        return Score(score: score, reason: reason)
    }
}
