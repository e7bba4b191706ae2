#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// What a shell does with a command's name.
enum ExecutableSearch {
    /// The path of the first name that is an executable in a directory of PATH.
    static func first(of names: [String]) -> String? {
        guard let path = getenv("PATH").map({ String(cString: $0) }) else { return nil }
        let directories = path.split(separator: ":", omittingEmptySubsequences: true)
        for name in names {
            for directory in directories where access("\(directory)/\(name)", X_OK) == 0 { return "\(directory)/\(name)" }
        }
        return nil
    }
}
