internal import FastJSON

/// Two prompts and whether one answer serves both.
public struct LabelledPair: Sendable, Hashable {
    /// The guard whose matter the pair is about; `nil` when its author did not say.
    public var guardName: String?
    /// What is asked.
    public var asked: String
    /// What was asked before, and answered.
    public var stored: String
    /// One answer serves both.
    public var isSame: Bool

    public init(guardName: String? = nil, asked: String, stored: String, isSame: Bool) {
        self.guardName = guardName
        self.asked = asked
        self.stored = stored
        self.isSame = isSame
    }
}

/// Why a file of labelled pairs cannot be read.
public struct PairsFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// What was wrong, and what would be right.
    public var reason: String

    public var description: String { "line \(line): \(reason)" }
}

extension LabelledPair {
    /// Reads JSON lines, one pair each: `{"guard": "numbers", "a": "...", "b": "...", "same": false}`.
    ///
    /// `guard` may be missing; other members are ignored, and so are blank lines.
    ///
    /// - Throws: ``PairsFileError`` at the first line that is not a pair, names an unknown guard, pairs a prompt with itself, or repeats a pair: a label
    ///   that counts twice would make a certificate look better founded than it is.
    public static func parse(lines: [UInt8]) throws(PairsFileError) -> [LabelledPair] {
        var pairs: [LabelledPair] = []
        var seen: [Set<String>: Int] = [:]
        for (index, line) in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
            let pair: LabelledPair
            do throws(Refusal) {
                pair = try LabelledPair(Array(line))
            } catch {
                throw PairsFileError(line: index + 1, reason: error.reason)
            }
            if let earlier = seen.updateValue(index + 1, forKey: [pair.asked, pair.stored]) {
                throw PairsFileError(line: index + 1, reason: "the pair of line \(earlier) again; each may occur once")
            }
            pairs.append(pair)
        }
        return pairs
    }

    private struct Refusal: Error { var reason: String }

    private init(_ line: [UInt8]) throws(Refusal) {
        let json: JSONValue
        do {
            json = try JSONValue.parse(line)
        } catch {
            throw Refusal(reason: "not JSON: \(error.message) at column \(error.column)")
        }
        guard json.object != nil else { throw Refusal(reason: "expected an object with 'a', 'b' and 'same'") }
        func prompt(_ name: String) throws(Refusal) -> String {
            guard let text = json[name]?.string, !text.allSatisfy(\.isWhitespace) else {
                throw Refusal(reason: "'\(name)' must be a prompt: a string that is not empty")
            }
            return text
        }
        self.init(asked: try prompt("a"), stored: try prompt("b"), isSame: false)
        guard asked != stored else { throw Refusal(reason: "'a' and 'b' are the same prompt; expected two") }
        guard let label = json["same"]?.bool else {
            throw Refusal(reason: "'same' must be true (one answer serves both) or false")
        }
        isSame = label
        switch json["guard"] {
        case nil, .null?: break
        case .string(let name)? where SimilarityGuard(rawValue: name) != nil: guardName = name
        default:
            let names = SimilarityGuard.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(reason: "'guard' must be one of \(names), or absent")
        }
    }
}
