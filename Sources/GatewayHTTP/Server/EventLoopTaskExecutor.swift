import NIOCore

/// Runs a connection's tasks on the event loop that owns its socket, so that reading a request, deciding, and writing the answer need no
/// hop between threads. The only hop of a streamed token is the one from the transport's thread to this loop.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
