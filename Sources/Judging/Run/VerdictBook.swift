internal import CalibrationData

/// Verdicts by what they are about. Of equals the last counts.
struct VerdictBook: Sendable {
    private struct Key: Hashable {
        var id: String
        var answer: Verdict.Answer
        var source: Verdict.Source
    }

    private(set) var all: [Verdict] = []
    private var latest: [Key: Int] = [:]

    init(_ verdicts: [Verdict] = []) {
        for verdict in verdicts { add(verdict) }
    }

    mutating func add(_ verdict: Verdict) {
        latest[Key(id: verdict.id, answer: verdict.answer, source: verdict.source)] = all.count
        all.append(verdict)
    }

    subscript(id: String, answer: Verdict.Answer, source: Verdict.Source) -> Verdict? {
        latest[Key(id: id, answer: answer, source: source)].map { all[$0] }
    }

    /// The one that counts: a person's, then a reference's, then a judge's.
    func strongest(_ id: String, _ answer: Verdict.Answer) -> Verdict? {
        self[id, answer, .human] ?? self[id, answer, .reference] ?? self[id, answer, .judge]
    }

    /// The last verdict of each source on each answer.
    var current: [Verdict] { latest.values.sorted().map { all[$0] } }
}
