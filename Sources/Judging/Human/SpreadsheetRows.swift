/// Comma-separated values as RFC 4180 has them; semicolons and tabs, which some spreadsheets write instead, are told by the first line.
enum SpreadsheetRows {
    struct Row: Sendable, Hashable {
        /// On which it begins, from 1.
        var line: Int
        var fields: [String]
    }

    /// Rows that are not empty.
    static func parse(_ text: String) throws(HumanVerdicts.Problem) -> [Row] {
        let scalars = Array(text.unicodeScalars)
        let firstLine = scalars.prefix { $0 != "\n" }
        let separator: Unicode.Scalar = [";", "\t"].first { mark in firstLine.contains(mark) && !firstLine.contains(",") } ?? ","
        var rows: [Row] = []
        var fields: [String] = []
        var field = String.UnicodeScalarView()
        var (line, rowLine) = (1, 1)
        var isQuoted = false
        var index = 0
        func endRow() {
            fields.append(String(field))
            field = String.UnicodeScalarView()
            if fields.contains(where: { !$0.isEmpty }) { rows.append(Row(line: rowLine, fields: fields)) }
            fields = []
        }
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "\n" { line += 1 }
            switch scalar {
            case "\"" where isQuoted && index + 1 < scalars.count && scalars[index + 1] == "\"":
                field.append(scalar)
                index += 1
            case "\"" where isQuoted: isQuoted = false
            case _ where isQuoted: field.append(scalar)
            case "\"" where field.isEmpty: isQuoted = true
            case separator:
                fields.append(String(field))
                field = String.UnicodeScalarView()
            case "\r": break
            case "\n":
                endRow()
                rowLine = line
            default: field.append(scalar)
            }
            index += 1
        }
        if isQuoted { throw HumanVerdicts.Problem(line: rowLine, message: "a quotation mark is not closed") }
        endRow()
        return rows
    }
}
