import ArgumentParser
import Calibration
import EntropyRouting
import FastJSON
import FoundationEssentials

/// What `qualm drift` reads. Every problem is told on standard error and thrown as the command's exit code.
enum DriftInput {
    /// Exit code 66 when the file cannot be read.
    static func read(_ path: String) throws -> [UInt8] {
        guard let file = FileManager.default.contents(atPath: path) else {
            StandardError.write("qualm: \(path): cannot be read\n")
            throw ExitCode(66)
        }
        return Array(file)
    }

    /// Exit code 65, told first.
    static func wrong(_ problem: String) -> ExitCode {
        StandardError.write("qualm: \(problem)\n")
        return ExitCode(65)
    }

    /// The audits of a file of JSON lines, in order; `nil` for lines that are feedback alone. Empty lines are skipped.
    static func eachAudit(of path: String, _ body: (_ id: String, _ outcome: AuditOutcome?) -> Void) throws {
        let bytes = try read(path)
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\t") }) else {
                continue
            }
            func wrong(_ problem: String) -> ExitCode { Self.wrong("\(path):\(index + 1): \(problem)") }
            let value: JSONValue
            do { value = try JSONValue.parse(Array(line)) } catch { throw wrong("is not JSON: \(error)") }
            guard value.object != nil else { throw wrong("is not a JSON object") }
            if value["feedback"] != nil, value["risk"] == nil {
                body("", nil)
                continue
            }
            guard let id = value["id"]?.string else { throw wrong("'id' must be a string") }
            guard let isShipped = value["shipped"]?.bool else { throw wrong("'shipped' must be true or false") }
            guard let isBad = value["bad"]?.bool else { throw wrong("'bad' must be true or false") }
            // A draft that was cut off has no final risk, and is not shipped.
            let risk = value["risk"]?.double ?? (isShipped ? .nan : 1)
            guard risk >= 0, risk <= 1 else { throw wrong("'risk' of a shipped draft must be a number in 0 to 1") }
            body(id, AuditOutcome(risk: risk, isShipped: isShipped, isBad: isBad))
        }
    }

    /// `empty` with the sums that a gateway's state file has for the model. The file's keys start with the digest of the calibration's
    /// data.
    static func grid(_ empty: EProcessGrid, of model: RiskModel?, stateFile path: String) throws -> EProcessGrid {
        let bytes = try read(path)
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch { throw wrong("\(path): is not JSON: \(error)") }
        guard value["format"]?.string == "qualm.audit-state.v1", let states = value["states"]?.object else {
            throw wrong("\(path): is not an audit state of the format \"qualm.audit-state.v1\"")
        }
        let key = "calibration \(model?.provenance.dataHash ?? "") "
        let found = states.filter { $0.name.hasPrefix(key) }
        guard found.count == 1, let fields = found[0].value.object else {
            throw wrong(
                "\(path): has \(found.count) states of the model whose data hash is '\(model?.provenance.dataHash ?? "")'; expected 1")
        }
        var grid = empty
        let sums = Dictionary(fields.compactMap { field in field.value.double.map { (field.name, $0) } }) { $0 + $1 }
        grid.adopt(EProcessGrid.State(fields: sums, levels: grid.levels))
        return grid
    }
}
