import CProcess

/// What the gateway asks of its process before it starts.
enum ProcessSettings {
    /// glibc gives blocks above 128 KiB back to the kernel as soon as they are freed, and the top of the heap, too. The buffers of a stream
    /// under load are of that size and come again at once, so that each costs a round of page faults: a tenth to a fifth of the throughput
    /// of analysed streams. Blocks of up to 4 MiB, and 16 MiB at the top of each heap, are kept instead.
    static func keepStreamBuffers() {
        qualm_keep_freed_memory(4 << 20, 16 << 20)
    }

    /// Raises the soft limit of open files to the hard one: every stream needs a socket on either side, a pre-fired one three.
    ///
    /// - Returns: open files this process may have; `nil` = no limit.
    static func raiseOpenFiles() -> Int? {
        let limit = qualm_raise_open_files()
        return limit < 0 ? nil : Int(limit)
    }
}
