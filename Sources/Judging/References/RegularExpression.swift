#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A POSIX extended regular expression (IEEE 1003.1, section 9.4), searched for in UTF-8.
///
/// `^` and `$` are the ends of the whole text, `.` is any character, a line break included. Compiled where it is used: a value holds the pattern only.
struct RegularExpression: Sendable, Hashable {
    struct Problem: Error, Sendable, Hashable {
        /// As the C library says it.
        var message: String
    }

    private let pattern: String
    private let ignoresCase: Bool

    init(_ pattern: String, ignoresCase: Bool) throws(Problem) {
        self.pattern = pattern
        self.ignoresCase = ignoresCase
        if pattern.utf8.contains(0) { throw Problem(message: "it holds a NUL character") }
        _ = try matches("")
    }

    /// - Parameter text: a NUL in it counts as a space.
    func occurs(in text: String) throws(Problem) -> Bool {
        try matches(text.utf8.contains(0) ? text.replacing("\0", with: " ") : text)
    }

    private func matches(_ text: String) throws(Problem) -> Bool {
        try Self.inUTF8 { () throws(Problem) -> Bool in
            var compiled = unsafe regex_t()
            let flags = REG_EXTENDED | REG_NOSUB | (ignoresCase ? REG_ICASE : 0)
            let status = unsafe regcomp(&compiled, pattern, flags)
            guard status == 0 else { throw Problem(message: unsafe Self.message(status, &compiled)) }
            defer { unsafe regfree(&compiled) }
            let result = unsafe regexec(&compiled, text, 0, nil, 0)
            if result == 0 { return true }
            if result == Self.noMatch { return false }
            throw Problem(message: unsafe Self.message(result, &compiled))
        }
    }

    private static var noMatch: Int32 {
        #if canImport(Glibc)
            // The macro of that name is an enumerator behind another macro, which Swift does not import.
            Int32(_REG_NOMATCH.rawValue)
        #else
            REG_NOMATCH
        #endif
    }

    private static func message(_ status: Int32, _ compiled: inout regex_t) -> String {
        var text = [CChar](repeating: 0, count: 128)
        let count = unsafe regerror(status, &compiled, &text, text.count)
        return String(decoding: text.prefix(max(0, min(count, text.count) - 1)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The C library reads bytes unless the thread's locale says otherwise; it is put back at once.
    private static func inUTF8<Result>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
        guard let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else { return try body() }
        let previous = unsafe uselocale(locale)
        defer {
            unsafe uselocale(previous)
            unsafe freelocale(locale)
        }
        return try body()
    }
}
