import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that a command writes whole: the old one stays until the new one is there.
enum OutputFile {
    /// Why it could not be written; exit status 73.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes the folders that are missing.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch { throw Failure(description: "\(path): cannot be written: the folder \(folder) cannot be made: \(reason(error))") }
        }
        var isFolder = false
        if !folder.isEmpty, FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder {
            throw Failure(description: "\(path): cannot be written: \(folder) is a file, not a folder")
        }
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch { throw Failure(description: "\(path): cannot be written: \(reason(error))") }
    }

    /// As the C library says it.
    static func reason(_ error: any Error) -> String {
        let posix = error as? POSIXError ?? (error as? CocoaError)?.underlying as? POSIXError
        if let posix { return unsafe String(cString: strerror(posix.code.rawValue)) }
        guard let error = error as? CocoaError else { return "\(error)" }
        return switch error.code {
        case .fileNoSuchFile: "there is no such folder"
        case .fileWriteNoPermission: "permission is denied"
        case .fileWriteOutOfSpace: "the disk is full"
        case .fileWriteVolumeReadOnly: "the file system is read-only"
        case .fileWriteFileExists: "there is a file in its place"
        case .fileWriteInvalidFileName: "the name is not valid"
        default: "error \(error.code.rawValue)"
        }
    }
}
