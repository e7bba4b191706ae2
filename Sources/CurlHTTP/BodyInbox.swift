/// Body bytes of one transfer on their way to its sink, collected while libcurl handles one socket.
///
/// Bound: one buffer of `capacity` bytes for each loop, whatever the number of transfers.
@safe final class BodyInbox {
    private let storage: UnsafeMutableRawBufferPointer
    private var count = 0
    private var owner: Transfer?

    /// - Parameter capacity: at least what libcurl hands over at once (`CURL_MAX_WRITE_SIZE`, 16 KiB).
    init(capacity: Int) {
        unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe storage.deallocate() }

    /// Tells the sink what is there when the next `size` bytes are another transfer's or do not fit.
    func makeRoom(for size: Int, of transfer: Transfer) {
        if unsafe owner !== transfer || count + size > storage.count { flush() }
        owner = transfer
    }

    /// Only after ``makeRoom(for:of:)`` for as many bytes.
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe bytes.count <= storage.count - count else { return }
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    func flush() {
        guard count > 0, let transfer = owner else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[..<count])
        count = 0
        owner = nil
        unsafe transfer.deliver(body: bytes)
    }
}
