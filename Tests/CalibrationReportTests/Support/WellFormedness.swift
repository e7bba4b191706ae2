/// A reader of tags that knows no mercy: every element is closed in order, every attribute quoted, no stray `<` or `>` in text.
enum WellFormedness {
    /// What is wrong first; `nil` when nothing is.
    static func problem(in text: String) -> String? {
        var open: [String] = []
        var rest = Substring(text)
        while let start = rest.firstIndex(where: { $0 == "<" || $0 == ">" }) {
            if rest[start] == ">" { return "a stray > after \(rest[..<start].suffix(30))" }
            rest = rest[start...].dropFirst()
            guard let end = rest.firstIndex(of: ">") else { return "an open tag at the end" }
            let tag = rest[..<end]
            rest = rest[end...].dropFirst()
            if tag.hasPrefix("!DOCTYPE") || tag.hasPrefix("?xml") { continue }
            if tag.contains("<") { return "< inside of <\(tag.prefix(40))" }
            if tag.filter({ $0 == "\"" }).count.isMultiple(of: 2) == false { return "an open quote in <\(tag.prefix(40))" }
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
            if tag.hasPrefix("/") {
                guard open.last == name else { return "</\(name)> closes <\(open.last ?? "nothing")>" }
                open.removeLast()
            } else if !tag.hasSuffix("/") {
                open.append(name)
                // A stylesheet holds > and quotes of its own.
                if name == "style" {
                    guard let close = rest.firstRange(of: "</style>") else { return "an open <style>" }
                    rest = rest[close.lowerBound...]
                }
            }
        }
        return open.isEmpty ? nil : "open at the end: \(open.joined(separator: " "))"
    }
}
