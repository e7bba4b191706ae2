internal import HTTPTransport

/// Idle handles of one loop. A handle costs about 6 KB and 3 us to make.
struct EasyHandlePool {
    /// Bound: `maxIdle`; a handle that comes back beyond it is freed.
    private var idle: [EasyHandle] = []
    private let maxIdle: Int

    init(maxIdle: Int) {
        self.maxIdle = maxIdle
    }

    mutating func take(for loop: EventLoop) throws(HTTPTransportError) -> EasyHandle {
        if let handle = idle.popLast() { return handle }
        return try EasyHandle(loop: loop)
    }

    mutating func giveBack(_ handle: EasyHandle) {
        handle.transfer = nil
        handle.openedSockets.removeAll(keepingCapacity: true)
        if idle.count < maxIdle {
            idle.append(handle)
        } else {
            handle.free()
        }
    }

    mutating func freeAll() {
        for handle in idle { handle.free() }
        idle = []
    }
}
