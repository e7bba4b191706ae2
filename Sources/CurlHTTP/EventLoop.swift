internal import CCurl
internal import HTTPTransport
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// One turn after the other: commands, sockets, libcurl's timer, deadlines, sleep. Lives on one thread.
///
/// Sinks are called from here only, and never while libcurl is half way through something that a sink could disturb: what a sink
/// asks for (cancel, resume, start) goes through the command queue and is carried out on the next turn.
@safe final class EventLoop {
    let options: CurlTransportOptions
    let queue: CommandQueue
    /// TLS sessions, so that a second connection to a host resumes the first one's (RFC 8446 section 2.2). One thread, so no locks.
    let share: UnsafeMutableRawPointer?
    let multi: UnsafeMutableRawPointer
    let poller: SocketPoller
    var now = MonotonicTime.now
    /// When libcurl wants `curl_multi_socket_action(CURL_SOCKET_TIMEOUT)`.
    private var curlTimer = MonotonicTime.never
    /// No deadline of a running transfer is earlier than this.
    var nextDeadlineCheck = MonotonicTime.never
    /// Bound: `maxActiveTransfers`.
    var running: [Transfer] = []
    var handles: EasyHandlePool
    var headerLists = RequestHeaderCache()
    let inbox: BodyInbox

    init(options: CurlTransportOptions, queue: CommandQueue) throws(HTTPTransportError) {
        guard let multi = unsafe curl_multi_init() else { throw HTTPTransportError(.other, "no memory for a libcurl multi handle") }
        self.options = options
        self.queue = queue
        unsafe self.multi = multi
        unsafe share = curl_share_init()
        do {
            poller = try SocketPoller(wakeUp: queue.eventDescriptor)
        } catch {
            unsafe curl_multi_cleanup(multi)
            throw error
        }
        handles = EasyHandlePool(maxIdle: options.maxIdleHandles)
        inbox = BodyInbox(capacity: max(options.receiveBufferBytes, Int(CURL_MAX_WRITE_SIZE)))
        if let share = unsafe share {
            unsafe ccurl_share_set_long(share, CURLSHOPT_SHARE, Int(CURL_LOCK_DATA_SSL_SESSION.rawValue))
        }
        let own = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.maxIdleConnections)
        unsafe ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        unsafe ccurl_multi_set_socket_callback(multi, socketChanged, own)
        unsafe ccurl_multi_set_timer_callback(multi, timerChanged, own)
    }

    /// The thread's whole life: returns when the queue has been closed.
    func run() {
        var batch: [LoopCommand] = []
        while true {
            // A second look, because what the commands did has often made a consumer give the next one. Not a third: sockets too
            // want to be served.
            var isOpen = true
            for _ in 0..<2 {
                isOpen = queue.take(into: &batch)
                if batch.isEmpty { break }
                carryOut(&batch)
            }
            if !isOpen { break }
            fireTimers()
            sleep()
        }
        tearDown()
    }

    private func carryOut(_ batch: inout [LoopCommand]) {
        now = .now
        for command in batch {
            switch command {
            case .start(let transfer): start(transfer)
            case .cancel(let transfer): abort(transfer, .cancelled)
            case .resume(let transfer): resume(transfer)
            }
        }
        batch.removeAll(keepingCapacity: true)
        fireTimers()
    }

    private func sleep() {
        var milliseconds: CInt = 0
        if queue.mayGoToSleep() {
            let wakeAt = min(curlTimer, nextDeadlineCheck)
            if wakeAt == .never {
                milliseconds = -1
            } else if wakeAt > now {
                // Rounded up: a timer that fires early would only make the loop spin.
                milliseconds = CInt(clamping: (wakeAt.nanoseconds - now.nanoseconds) / 1_000_000 + 1)
            }
        }
        var isFirst = true
        poller.wait(milliseconds: milliseconds) { socket, interest in
            if isFirst {
                isFirst = false
                queue.wokeUp()
                now = .now
            }
            var bits: CInt = 0
            if interest.contains(.read) { bits |= CURL_CSELECT_IN }
            if interest.contains(.write) { bits |= CURL_CSELECT_OUT }
            if interest.contains(.error) { bits |= CURL_CSELECT_ERR }
            act(socket, bits)
        }
        if isFirst {
            queue.wokeUp()
            now = .now
        }
        fireTimers()
    }

    private func fireTimers() {
        if curlTimer <= now {
            curlTimer = .never
            act(CURL_SOCKET_TIMEOUT, 0)
        }
        if nextDeadlineCheck <= now { checkDeadlines() }
    }

    /// Lets libcurl work, then tells the sinks what came of it.
    private func act(_ socket: curl_socket_t, _ bits: CInt) {
        var stillRunning: CInt = 0
        unsafe curl_multi_socket_action(multi, socket, bits, &stillRunning)
        inbox.flush()
        collectFinished()
    }

    func collectFinished() {
        var left: CInt = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
            let code = unsafe message.pointee.data.result
            if let handle = unsafe Self.handle(of: easy) { finish(handle, code) }
        }
    }

    private static func handle(of easy: UnsafeMutableRawPointer?) -> EasyHandle? {
        var pointer: UnsafeMutableRawPointer?
        guard let easy = unsafe easy, unsafe ccurl_easy_get_pointer(easy, CURLINFO_PRIVATE, &pointer) == CURLE_OK else { return nil }
        guard let pointer = unsafe pointer else { return nil }
        return unsafe Unmanaged<EasyHandle>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func tearDown() {
        while let transfer = running.last { abort(transfer, .cancelled) }
        handles.freeAll()
        unsafe curl_multi_cleanup(multi)
        if let share = unsafe share { unsafe curl_share_cleanup(share) }
    }

    // MARK: Called by libcurl

    fileprivate func changeTimer(milliseconds: Int) {
        curlTimer = milliseconds < 0 ? .never : MonotonicTime.now.advanced(byNanoseconds: UInt64(milliseconds) * 1_000_000)
        if milliseconds == 0 { curlTimer = min(curlTimer, now) }
    }

    fileprivate func changeInterest(in socket: curl_socket_t, of easy: UnsafeMutableRawPointer?, _ what: CInt) {
        switch what {
        case CURL_POLL_IN: poller.watch(socket, for: .read)
        case CURL_POLL_OUT: poller.watch(socket, for: .write)
        case CURL_POLL_INOUT: poller.watch(socket, for: [.read, .write])
        // Who has had a response over it knows that it is established.
        default: poller.watch(socket, for: [], isEstablished: unsafe Self.handle(of: easy)?.transfer?.head.isComplete ?? false)
        }
    }

    func openSocket(family: CInt, type: CInt, protocol number: CInt) -> curl_socket_t {
        let opened = socket(family, type | CInt(SOCK_CLOEXEC.rawValue), number)
        if opened >= 0 {
            poller.adopt(opened)
            publishConnections()
        }
        return opened
    }

    func closeSocket(_ socket: curl_socket_t) -> CInt {
        poller.forget(socket)
        publishConnections()
        return close(socket)
    }

    func publishConnections() {
        queue.gauges.openSockets.store(poller.connections, ordering: .relaxed)
    }
}

// MARK: Thin thunks: from C to the loop

private func socketChanged(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: CInt, _ context: UnsafeMutableRawPointer?,
    _ socketContext: UnsafeMutableRawPointer?
) -> CInt {
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().changeInterest(in: socket, of: easy, what)
    return 0
}

private func timerChanged(_ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?) -> CInt {
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().changeTimer(milliseconds: milliseconds)
    return 0
}
