/// A transport for streamed HTTP exchanges.
///
/// The shape is push, not pull: one cascade watches two upstream legs at once, and both legs post into the *same* mailbox.
/// A sink per exchange gives that without a task per leg (`docs/decisions/0002-one-mailbox-no-child-tasks.md`).
public protocol HTTPTransport: Sendable {
    /// Starts one exchange and returns at once; it never blocks and never throws. Whatever happens, a refused connection
    /// included, is told to `sink`.
    ///
    /// Calls to `sink` are serial, come from the transport's own thread, and are ordered: at most one ``HTTPExchangeSink/head(_:)``,
    /// any number of ``HTTPExchangeSink/body(_:)``, exactly one ``HTTPExchangeSink/end(_:)``.
    func start(_ request: HTTPExchangeRequest, sink: any HTTPExchangeSink) -> any HTTPExchange
}

/// The running exchange, as its starter holds it. All calls are cheap, thread-safe and idempotent.
public protocol HTTPExchange: AnyObject, Sendable {
    /// Closes the exchange: the socket of an HTTP/1.1 exchange in flight is closed, an HTTP/2 stream is reset, within 10 ms.
    /// The sink gets `end(.failure(.cancelled))` unless it had ended before; no body comes after this call has been carried out.
    func cancel()

    /// Continues an exchange whose sink answered ``HTTPBodyDemand/pause``. Harmless when it is not paused.
    func resume()
}

/// What a sink answers to each piece of a body: the transport's back-pressure.
public enum HTTPBodyDemand: Sendable, Equatable {
    /// Go on reading.
    case more
    /// The piece was taken, but stop reading the socket until ``HTTPExchange/resume()``.
    case pause
}

/// Where the events of one exchange go. Implementations must return quickly: they run on the transport's thread.
public protocol HTTPExchangeSink: AnyObject, Sendable {
    /// The final response head (never a 1xx). Called once, before the first body piece.
    func head(_ head: HTTPResponseHead)

    /// One piece of the body, as read from the socket; `bytes` is valid only during the call.
    func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand

    /// The exchange is over; nothing follows. A response with an error status is a *success* here: data is not an error.
    func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>)
}

/// Request method. Open, because proxies must not care.
public struct HTTPMethod: Sendable, Hashable, RawRepresentable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let get = HTTPMethod(rawValue: "GET")
    public static let post = HTTPMethod(rawValue: "POST")
    public static let put = HTTPMethod(rawValue: "PUT")
    public static let delete = HTTPMethod(rawValue: "DELETE")
}

/// One name and value. Order and repetition are kept; names compare without case.
public struct HTTPHeader: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One request to send.
public struct HTTPExchangeRequest: Sendable {
    public var method: HTTPMethod
    /// Absolute `http://` or `https://` URL.
    public var url: String
    public var headers: [HTTPHeader]
    /// Sent with `Content-Length`; empty for none. At most 10 MiB is promised to work.
    public var body: [UInt8]
    public var timeouts: HTTPTimeouts

    public init(method: HTTPMethod = .get, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [], timeouts: HTTPTimeouts = .init()) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
    }
}

/// There is no total timeout: a healthy stream may take as long as it likes.
public struct HTTPTimeouts: Sendable, Hashable {
    /// DNS, TCP and TLS together. Default 10 s.
    public var connect: Duration
    /// From the start to the first *body* byte (the time to first token of a stream). Default 60 s.
    public var firstByte: Duration
    /// Between two body pieces, while the sink is not pausing the exchange. Default 60 s.
    public var idle: Duration

    public init(connect: Duration = .seconds(10), firstByte: Duration = .seconds(60), idle: Duration = .seconds(60)) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
    }
}

/// Status and headers of a response.
public struct HTTPResponseHead: Sendable, Hashable {
    public var status: Int
    public var headers: [HTTPHeader]

    public init(status: Int, headers: [HTTPHeader] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first value of the header, compared without case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.count == name.count && $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// What a finished exchange took; all times are measured from its start.
public struct HTTPExchangeTimings: Sendable, Hashable {
    /// Until the connection could carry the request; zero when it was reused.
    public var connect: Duration
    public var firstByte: Duration
    public var total: Duration
    /// An open connection was used again.
    public var isConnectionReused: Bool
    /// 10 for HTTP/1.0, 11 for HTTP/1.1, 20 for HTTP/2.
    public var httpVersion: Int

    public init(
        connect: Duration = .zero, firstByte: Duration = .zero, total: Duration = .zero, isConnectionReused: Bool = false,
        httpVersion: Int = 11
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.total = total
        self.isConnectionReused = isConnectionReused
        self.httpVersion = httpVersion
    }
}
