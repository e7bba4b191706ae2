internal import CZlib

/// Compresses to one gzip member (RFC 1952), piece by piece. Members may follow each other in one file.
///
/// The header holds no time and no name: the same bytes in give the same bytes out, with the same zlib.
@safe public struct GzipWriter: ~Copyable {
    /// On the heap, for zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Where zlib writes to.
    private let piece: UnsafeMutableBufferPointer<UInt8>
    private static let pieceSize = 32_768

    /// - Parameter level: 1 (fast) ... 9 (small), default 6.
    /// - Throws: ``GzipError/outOfMemory``.
    public init(level: Int = 6) throws(GzipError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream, Int32(min(max(level, 1), 9)), Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory
        }
        unsafe self.stream = unsafe stream
        unsafe piece = .allocate(capacity: Self.pieceSize)
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe piece.deallocate()
        unsafe stream.deallocate()
    }

    /// Compresses `input`; what is ready is appended to `output`.
    public mutating func compress(_ input: Span<UInt8>, into output: inout [UInt8]) throws(GzipError) {
        var taken = 0
        while taken < input.count { taken += try deflate(input.extracting(taken...), Z_NO_FLUSH, into: &output).taken }
    }

    /// Ends the member: its last bytes are appended to `output`. Nothing may be compressed after that.
    public mutating func finish(into output: inout [UInt8]) throws(GzipError) {
        let nothing: [UInt8] = []
        while try !deflate(nothing.span, Z_FINISH, into: &output).isOver {}
    }

    private mutating func deflate(
        _ input: Span<UInt8>, _ flush: Int32, into output: inout [UInt8]
    ) throws(GzipError) -> (taken: Int, isOver: Bool) {
        let size = min(input.count, 1 << 30)
        let (stream, piece) = unsafe (stream, piece)
        let (status, left) = unsafe input.withUnsafeBufferPointer { source in
            // zlib does not write to its input; its type says so only when ZLIB_CONST is defined.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(size)
            unsafe stream.pointee.next_out = piece.baseAddress
            unsafe stream.pointee.avail_out = UInt32(Self.pieceSize)
            return unsafe (CZlib.deflate(stream, flush), Int(stream.pointee.avail_in))
        }
        unsafe output.append(contentsOf: piece[..<(Self.pieceSize - Int(stream.pointee.avail_out))])
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw .outOfMemory }
        return (size - left, status == Z_STREAM_END)
    }
}

extension Gzip {
    /// One member that holds `data`.
    ///
    /// - Parameter level: 1...9, default 6.
    public static func compressed(_ data: [UInt8], level: Int = 6) throws(GzipError) -> [UInt8] {
        var writer = try GzipWriter(level: level)
        var output: [UInt8] = []
        try writer.compress(data.span, into: &output)
        try writer.finish(into: &output)
        return output
    }
}
