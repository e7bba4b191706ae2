internal import CCurl
internal import HTTPTransport

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// epoll, and what it was last told about each socket. All of the epoll code is in this file.
///
/// libcurl takes a connection that became idle off the watch list and puts it back for the next request: two system calls an
/// exchange if obeyed. A connection's socket is therefore left registered until an event that nobody wants arrives (the peer
/// closed, or a paused stream has data). That is safe because libcurl announces the closing of an established connection, and
/// ``forget(_:)`` is called; a connection given up before it was established is closed in silence, hence ``forgetIfVanished(_:)``.
@safe final class SocketPoller {
    /// What there is to wait for, or what happened.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let read = Interest(rawValue: 1)
        static let write = Interest(rawValue: 2)
        static let error = Interest(rawValue: 4)
    }

    private struct Entry {
        /// As registered with epoll; empty when it is not.
        var registered: Interest = []
        /// As libcurl wants it.
        var wanted: Interest = []
        /// Of the connection that ``adopt(_:)`` was called for; 0 when the socket is none (or not ours any more).
        var inode: UInt64 = 0
        var isConnection: Bool { inode != 0 }
        /// Tells an event for a closed socket from one for its successor with the same number.
        var generation: UInt32 = 0
    }

    private let epoll: CInt
    private var entries: [Entry] = []
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private static let wakeUpMark = UInt64.max

    /// - Parameter wakeUp: a descriptor whose edges only end the waiting.
    init(wakeUp: CInt) throws(HTTPTransportError) {
        epoll = ccurl_epoll_descriptor()
        guard epoll >= 0 else { throw HTTPTransportError(.other, "no epoll: errno \(errno)") }
        unsafe events = .allocate(capacity: 256)
        unsafe events.initialize(repeating: epoll_event())
        let flags = EPOLLIN.rawValue | EPOLLET.rawValue
        guard ccurl_epoll_control(epoll, EPOLL_CTL_ADD, wakeUp, flags, Self.wakeUpMark) == 0 else {
            let reason = errno
            close(epoll)
            unsafe events.deallocate()
            throw HTTPTransportError(.other, "epoll does not watch the wake-up descriptor: errno \(reason)")
        }
    }

    deinit {
        close(epoll)
        unsafe events.deallocate()
    }

    /// Sockets adopted and not forgotten.
    private(set) var connections = 0

    /// A connection's socket was opened.
    func adopt(_ socket: CInt) {
        reserve(socket)
        forget(socket)
        entries[Int(socket)].inode = Self.inode(of: socket)
        if entries[Int(socket)].isConnection { connections += 1 }
    }

    /// A connection's socket is about to be closed; the kernel then forgets it by itself.
    func forget(_ socket: CInt) {
        guard socket >= 0, Int(socket) < entries.count else { return }
        if entries[Int(socket)].isConnection { connections -= 1 }
        entries[Int(socket)] = Entry(generation: entries[Int(socket)].generation &+ 1)
    }

    /// ``forget(_:)`` when the number is closed, or has become something else's.
    func forgetIfVanished(_ socket: CInt) {
        guard socket >= 0, Int(socket) < entries.count, entries[Int(socket)].isConnection else { return }
        if entries[Int(socket)].inode != Self.inode(of: socket) { forget(socket) }
    }

    /// From now on, watch for exactly `interest`.
    ///
    /// - Parameter isEstablished: its closing will be announced, so that it may stay registered while nothing is wanted of it.
    func watch(_ socket: CInt, for interest: Interest, isEstablished: Bool = false) {
        reserve(socket)
        entries[Int(socket)].wanted = interest
        let entry = entries[Int(socket)]
        if interest == entry.registered { return }
        if interest.isEmpty, isEstablished, entry.isConnection, entry.registered == .read { return }
        register(socket, interest)
    }

    /// Waits until something happens, at most `milliseconds` (-1: for ever), and tells it. `handle` may call everything here.
    func wait(milliseconds: CInt, _ handle: (CInt, Interest) -> Void) {
        let count = unsafe epoll_wait(epoll, events.baseAddress, CInt(events.count), milliseconds)
        for index in 0..<max(Int(count), 0) {
            let mark = unsafe ccurl_epoll_mark(&events[index])
            let flags = unsafe ccurl_epoll_flags(&events[index])
            if mark == Self.wakeUpMark { continue }
            let socket = CInt(truncatingIfNeeded: mark & 0xffff_ffff)
            let entry = entries[Int(socket)]
            guard entry.generation == UInt32(mark >> 32) else { continue }
            if entry.wanted.isEmpty {
                register(socket, [])
                continue
            }
            var happened: Interest = []
            if flags & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLRDHUP.rawValue) != 0 { happened.insert(.read) }
            if flags & EPOLLOUT.rawValue != 0 { happened.insert(.write) }
            if flags & EPOLLERR.rawValue != 0 { happened.insert(.error) }
            handle(socket, happened)
        }
    }

    private func reserve(_ socket: CInt) {
        if Int(socket) >= entries.count {
            entries.append(contentsOf: repeatElement(Entry(), count: Int(socket) + 64 - entries.count))
        }
    }

    /// 0 when it is closed. The kernel gives every socket an inode of its own.
    private static func inode(of socket: CInt) -> UInt64 {
        var status = stat()
        return unsafe fstat(socket, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private func register(_ socket: CInt, _ interest: Interest) {
        let entry = entries[Int(socket)]
        if interest.isEmpty, entry.registered.isEmpty { return }
        var flags: UInt32 = 0
        if interest.contains(.read) { flags |= EPOLLIN.rawValue }
        if interest.contains(.write) { flags |= EPOLLOUT.rawValue }
        let mark = UInt64(entry.generation) << 32 | UInt64(UInt32(bitPattern: socket))
        let operation = interest.isEmpty ? EPOLL_CTL_DEL : entry.registered.isEmpty ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        let status = ccurl_epoll_control(epoll, operation, socket, flags, mark)
        // The only reachable failures are a full kernel table, and a socket that is already closed; either way it is not watched,
        // and the exchange's own deadline ends it.
        entries[Int(socket)].registered = status == 0 ? interest : []
    }
}
