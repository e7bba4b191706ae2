internal import CZlib

/// Decompresses gzip data (RFC 1952) piece by piece, of any number of members back to back. Memory: zlib's window of 32 KiB, whatever the
/// size of the data.
///
///     var reader = try GzipReader()
///     while let piece = read() { try reader.decompress(piece, into: &output) }
///     try reader.finish()
///
/// Zeros behind a member are taken for padding, as gzip(1) takes them: a file system that lost power may leave them.
@safe public struct GzipReader: ~Copyable {
    /// Compressed bytes of all complete members: what may stay of a file that ends in a torn one.
    public private(set) var completeBytes = 0
    /// Decompressed bytes of all complete members.
    public private(set) var completeOutput = 0
    /// Complete members.
    public private(set) var memberCount = 0
    /// Bytes taken so far.
    public private(set) var consumedBytes = 0

    /// On the heap, for zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Where zlib writes to.
    private let piece: UnsafeMutableBufferPointer<UInt8>
    private static let pieceSize = 65_536
    private var produced = 0
    private var phase = Phase.between

    private enum Phase {
        case between
        case inside
        case padding
    }

    /// - Throws: ``GzipError/outOfMemory``.
    public init() throws(GzipError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 16 + 15: a gzip wrapper is required; the window as large as the format allows.
        guard unsafe inflateInit2_(stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory
        }
        unsafe self.stream = unsafe stream
        unsafe piece = .allocate(capacity: Self.pieceSize)
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe piece.deallocate()
        unsafe stream.deallocate()
    }

    /// Takes bytes of `input` and appends what they decompress to. Stops early once `output` holds `limit` bytes.
    ///
    /// - Parameters:
    ///   - input: the next bytes of the data.
    ///   - output: grows by what was decompressed.
    ///   - limit: most bytes `output` may hold when this returns; default without a bound.
    /// - Returns: how many bytes of `input` were taken; the rest must be offered again.
    /// - Throws: ``GzipError/corrupt(member:offset:reason:)``; what was decompressed before stays in `output`.
    public mutating func decompress(_ input: Span<UInt8>, into output: inout [UInt8], limit: Int = .max) throws(GzipError) -> Int {
        var taken = 0
        while taken < input.count, output.count < limit {
            switch phase {
            case .padding, .between:
                if memberCount > 0, input[taken] == 0 {
                    phase = .padding
                    taken += 1
                    consumedBytes += 1
                } else if phase == .padding {
                    throw corrupt("bytes behind the padding after the last member")
                } else {
                    unsafe inflateReset(stream)
                    phase = .inside
                }
            case .inside:
                taken += try inflate(input.extracting(taken...), into: &output, limit: limit)
            }
        }
        return taken
    }

    /// The data is over.
    ///
    /// - Throws: ``GzipError/truncated(member:completeBytes:)`` when it ended within a member, or before the first.
    public func finish() throws(GzipError) {
        if phase == .inside || memberCount == 0 { throw .truncated(member: memberCount + 1, completeBytes: completeBytes) }
    }

    /// One step of zlib: at most 64 KiB of output.
    private mutating func inflate(_ input: Span<UInt8>, into output: inout [UInt8], limit: Int) throws(GzipError) -> Int {
        let room = min(Self.pieceSize, limit - output.count)
        let size = min(input.count, 1 << 30)
        let before = output.count
        let (stream, piece) = unsafe (stream, piece)
        let (status, left) = unsafe input.withUnsafeBufferPointer { source in
            // zlib does not write to its input; its type says so only when ZLIB_CONST is defined.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(size)
            unsafe stream.pointee.next_out = piece.baseAddress
            unsafe stream.pointee.avail_out = UInt32(room)
            return unsafe (CZlib.inflate(stream, Z_NO_FLUSH), Int(stream.pointee.avail_in))
        }
        unsafe output.append(contentsOf: piece[..<(room - Int(stream.pointee.avail_out))])
        let taken = size - left
        consumedBytes += taken
        produced += output.count - before
        switch status {
        case Z_OK: break
        case Z_STREAM_END:
            memberCount += 1
            completeBytes = consumedBytes
            completeOutput = produced
            phase = .between
        case Z_BUF_ERROR where taken > 0 || output.count > before: break
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw corrupt(unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib status \(status)")
        }
        return taken
    }

    private func corrupt(_ reason: String) -> GzipError { .corrupt(member: memberCount + 1, offset: completeBytes, reason: reason) }
}

extension Gzip {
    /// Decompresses whole data.
    ///
    /// - Parameter limit: most bytes of output; more is an error, for 1 MB of gzip can stand for 1 GB.
    /// - Throws: ``GzipError``.
    public static func decompressed(_ data: [UInt8], limit: Int = 1 << 32) throws(GzipError) -> [UInt8] {
        var reader = try GzipReader()
        var output: [UInt8] = []
        let taken = try reader.decompress(data.span, into: &output, limit: limit)
        guard taken == data.count else {
            throw .corrupt(member: reader.memberCount + 1, offset: reader.completeBytes, reason: "more than \(limit) bytes decompressed")
        }
        try reader.finish()
        return output
    }
}
