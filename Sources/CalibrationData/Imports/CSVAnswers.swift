internal import Calibration
internal import EntropyRouting

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Single-token answers (multiple choice, classification) with their top-k probabilities and gold labels, one line each.
///
/// Columns, by the header, in any order and case; others are ignored:
/// `id`; `category`; `prompt`; `token`, the answer; `p1`...`pk` probabilities or `lp1`...`lpk` natural logarithms; `tok1`...`tokk`, their
/// tokens; `gold`, the right answer. Without `token` the answer is the most probable of `tok1`...`tokk`; without those it is taken to be
/// the most probable one, without a name.
struct CSVAnswers {
    let defaults: RecordingImport.Defaults

    /// Highest k of a column.
    private static let maxAlternatives = 100

    func read(_ bytes: [UInt8]) throws(CalibrationDataError) -> [Recording] {
        var reader = CSVReader(bytes)
        guard let header = try reader.next() else {
            throw CalibrationDataError(.malformed, line: 1, "is empty: it must begin with a header")
        }
        let columns = try Self.columns(header)
        var recordings: [Recording] = []
        var lines: [String: Int] = [:]
        while let record = try reader.next() {
            guard record.fields.count == header.fields.count else {
                throw CalibrationDataError(
                    .malformed, line: record.line,
                    "has \(record.fields.count) fields, but the header has \(header.fields.count)")
            }
            let recording = try recording(Row(record: record, columns: columns))
            if let first = lines.updateValue(record.line, forKey: recording.id) {
                throw Row(record: record, columns: columns).error("id", "'\(recording.id)' is that of line \(first), too")
            }
            recordings.append(recording)
        }
        guard !recordings.isEmpty else { throw CalibrationDataError(.malformed, line: 2, "is missing: there is nothing below the header") }
        return recordings
    }

    /// A header without the columns that are needed is that of another kind of file.
    private static func columns(_ header: CSVReader.Record) throws(CalibrationDataError) -> Columns {
        do throws(CalibrationDataError) {
            return try Columns(header)
        } catch {
            var error = error
            error.kind = .foreign
            throw error
        }
    }

    private func recording(_ row: Row) throws(CalibrationDataError) -> Recording {
        guard let id = row["id"], !id.isEmpty else { throw row.error("id", "must not be empty") }
        let (ranks, logprobs) = try row.logprobs()
        guard let best = logprobs.indices.max(by: { logprobs[$0] < logprobs[$1] }) else {
            throw row.error(row.columns.isLogarithmic ? "lp1" : "p1", "must be a number: there is none in this line")
        }
        let names = ranks.map { row["tok\($0)"] }
        let answer = row["token"].flatMap { $0.isEmpty ? nil : $0 } ?? names[best] ?? ""
        // Which of the listed tokens was the answer: by name where there are names, else the most probable.
        let hasNames = names.contains { $0 != nil }
        let sampled =
            hasNames ? names.firstIndex { $0 == answer } ?? names.firstIndex { $0.map(Self.trimmed) == Self.trimmed(answer) } : best
        let gold = row["gold"].map(Self.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        if gold != nil, answer.isEmpty {
            throw row.error("gold", "cannot be compared: there is neither a 'token' nor a 'tok1' to say what was answered")
        }
        let token = RecordedToken(
            ms: 0, bytes: Array(answer.utf8), logprob: sampled.map { logprobs[$0] } ?? .nan, top: logprobs, isListed: sampled != nil)
        return defaults.recording(
            id: id, category: row["category"].flatMap { $0.isEmpty ? nil : $0 }, prompt: row["prompt"], recordedAt: nil,
            topLogprobs: row.columns.count,
            draft: RecordedAnswer(
                provider: defaults.provider, model: defaults.model ?? "imported", text: answer, finish: .stop,
                facts: AnswerFacts(outputTokens: 1), tokens: [token]),
            isBad: gold.map { $0 != Self.trimmed(answer) })
    }

    /// Without white space at both ends: tokens of most vocabularies begin with one.
    private static func trimmed(_ text: String) -> String {
        let front = text.drop(while: \.isWhitespace)
        return String(front.reversed().drop(while: \.isWhitespace).reversed())
    }

    // MARK: The header

    private struct Columns {
        private let positions: [String: Int]
        /// `lp1`... and not `p1`...
        let isLogarithmic: Bool
        /// k.
        let count: Int

        init(_ header: CSVReader.Record) throws(CalibrationDataError) {
            var positions: [String: Int] = [:]
            for (index, field) in header.fields.enumerated() {
                let name = CSVAnswers.trimmed(field.text).lowercased()
                if positions.updateValue(index, forKey: name) != nil, !name.isEmpty {
                    throw CalibrationDataError(.malformed, line: header.line, column: field.column, member: name, "is there twice")
                }
            }
            func missing(_ name: String, _ message: String) -> CalibrationDataError {
                CalibrationDataError(.malformed, line: header.line, member: name, message)
            }
            guard positions["id"] != nil else { throw missing("id", "is missing: the header must name a column 'id'") }
            guard positions["p1"] != nil || positions["lp1"] != nil else {
                throw missing(
                    "p1", "is missing: the header must name 'p1', 'p2', ... (probabilities) or 'lp1', 'lp2', ... (natural logarithms)")
            }
            guard positions["p1"] == nil || positions["lp1"] == nil else {
                throw missing("lp1", "is there beside 'p1': only one of them can be read")
            }
            isLogarithmic = positions["lp1"] != nil
            let prefix = isLogarithmic ? "lp" : "p"
            count = (1...CSVAnswers.maxAlternatives).prefix { positions["\(prefix)\($0)"] != nil }.count
            self.positions = positions
        }

        subscript(name: String) -> Int? { positions[name] }
    }

    // MARK: A line

    private struct Row {
        let record: CSVReader.Record
        let columns: Columns

        /// `nil` when there is no such column.
        subscript(name: String) -> String? { columns[name].map { record.fields[$0].text } }

        func error(_ name: String, _ message: String) -> CalibrationDataError {
            CalibrationDataError(
                .malformed, line: record.line, column: columns[name].map { record.fields[$0].column }, member: name, message)
        }

        /// The natural logarithms with their ranks from 1. An empty field has none; neither has a probability of 0.
        func logprobs() throws(CalibrationDataError) -> (ranks: [Int], values: [Double]) {
            var ranks: [Int] = []
            var values: [Double] = []
            var mass = 0.0
            for rank in 1...columns.count {
                let name = columns.isLogarithmic ? "lp\(rank)" : "p\(rank)"
                guard let text = self[name].map(CSVAnswers.trimmed), !text.isEmpty else { continue }
                guard let number = Double(text), number.isFinite else { throw error(name, "must be a number, not '\(text)'") }
                if columns.isLogarithmic {
                    guard number <= 1e-6 else { throw error(name, "must be 0 or less (a natural logarithm), not \(text)") }
                    values.append(number)
                    mass += exp(number)
                } else {
                    guard (0...1.000_001).contains(number) else { throw error(name, "must be a probability from 0 to 1, not \(text)") }
                    mass += number
                    guard number > 0 else { continue }
                    values.append(log(number))
                }
                ranks.append(rank)
            }
            guard mass <= 1.01 else {
                throw error(
                    columns.isLogarithmic ? "lp1" : "p1", "and those that follow sum up to a probability of \(mass), which is more than 1")
            }
            return (ranks, values)
        }
    }
}
