internal import CHiredis
internal import Cascade

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One socket with hiredis' formatter and reader on it. Never blocks. Used by the I/O thread only.
@safe final class RedisConnection {
    private let context: UnsafeMutablePointer<redisContext>
    private let limited: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let options: RedisConnectionOptions
    private let tls: TLSLibrary?
    private var session: UnsafeMutableRawPointer?
    private var pointers: [UnsafePointer<CChar>?] = unsafe []
    private var lengths: [Int] = []
    let descriptor: CInt

    /// Starts connecting.
    ///
    /// - Parameter ip: a literal address, so that hiredis does not resolve anything.
    init(ip: String, options: RedisConnectionOptions, tls: TLSLibrary?) throws(StoreError) {
        guard let context = unsafe redisConnectNonBlock(ip, CInt(options.port)) else {
            throw StoreError(.redis, .unavailable, "no memory for a connection to \(options.address)")
        }
        guard unsafe context.pointee.err == 0, unsafe context.pointee.fd >= 0 else {
            let reason = unsafe String(cString: qualm_redis_error(context))
            unsafe redisFree(context)
            throw StoreError(.redis, .unavailable, "connecting to \(options.address): \(reason)")
        }
        unsafe self.context = context
        unsafe limited = .allocate(capacity: 1)
        unsafe qualm_redis_limit_elements(context, limited)
        self.options = options
        self.tls = tls
        descriptor = unsafe context.pointee.fd
        // hiredis 0.14 leaves it open for programs that this process starts.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        qualm_redis_no_delay(descriptor)
    }

    deinit {
        unsafe redisFree(context)
        unsafe limited.deallocate()
    }

    // MARK: Until it can be used

    /// Once the socket is writable for the first time: whether the server took the connection.
    func finishConnecting() throws(StoreError) {
        let error = qualm_redis_socket_error(descriptor)
        guard error == 0 else {
            let reason = unsafe strerror(error).map { unsafe String(cString: $0) } ?? "errno \(error)"
            throw StoreError(.redis, .unavailable, "connecting to \(options.address): \(reason)")
        }
        unsafe redisEnableKeepAlive(context)
        if let tls { unsafe session = try tls.begin(on: context, host: options.host) }
    }

    /// - Returns: what to poll for, `nil` when the handshake is over or there is none to make.
    func handshake() throws(StoreError) -> CInt? {
        guard let tls, let session = unsafe session else { return nil }
        switch unsafe tls.handshake(session) {
        case .done: return nil
        case .waitsForPeer: return POLLIN
        case .waitsForRoom: return POLLOUT
        case .failed(let reason): throw StoreError(.redis, .unavailable, "TLS with \(options.address): \(reason)")
        }
    }

    // MARK: Commands and replies

    /// Formats a command into the buffer of what is to be sent.
    func append(_ command: RedisCommand) throws(StoreError) {
        unsafe pointers.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        let status: CInt = unsafe command.bytes.withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                var start = 0
                for end in command.ends {
                    unsafe pointers.append(text.baseAddress.map { unsafe $0 + start })
                    lengths.append(end - start)
                    start = end
                }
                return unsafe redisAppendCommandArgv(context, CInt(lengths.count), &pointers, lengths)
            }
        }
        if status != REDIS_OK { throw failure(sending: true) }
    }

    var unsentBytes: Int { unsafe qualm_redis_unsent(context) }

    /// Sends what the socket takes.
    func write() throws(StoreError) {
        if unsafe redisBufferWrite(context, nil) != REDIS_OK { throw failure(sending: true) }
    }

    /// What to poll for.
    var interest: CInt {
        if unsentBytes == 0 { return POLLIN }
        if let tls, let session = unsafe session, unsafe tls.waitsForPeer(session) { return POLLIN }
        return POLLIN | POLLOUT
    }

    /// Reads what has come and tells every complete reply, in order.
    ///
    /// - Returns: whether anything came.
    func read(_ handle: (RedisReply) throws(StoreError) -> Void) throws(StoreError) -> Bool {
        var hasReceived = false
        // hiredis reads 16 KiB at a time. Bounded, so that other sockets and timers have their turn: 1 MiB.
        for _ in 0..<64 {
            let before = unsafe qualm_redis_received(context)
            if unsafe redisBufferRead(context) != REDIS_OK {
                let failure = failure(sending: false)
                // What came before the end still counts.
                try drain(handle)
                throw failure
            }
            let count = unsafe qualm_redis_received(context) - before
            if count > 0 {
                hasReceived = true
                try drain(handle)
            }
            // TLS hands out one record at a time, of any size.
            if tls == nil ? count < 16 * 1024 : count <= 0 { break }
        }
        return hasReceived
    }

    private func drain(_ handle: (RedisReply) throws(StoreError) -> Void) throws(StoreError) {
        while true {
            var pointer: UnsafeMutableRawPointer?
            guard unsafe redisGetReplyFromReader(context, &pointer) == REDIS_OK else {
                let reason = unsafe String(cString: qualm_redis_error(context))
                // hiredis quotes the offending byte, never more.
                throw StoreError(.redis, .malformed, "\(options.address) does not speak Redis: \(reason)")
            }
            guard let object = unsafe pointer else { break }
            let reply = unsafe RedisReply(UnsafePointer(object.assumingMemoryBound(to: redisReply.self)))
            unsafe freeReplyObject(object)
            guard let reply else {
                throw StoreError(.redis, .malformed, "\(options.address) sent a reply of RESP3, which was not asked for")
            }
            try handle(reply)
        }
        if unsafe qualm_redis_unparsed(context) > options.maxValueBytes + 64 {
            throw StoreError(.redis, .malformed, "\(options.address) sent a value of more than \(options.maxValueBytes) bytes")
        }
    }

    private func failure(sending: Bool) -> StoreError {
        let number = errno
        let text = unsafe String(cString: qualm_redis_error(context))
        let kind: StoreError.Kind = unsafe context.pointee.err == REDIS_ERR_PROTOCOL ? .malformed : .unavailable
        let reason = text.isEmpty ? "errno \(number)" : text
        return StoreError(.redis, kind, "\(sending ? "sending to" : "receiving from") \(options.address): \(reason)")
    }
}
