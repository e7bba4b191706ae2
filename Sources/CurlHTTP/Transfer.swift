internal import HTTPTransport
internal import Synchronization

/// One exchange: what its starter holds, and the loop's record of it.
///
/// `@unchecked Sendable`: only the atomics are touched by other threads; every `var` belongs to the loop's thread, which gets the
/// transfer through the command queue.
final class Transfer: HTTPExchange, @unchecked Sendable {
    enum Phase {
        /// In the command queue.
        case queued
        /// Attached to libcurl.
        case running
        /// The sink has been told the end.
        case ended
    }

    let url: String
    let method: HTTPMethod
    let timeouts: HTTPTimeouts
    private let queue: CommandQueue
    private let isCancelRequested = Atomic<Bool>(false)
    private let isResumeQueued = Atomic<Bool>(false)

    // MARK: The loop's thread only

    /// Sink, headers and body are dropped when the exchange ends, however long its starter keeps it: a sink may hold its exchange.
    private var sink: (any HTTPExchangeSink)?
    var requestHeaders: [HTTPHeader]
    var requestBody: [UInt8]
    var phase = Phase.queued
    /// Position in the loop's list of running transfers.
    var position = -1
    var handle: EasyHandle?
    var headerList: RequestHeaderList?
    var head: ResponseHeadParser
    /// Why this side gave the exchange up inside a callback; it then outranks libcurl's own code.
    var refusal: HTTPTransportError?
    /// The sink asked for a pause and has not resumed.
    var isPaused = false
    /// libcurl holds received bytes back and does not read the socket.
    var isHeld = false
    private(set) var startedAt = MonotonicTime(nanoseconds: 0)
    private var firstByteAt = MonotonicTime.never
    private var lastByteAt = MonotonicTime(nanoseconds: 0)

    init(_ request: HTTPExchangeRequest, sink: any HTTPExchangeSink, queue: CommandQueue) {
        url = request.url
        method = request.method
        timeouts = request.timeouts
        requestHeaders = request.headers
        requestBody = request.body
        self.sink = sink
        self.queue = queue
        head = ResponseHeadParser(maxBytes: 0)
    }

    // MARK: Any thread

    func cancel() {
        // The first call queues the command; the others would find nothing left to do.
        guard !isCancelRequested.exchange(true, ordering: .relaxed) else { return }
        _ = queue.append(.cancel(self))
    }

    func resume() {
        // Not looked up whether it is paused: the sink may still be on its way out of the call that will pause it.
        guard !isResumeQueued.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = queue.append(.resume(self))
    }

    // MARK: The loop's thread

    /// Cancelled before the loop saw it: it need not be started at all.
    var isCancelledEarly: Bool { isCancelRequested.load(ordering: .relaxed) }

    /// To be called before a resume is carried out, so that a later one is queued again.
    func tookResume() {
        isResumeQueued.store(false, ordering: .sequentiallyConsistent)
    }

    func begin(at now: MonotonicTime, maxHeaderBytes: Int) {
        phase = .running
        startedAt = now
        head = ResponseHeadParser(maxBytes: maxHeaderBytes)
    }

    /// True for the first piece, with which another deadline begins.
    func receivedBody(at now: MonotonicTime) -> Bool {
        lastByteAt = now
        guard firstByteAt == .never else { return false }
        firstByteAt = now
        return true
    }

    /// The time in which the sink was pausing does not count as a gap.
    func resumed(at now: MonotonicTime) {
        isPaused = false
        lastByteAt = now
    }

    func deliver(head: HTTPResponseHead) {
        sink?.head(head)
    }

    func deliver(body bytes: UnsafeRawBufferPointer) {
        if unsafe sink?.body(bytes) == .pause { isPaused = true }
    }

    /// The moment at which it is overdue if nothing arrives until then.
    var deadline: MonotonicTime {
        if isPaused { return .never }
        return firstByteAt == .never
            ? startedAt.advanced(byNanoseconds: timeouts.firstByte.clampedNanoseconds)
            : lastByteAt.advanced(byNanoseconds: timeouts.idle.clampedNanoseconds)
    }

    /// What to say when ``deadline`` has passed.
    var overdueError: HTTPTransportError {
        let place = loggablePlace(ofURL: url)
        return firstByteAt == .never
            ? HTTPTransportError(.firstByteTimeout, "\(place): no body byte within \(timeouts.firstByte)")
            : HTTPTransportError(.idleTimeout, "\(place): nothing for \(timeouts.idle) in the middle of the body")
    }

    func timings(at now: MonotonicTime) -> HTTPExchangeTimings {
        HTTPExchangeTimings(
            firstByte: firstByteAt == .never ? .zero : firstByteAt.duration(since: startedAt),
            total: now.duration(since: startedAt)
        )
    }

    func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        phase = .ended
        requestHeaders = []
        requestBody = []
        headerList = nil
        queue.gauges.activeTransfers.subtract(1, ordering: .relaxed)
        let sink = self.sink
        self.sink = nil
        sink?.end(result)
    }
}
