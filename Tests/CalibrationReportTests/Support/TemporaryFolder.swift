@testable import CalibrationReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder that is gone with this value.
final class TemporaryFolder {
    struct Failure: Error { var code: Int32 }

    let path: String

    init() throws {
        var template = Array(((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/qualm-report-test-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = RemovedDirectory.remove(path) }

    func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(code: errno) }
        defer { fclose(file) }
        if fputs(text, file) < 0 { throw Failure(code: errno) }
    }
}
