internal import FastJSON

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Prompts to record, from files of JSON lines. Ids are unique, and no prompt is there twice.
public struct PromptSet: Sendable, Hashable {
    /// In the order of the files and of their lines.
    public let prompts: [CalibrationPrompt]

    /// By id.
    public subscript(id: String) -> CalibrationPrompt? { positions[id].map { prompts[$0] } }

    private let positions: [String: Int]

    /// Reads files, and of folders every `*.jsonl` and `*.jsonl.gz` in the order of their names.
    ///
    /// - Throws: ``CalibrationDataError`` with file, line and member: a file that cannot be read, a line that is no prompt, an id or a
    ///   prompt that was there before (case, white space and the punctuation around words do not make a prompt another), a folder without
    ///   files, files without a prompt.
    /// - Parameter problem: what is wrong with a reference that can be read but not checked, such as a pattern that cannot be compiled;
    ///   `nil` when nothing is.
    public static func load(
        paths: [String], problem: (Reference) -> String? = { _ in nil }
    ) throws(CalibrationDataError) -> PromptSet {
        var prompts: [CalibrationPrompt] = []
        var placeByID: [String: String] = [:]
        var placeByText: [String: String] = [:]
        for path in try files(paths) {
            var number = 0
            try JSONLines.forEach(path: path) { line throws(CalibrationDataError) in
                let prompt = try decode(line)
                if let problem = prompt.reference.flatMap(problem) {
                    throw CalibrationDataError(.malformed, member: "reference", "of prompt '\(prompt.id)': \(problem)")
                }
                number += 1
                let place = "\(path), prompt \(number) ('\(prompt.id)')"
                if let first = placeByID.updateValue(place, forKey: prompt.id) {
                    throw CalibrationDataError(.malformed, member: "id", "'\(prompt.id)' is taken by \(first)")
                }
                if let first = placeByText.updateValue(place, forKey: prompt.folded) {
                    throw CalibrationDataError(.malformed, member: "prompt", "is the same as that of \(first)")
                }
                prompts.append(prompt)
            }
        }
        guard !prompts.isEmpty else {
            throw CalibrationDataError(
                .malformed, path: paths.joined(separator: ", "), "holds no prompt; expected a JSON object on each line")
        }
        return PromptSet(prompts: prompts)
    }

    /// - Parameter prompts: with unique ids; of two with one id the first is found by it.
    public init(prompts: [CalibrationPrompt]) {
        self.prompts = prompts
        positions = Dictionary(prompts.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// Prompts of some categories, and at most so many of them: in turn from each category, in the order of the files.
    ///
    /// - Parameters:
    ///   - categories: empty = all.
    ///   - limit: `nil` = all.
    public func selection(categories: [String] = [], limit: Int? = nil) -> PromptSet {
        let wanted = categories.isEmpty ? prompts : prompts.filter { categories.contains($0.category) }
        guard let limit, limit < wanted.count else { return PromptSet(prompts: wanted) }
        var turns: [String: Int] = [:]
        let ranked = wanted.map { prompt in
            defer { turns[prompt.category, default: 0] += 1 }
            return (turn: turns[prompt.category, default: 0], prompt)
        }
        // Of a stable order: enumerated positions break ties.
        let order = ranked.enumerated().sorted { ($0.element.turn, $0.offset) < ($1.element.turn, $1.offset) }
        let chosen = Set(order.prefix(max(0, limit)).map(\.offset))
        return PromptSet(prompts: wanted.enumerated().filter { chosen.contains($0.offset) }.map(\.element))
    }

    /// The categories, in the order in which they first come.
    public var categories: [String] {
        var seen: Set<String> = []
        return prompts.map(\.category).filter { seen.insert($0).inserted }
    }

    /// Reads one line.
    ///
    /// - Throws: ``CalibrationDataError`` naming the member, without file and line.
    public static func decode(_ line: [UInt8]) throws(CalibrationDataError) -> CalibrationPrompt {
        let fields = try JSONFields(line: line)
        try fields.refuseOthers(than: ["id", "category", "difficulty", "prompt", "system", "reference"])
        let id = try fields.string("id")
        guard (1...128).contains(id.count) else { throw fields.error("id", "must have 1 to 128 characters, not \(id.count)") }
        let prompt = try fields.string("prompt")
        guard prompt.contains(where: { !$0.isWhitespace }) else { throw fields.error("prompt", "must not be empty") }
        let category = try fields.string("category")
        guard !category.isEmpty else { throw fields.error("category", "must not be empty") }
        return CalibrationPrompt(
            id: id, category: category, difficulty: try fields.optionalString("difficulty"), prompt: prompt,
            system: try fields.optionalString("system"), reference: try reference(fields))
    }

    private static func reference(_ fields: JSONFields) throws(CalibrationDataError) -> Reference? {
        guard let value = fields["reference"] else { return nil }
        return try Reference(json: value)
    }

    // MARK: Folders

    private static func files(_ paths: [String]) throws(CalibrationDataError) -> [String] {
        var files: [String] = []
        for path in paths {
            guard let names = names(inFolder: path) else {
                files.append(path)
                continue
            }
            let found = names.filter { $0.hasSuffix(".jsonl") || $0.hasSuffix(".jsonl.gz") }.sorted()
            guard !found.isEmpty else {
                throw CalibrationDataError(.unreadable, path: path, "holds no *.jsonl or *.jsonl.gz file")
            }
            files += found.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
        }
        return files
    }

    /// `nil` when it is no folder.
    private static func names(inFolder path: String) -> [String]? {
        guard let folder = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

extension CalibrationPrompt {
    /// What two prompts share when they ask the same in other letters: case, white space and punctuation at the borders of words folded.
    var folded: String {
        let words = "\(system ?? "")\u{0} \(prompt)".lowercased().split(whereSeparator: \.isWhitespace).map { word in
            let isBorder: (Character) -> Bool = { ".,;:!?\"'“”‘’()".contains($0) }
            let front = word.drop(while: isBorder)
            return String(front.reversed().drop(while: isBorder).reversed())
        }
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
