internal import FastJSON

/// A file of verdicts: JSON lines `{"id","answer","bad","source","score","judge","note","cost_usd"}`, the last four only where they are
/// known.
public enum VerdictFile {
    /// Every verdict of the file, in its order.
    ///
    /// - Throws: ``CalibrationDataError`` with file, line and member.
    public static func read(path: String) throws(CalibrationDataError) -> [Verdict] {
        var verdicts: [Verdict] = []
        try JSONLines.forEach(path: path, writtenBy: "qualm judge") { line throws(CalibrationDataError) in
            verdicts.append(try decode(line))
        }
        return verdicts
    }

    /// Every verdict of the files, in their order.
    public static func read(paths: [String]) throws(CalibrationDataError) -> [Verdict] {
        var verdicts: [Verdict] = []
        for path in paths { verdicts += try read(path: path) }
        return verdicts
    }

    /// Appends one line, with its newline.
    public static func appendLine(_ verdict: Verdict, to bytes: inout [UInt8]) {
        var writer = JSONWriter(appendingTo: bytes)
        bytes = []
        writer.object { writer in
            writer.member("id", string: verdict.id)
            writer.member("answer", string: verdict.answer.rawValue)
            writer.name("bad")
            writer.bool(verdict.isBad)
            writer.member("source", string: verdict.source.rawValue)
            if let score = verdict.score { writer.member("score", double: score) }
            if let judge = verdict.judge { writer.member("judge", string: judge) }
            if let note = verdict.note { writer.member("note", string: note) }
            if let costUSD = verdict.costUSD { writer.member("cost_usd", double: costUSD) }
        }
        bytes = writer.bytes
        bytes.append(0x0A)
    }

    /// Reads one line. Members that it does not know are ignored; `answer` is the draft unless it says otherwise.
    ///
    /// - Throws: ``CalibrationDataError`` naming the member, without file and line.
    public static func decode(_ line: [UInt8]) throws(CalibrationDataError) -> Verdict {
        let fields = try JSONFields(line: line)
        return Verdict(
            id: try fields.string("id"),
            answer: fields["answer"] == nil ? .draft : try fields.word("answer", of: Verdict.Answer.self), isBad: try fields.bool("bad"),
            source: try fields.word("source", of: Verdict.Source.self), score: try fields.optionalDouble("score"),
            judge: try fields.optionalString("judge"), note: try fields.optionalString("note"),
            costUSD: try fields.optionalDouble("cost_usd"))
    }
}
