internal import CCurl
internal import HTTPTransport

/// One libcurl easy handle, reused from exchange to exchange.
///
/// What is the same for every exchange is set once; ``prepare(_:loop:)`` sets *everything* that differs, so that no
/// `curl_easy_reset` (which would throw the constant part away too) is needed between them.
@safe final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    /// The exchange it is serving.
    var transfer: Transfer?
    unowned let loop: EventLoop
    /// The sockets that the exchange opened; a few, one for each address tried.
    var openedSockets: [CInt] = []
    private var isSecure: Bool?
    private var connectMilliseconds = -1

    /// - Throws: `other` when libcurl refuses an option, which names it; a CA file is only opened when a connection needs it.
    init(loop: EventLoop) throws(HTTPTransportError) {
        guard let raw = unsafe curl_easy_init() else { throw HTTPTransportError(.other, "no memory for a libcurl handle") }
        unsafe self.raw = raw
        self.loop = loop
        do {
            try setConstants(loop.options)
        } catch {
            unsafe curl_easy_cleanup(raw)
            throw error
        }
    }

    /// Ends the handle's life; it must not be attached to the multi handle any more.
    func free() {
        unsafe curl_easy_cleanup(raw)
    }

    /// Makes the next exchange of this handle the given one.
    func prepare(_ transfer: Transfer, headers: RequestHeaderList) throws(HTTPTransportError) {
        try set(CURLOPT_URL, transfer.url, "the URL")
        try setMethod(transfer)
        try check(unsafe ccurl_easy_set_list(raw, CURLOPT_HTTPHEADER, headers.head), "the headers")
        let milliseconds = transfer.timeouts.connect.clampedMilliseconds
        if milliseconds != connectMilliseconds {
            try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds, "the connect timeout")
            connectMilliseconds = milliseconds
        }
        try setVersion(isSecure: transfer.url.utf8.prefix(6).map { $0 | 0x20 }.elementsEqual("https:".utf8.map { $0 | 0x20 }))
    }

    private func setMethod(_ transfer: Transfer) throws(HTTPTransportError) {
        let hasBody = !transfer.requestBody.isEmpty
        // Each of these also undoes what the method of the handle's previous exchange had set.
        try set(CURLOPT_NOBODY, 0, "the method")
        if hasBody || transfer.method == .post {
            try set(CURLOPT_POST, 1, "the method")
            try check(
                unsafe ccurl_easy_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(transfer.requestBody.count)), "the body's size")
            // libcurl does not copy the body. The pointer outlives the closure because `requestBody` is not touched, and so neither
            // moved nor freed, until `Transfer.end`, by which time the handle is detached.
            let body = unsafe transfer.requestBody.withUnsafeBufferPointer { unsafe UnsafeRawPointer($0.baseAddress) }
            try check(unsafe hasBody ? ccurl_easy_set_pointer(raw, CURLOPT_POSTFIELDS, body) : emptyBody(), "the body")
        } else {
            try set(CURLOPT_HTTPGET, 1, "the method")
            if transfer.method.rawValue == "HEAD" { try set(CURLOPT_NOBODY, 1, "the method") }
        }
        let isImplied = transfer.method == (hasBody ? .post : .get) || (!hasBody && transfer.method == .post)
        try check(
            unsafe isImplied ? ccurl_easy_set_string(raw, CURLOPT_CUSTOMREQUEST, nil) : customMethod(transfer.method), "the method")
    }

    private func emptyBody() -> CURLcode { unsafe ccurl_easy_set_string(raw, CURLOPT_COPYPOSTFIELDS, "") }

    private func customMethod(_ method: HTTPMethod) -> CURLcode {
        unsafe ccurl_easy_set_string(raw, CURLOPT_CUSTOMREQUEST, method.rawValue)
    }

    private func setVersion(isSecure: Bool) throws(HTTPTransportError) {
        guard isSecure != self.isSecure else { return }
        self.isSecure = isSecure
        let version =
            switch loop.options.version {
            case .http1: CURL_HTTP_VERSION_1_1
            case .http2PriorKnowledge: isSecure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            case .http2OverTLS: isSecure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
            }
        try set(CURLOPT_HTTP_VERSION, version, "the HTTP version")
        // libcurl before 8.0 cannot use an HTTP/2 connection without TLS a second time: "error in the HTTP2 framing layer".
        let needsFreshConnection = version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE && LIBCURL_VERSION_NUM < 0x080000
        try set(CURLOPT_FRESH_CONNECT, needsFreshConnection ? 1 : 0, "FRESH_CONNECT")
        try set(CURLOPT_FORBID_REUSE, needsFreshConnection ? 1 : 0, "FORBID_REUSE")
        let waits = version != CURL_HTTP_VERSION_1_1 && !needsFreshConnection && loop.options.waitsForMultiplexing
        try set(CURLOPT_PIPEWAIT, waits ? 1 : 0, "PIPEWAIT")
    }

    private func setConstants(_ options: CurlTransportOptions) throws(HTTPTransportError) {
        let own = unsafe Unmanaged.passUnretained(self).toOpaque()
        try check(unsafe ccurl_easy_set_pointer(raw, CURLOPT_PRIVATE, own), "PRIVATE")
        try check(unsafe ccurl_easy_set_data_callback(raw, CURLOPT_WRITEFUNCTION, receiveBody), "WRITEFUNCTION")
        try check(unsafe ccurl_easy_set_pointer(raw, CURLOPT_WRITEDATA, own), "WRITEDATA")
        try check(unsafe ccurl_easy_set_data_callback(raw, CURLOPT_HEADERFUNCTION, receiveHeader), "HEADERFUNCTION")
        try check(unsafe ccurl_easy_set_pointer(raw, CURLOPT_HEADERDATA, own), "HEADERDATA")
        let context = unsafe Unmanaged.passUnretained(loop).toOpaque()
        try check(unsafe ccurl_easy_set_open_socket(raw, openSocket, own), "OPENSOCKETFUNCTION")
        try check(unsafe ccurl_easy_set_close_socket(raw, closeSocket, context), "CLOSESOCKETFUNCTION")
        if let share = unsafe loop.share { try check(unsafe ccurl_easy_set_pointer(raw, CURLOPT_SHARE, share), "SHARE") }

        try set(CURLOPT_NOSIGNAL, 1, "NOSIGNAL")
        try set(CURLOPT_TCP_NODELAY, 1, "TCP_NODELAY")
        try set(CURLOPT_TCP_KEEPALIVE, 1, "TCP_KEEPALIVE")
        try set(CURLOPT_BUFFERSIZE, options.receiveBufferBytes, "BUFFERSIZE")
        try set(CURLOPT_FOLLOWLOCATION, 0, "FOLLOWLOCATION")
        // The answer of a proxy to CONNECT is not the response.
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1, "SUPPRESS_CONNECT_HEADERS")
        try set(CURLOPT_PROTOCOLS_STR, "http,https", "PROTOCOLS_STR")
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2, "SSLVERSION")
        // Without it, cancelling an exchange whose name is being resolved blocks the loop until the resolver answers. Older versions
        // than 7.87 do not know it.
        _ = unsafe ccurl_easy_set_long(raw, ccurl_option_quick_exit(), 1)
        if let file = options.certificateAuthorityFile {
            try set(CURLOPT_CAINFO, file, "the certificate authority file")
            try check(unsafe ccurl_easy_set_string(raw, CURLOPT_CAPATH, nil), "CAPATH")
        }
        switch options.proxy {
        case .environment: break
        case .none: try set(CURLOPT_PROXY, "", "PROXY")
        case .url(let url, let bypassing):
            try set(CURLOPT_PROXY, url, "the proxy's URL")
            try set(CURLOPT_NOPROXY, bypassing, "the hosts that bypass the proxy")
        }
    }

    private func set(_ option: CURLoption, _ value: Int, _ what: String) throws(HTTPTransportError) {
        try check(unsafe ccurl_easy_set_long(raw, option, value), what)
    }

    private func set(_ option: CURLoption, _ value: String, _ what: String) throws(HTTPTransportError) {
        try check(unsafe ccurl_easy_set_string(raw, option, value), what)
    }

    private func check(_ code: CURLcode, _ what: String) throws(HTTPTransportError) {
        guard code != CURLE_OK else { return }
        let reason = unsafe String(cString: curl_easy_strerror(code))
        throw HTTPTransportError(.other, "libcurl does not take \(what): \(reason) (libcurl \(code.rawValue))")
    }
}

// MARK: Thin thunks: from C to the loop

private func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    guard let context = unsafe context else { return 0 }
    let handle = unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
    return unsafe handle.loop.receivedBody(UnsafeRawBufferPointer(start: bytes, count: size * count), on: handle)
}

private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    guard let context = unsafe context else { return 0 }
    let handle = unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
    return unsafe handle.loop.receivedHeader(UnsafeRawBufferPointer(start: bytes, count: size * count), on: handle)
}

private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let address = unsafe address else { return -1 }
    let handle = unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
    let wanted = unsafe address.pointee
    let opened = handle.loop.openSocket(family: wanted.family, type: wanted.socktype, protocol: wanted.protocol)
    handle.openedSockets.append(opened)
    return opened
}

private func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
    guard let context = unsafe context else { return 1 }
    return unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().closeSocket(socket)
}
