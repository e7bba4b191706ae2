import Foundation

/// Recorded completions kept beside the package, not in it.
enum Recordings {
    /// Name and body of every recorded `chat.completion`; empty when the recordings are not there or `gzip` is not.
    static func chatCompletions() -> [(name: String, body: [UInt8])] {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["QUALM_SHARED"].map { URL(fileURLWithPath: $0) } ?? package.appending(path: "../shared")
        let folder = shared.appending(path: "data/openai-recordings")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json.gz") }.sorted().compactMap { name in
            guard let body = unzipped(folder.appending(path: name)), body.starts(with: Array("{".utf8)) else { return nil }
            let text = String(decoding: body, as: UTF8.self)
            return text.contains("\"object\": \"chat.completion\"") || text.contains("\"object\":\"chat.completion\"") ? (name, body) : nil
        }
    }

    private static func unzipped(_ file: URL) -> [UInt8]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? Array(data) : nil
    }
}
