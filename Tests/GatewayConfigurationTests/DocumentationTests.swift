import Foundation
import GatewayConfiguration
import Testing

/// The keys that the code declares, the shipped file and the page about it say the same.
@Suite struct DocumentationTests {
    private var sections: [String: [ConfigurationKey]] { Dictionary(grouping: GatewayConfiguration.keys, by: \.section) }

    @Test func theShippedFileIsTheDefaults() throws {
        let shipped = try load(repositoryFile("config.yaml"))
        #expect(shipped.warnings.isEmpty)
        #expect(shipped.configuration == (try load("").configuration))
    }

    @Test func theShippedFileWarnsOnlyOfTheMissingKey() throws {
        let warnings = try load(repositoryFile("config.yaml"), environment: [:]).warnings
        #expect(warnings.map(\.message).count == 1)
        #expect(warnings.first?.message.contains("OPENAI_API_KEY") == true)
    }

    @Test func whatIsCommentedOutInTheShippedFileIsValid() throws {
        let text = try repositoryFile("config.yaml")
        let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            return rest.hasPrefix("#") && !rest.hasPrefix("# ") && rest != "#" ? String(indent + rest.dropFirst()) : String(line)
        }
        #expect(uncommented.joined(separator: "\n") != text)
        let configuration = try load(uncommented.joined(separator: "\n")).configuration
        #expect(configuration.routing.riskModel != nil)
        #expect(configuration.routing.riskThreshold != nil)
        #expect(configuration.provider(named: "openai")?.caFile != nil)
        #expect(configuration.route(named: "careful")?.release.mode == .buffered)
    }

    @Test func theShippedFileDescribesEveryKey() throws {
        let written = try documentedKeys()
        var declared: [String: String] = [:]
        for key in GatewayConfiguration.keys {
            let facts = [key.type, key.range, key.unit, key.defaultText.map { "default \($0)" } ?? "no default"].compactMap { $0 }
            let summary = key.summary.prefix(1).uppercased() + key.summary.dropFirst()
            declared[key.path] = "\(summary). [\(facts.joined(separator: " | "))]"
        }
        #expect(written.keys.sorted() == declared.keys.sorted())
        for (path, text) in declared { #expect(written[path] == text) }
    }

    @Test func thePageHasOneRowPerKeyAndNoOther() throws {
        let page = try repositoryFile("docs/configuration.md")
        var rows: [String: [String]] = [:]
        var heading = ""
        for line in page.split(separator: "\n") {
            if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
            // Tables of keys have six columns.
            if line.hasPrefix("| `"), line.count(where: { $0 == "|" }) == 7 { rows[heading, default: []].append(String(line)) }
        }
        for (section, keys) in sections {
            let name = section.replacing(".*", with: "")
            let expected = keys.map { key in
                let fallback = key.defaultText.map { "`\($0)`" } ?? ""
                return "| `\(key.name)` | \(key.type) | \(fallback) | \(key.range ?? "") | \(key.unit ?? "") | \(key.summary) |"
            }
            #expect(rows[name] == expected)
        }
        #expect(rows.count == sections.count)
    }

    @Test func thePageShowsErrorsAsTheyAreReallyPrinted() throws {
        let page = try repositoryFile("docs/configuration.md")
        let example = try #require(page.components(separatedBy: "## What errors look like").last)
        let input = try #require(block("yaml", in: example))
        let output = try #require(block("text", in: example))
        let error = #expect(throws: InvalidConfiguration.self) { try load(input) }
        #expect(error.map { $0.rendered() + "\n" } == output)
        let variable = InvalidConfiguration(problems: problems("", environment: ["OPENAI_API_KEY": "key", "QUALM_PORT": "http"]))
        #expect(page.contains("`\(variable.problems.first?.rendered() ?? "none")`"))
    }

    @Test func thePageNamesEveryEnvironmentVariableAndBuiltInProvider() throws {
        let page = try repositoryFile("docs/configuration.md")
        for override in GatewayConfiguration.environmentOverrides {
            #expect(page.contains("`\(override.variable)` sets `\(override.key)`"))
        }
        for provider in try load("").configuration.providers { #expect(page.contains("| \(provider.name) | \(provider.baseURL) |")) }
    }

    private func block(_ language: String, in text: String) -> String? {
        text.components(separatedBy: "```\(language)\n").dropFirst().first?.components(separatedBy: "```").first
    }

    /// Per key of the shipped file, its comment; a key that is commented out (`#name:`) counts, the examples under `routes` do not.
    private func documentedKeys() throws -> [String: String] {
        var found: [String: String] = [:]
        var section = ""
        var comment = ""
        for line in try repositoryFile("config.yaml").split(separator: "\n", omittingEmptySubsequences: false) {
            let indent = line.count { $0 == " " } == line.count ? 0 : line.prefix { $0 == " " }.count
            var rest = line.dropFirst(indent)
            if rest.hasPrefix("# ") {
                comment += (comment.isEmpty ? "" : " ") + rest.dropFirst(2)
                continue
            }
            defer { comment = "" }
            if rest.hasPrefix("#") { rest = rest.dropFirst() }
            guard let colon = rest.firstIndex(of: ":"), indent == 0 || !comment.isEmpty else { continue }
            let isMap = section == "providers" || section == "prices"
            if indent == 0 {
                section = String(rest[..<colon])
            } else if section != "routes" && indent == (isMap ? 4 : 2) {
                found["\(section)\(isMap ? ".*" : "").\(rest[..<colon])"] = comment
            }
        }
        return found
    }
}
