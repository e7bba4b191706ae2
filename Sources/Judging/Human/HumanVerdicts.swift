public import CalibrationData
internal import FastJSON

/// What people think of recorded answers, from a spreadsheet or from JSON lines.
///
/// CSV (RFC 4180) with a header that names `id` and `verdict`, and may name `answer` and `note`; other columns are passed over. JSON lines: objects
/// with the same members. `answer` is `draft` (also when it is empty) or `heavyweight`, `verdict` is `good` or `bad`, case does not matter. Lines
/// without a verdict are passed over: they have not been filled in.
public enum HumanVerdicts {
    /// What is wrong with the file, and where.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// From 1.
        public var line: Int
        public var message: String

        public var description: String { "line \(line): \(message)" }
    }

    /// - Parameter bytes: the whole file, UTF-8; JSON lines when it begins with `{`.
    public static func parse(_ bytes: [UInt8]) throws(Problem) -> [Verdict] {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("\u{FEFF}") { text.unicodeScalars.removeFirst() }
        return text.trimmed.hasPrefix("{") ? try jsonLines(text) : try table(text)
    }

    private static func jsonLines(_ text: String) throws(Problem) -> [Verdict] {
        var verdicts: [Verdict] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.trimmed.isEmpty {
            let value: JSONValue
            do {
                value = try JSONValue.parse(String(line))
            } catch {
                throw Problem(line: index + 1, message: "not a JSON object: \(error)")
            }
            guard value.object != nil else { throw Problem(line: index + 1, message: "not a JSON object") }
            let verdict = try verdict(line: index + 1) { value[$0]?.string }
            if let verdict { verdicts.append(verdict) }
        }
        return verdicts
    }

    private static func table(_ text: String) throws(Problem) -> [Verdict] {
        let rows = try SpreadsheetRows.parse(text)
        guard let header = rows.first else { return [] }
        let names = header.fields.map { $0.trimmed.lowercased() }
        guard let idColumn = names.firstIndex(of: "id"), names.contains("verdict") else {
            throw Problem(line: header.line, message: "the header must name the columns id and verdict (and may name answer and note)")
        }
        var verdicts: [Verdict] = []
        for row in rows.dropFirst() {
            guard row.fields.count <= names.count else {
                throw Problem(line: row.line, message: "\(row.fields.count) fields where the header has \(names.count)")
            }
            guard idColumn < row.fields.count else { continue }
            let verdict = try verdict(line: row.line) { name in
                names.firstIndex(of: name).flatMap { $0 < row.fields.count ? row.fields[$0] : nil }
            }
            if let verdict { verdicts.append(verdict) }
        }
        return verdicts
    }

    private static func verdict(line: Int, _ field: (String) -> String?) throws(Problem) -> Verdict? {
        let word = field("verdict").map { $0.trimmed.lowercased() } ?? ""
        if word.isEmpty { return nil }
        guard word == "good" || word == "bad" else { throw Problem(line: line, message: "the verdict must be good or bad, not '\(word)'") }
        guard let id = field("id").map({ String($0.trimmed) }), !id.isEmpty else { throw Problem(line: line, message: "the id is missing") }
        let side = field("answer").map { $0.trimmed.lowercased() } ?? ""
        guard let answer = side.isEmpty ? .draft : Verdict.Answer(rawValue: side) else {
            throw Problem(line: line, message: "the answer must be draft or heavyweight, not '\(side)'")
        }
        let note = field("note").map { String($0.trimmed) } ?? ""
        return Verdict(id: id, answer: answer, isBad: word == "bad", source: .human, note: note.isEmpty ? nil : note)
    }
}
