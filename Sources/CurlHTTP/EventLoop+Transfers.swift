internal import CCurl
internal import HTTPTransport

/// The life of an exchange on its loop: start, receive, pause, resume, and the three ways to end.
extension EventLoop {
    func start(_ transfer: Transfer) {
        if transfer.isCancelledEarly { return transfer.end(.failure(.cancelled)) }
        if running.count >= options.maxActiveTransfers {
            let limit = "\(running.count) exchanges are under way, which is the limit (maxActiveTransfers)"
            return transfer.end(.failure(HTTPTransportError(.other, limit)))
        }
        do {
            try attach(transfer)
        } catch {
            transfer.end(.failure(error))
        }
    }

    private func attach(_ transfer: Transfer) throws(HTTPTransportError) {
        // libcurl takes C strings, which end at a NUL, and would send a line break in either as it is.
        guard transfer.url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw HTTPTransportError(.invalidURL, "the URL has a space or control character, which must be percent-encoded (RFC 3986)")
        }
        guard !transfer.method.rawValue.isEmpty, transfer.method.rawValue.utf8.allSatisfy(RequestHeaderList.isTokenByte) else {
            throw HTTPTransportError(.other, "the method is not an HTTP token (RFC 9110 section 5.6.2)")
        }
        let headers = try headerLists.list(for: transfer.requestHeaders, hasBody: !transfer.requestBody.isEmpty || transfer.method == .post)
        let handle = try handles.take(for: self)
        do {
            try handle.prepare(transfer, headers: headers)
        } catch {
            handles.giveBack(handle)
            throw error
        }
        let code = unsafe curl_multi_add_handle(multi, handle.raw)
        guard code == CURLM_OK else {
            handles.giveBack(handle)
            throw HTTPTransportError(.other, unsafe "libcurl does not start the exchange: \(String(cString: curl_multi_strerror(code)))")
        }
        handle.transfer = transfer
        transfer.handle = handle
        transfer.headerList = headers
        transfer.begin(at: now, maxHeaderBytes: options.maxResponseHeaderBytes)
        transfer.position = running.count
        running.append(transfer)
        nextDeadlineCheck = min(nextDeadlineCheck, transfer.deadline)
    }

    func receivedHeader(_ line: UnsafeRawBufferPointer, on handle: EasyHandle) -> Int {
        guard let transfer = handle.transfer else { return 0 }
        switch unsafe transfer.head.consume(line) {
        case .more: break
        case .head(let head): transfer.deliver(head: head)
        case .oversized:
            let limit = "the response head is larger than \(options.maxResponseHeaderBytes) bytes"
            transfer.refusal = HTTPTransportError(.oversizedHeaders, "\(loggablePlace(ofURL: transfer.url)): \(limit)")
            return 0
        }
        return line.count
    }

    /// All pieces of one socket read go to the sink in one call: a chunked stream would otherwise come event by event.
    func receivedBody(_ bytes: UnsafeRawBufferPointer, on handle: EasyHandle) -> Int {
        guard let transfer = handle.transfer else { return 0 }
        if !transfer.isPaused { inbox.makeRoom(for: bytes.count, of: transfer) }
        // Asked again, because making room may have told the sink something. Nothing is lost: libcurl keeps what it offers here and
        // stops reading the socket.
        if transfer.isPaused {
            transfer.isHeld = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        if transfer.receivedBody(at: now) { nextDeadlineCheck = min(nextDeadlineCheck, transfer.deadline) }
        unsafe inbox.append(bytes)
        return bytes.count
    }

    func resume(_ transfer: Transfer) {
        transfer.tookResume()
        guard transfer.phase == .running, transfer.isPaused, let handle = transfer.handle else { return }
        transfer.resumed(at: now)
        nextDeadlineCheck = min(nextDeadlineCheck, transfer.deadline)
        guard transfer.isHeld else { return }
        transfer.isHeld = false
        // Comes back into `receivedBody` with what libcurl kept.
        let code = unsafe curl_easy_pause(handle.raw, CURLPAUSE_CONT)
        inbox.flush()
        if code != CURLE_OK, transfer.phase == .running {
            let reason = unsafe String(cString: curl_easy_strerror(code))
            abort(transfer, transfer.refusal ?? HTTPTransportError(.other, "\(loggablePlace(ofURL: transfer.url)): on resuming: \(reason)"))
        }
    }

    /// Ends a running exchange from this side: closes its HTTP/1.1 connection, resets its HTTP/2 stream.
    func abort(_ transfer: Transfer, _ error: HTTPTransportError) {
        guard transfer.phase == .running, let handle = transfer.handle else { return }
        detach(transfer, handle)
        transfer.end(.failure(error))
    }

    /// libcurl is done with the exchange.
    func finish(_ handle: EasyHandle, _ code: CURLcode) {
        guard let transfer = handle.transfer else { return }
        let result: Result<HTTPExchangeTimings, HTTPTransportError>
        if let refusal = transfer.refusal {
            result = .failure(refusal)
        } else if code == CURLE_OK, transfer.head.isComplete {
            result = .success(timings(of: transfer, handle))
        } else {
            result = .failure(HTTPTransportError(failure(of: transfer, handle, code), place: loggablePlace(ofURL: transfer.url)))
        }
        detach(transfer, handle)
        transfer.end(result)
    }

    private func detach(_ transfer: Transfer, _ handle: EasyHandle) {
        unsafe curl_multi_remove_handle(multi, handle.raw)
        transfer.handle = nil
        // Those that lost the race between addresses, or were given up half open.
        for socket in handle.openedSockets { poller.forgetIfVanished(socket) }
        if !handle.openedSockets.isEmpty { publishConnections() }
        handles.giveBack(handle)
        let last = running.removeLast()
        if last !== transfer {
            running[transfer.position] = last
            last.position = transfer.position
        }
    }

    private func timings(of transfer: Transfer, _ handle: EasyHandle) -> HTTPExchangeTimings {
        var timings = transfer.timings(at: .now)
        timings.isConnectionReused = handle.long(CURLINFO_NUM_CONNECTS) == 0
        if !timings.isConnectionReused {
            let microseconds = max(handle.offset(CURLINFO_CONNECT_TIME_T), handle.offset(CURLINFO_APPCONNECT_TIME_T))
            timings.connect = .microseconds(microseconds)
        }
        timings.httpVersion =
            switch handle.long(CURLINFO_HTTP_VERSION) {
            case CURL_HTTP_VERSION_1_0: 10
            case CURL_HTTP_VERSION_2_0: 20
            default: 11
            }
        return timings
    }

    private func failure(of transfer: Transfer, _ handle: EasyHandle, _ code: CURLcode) -> FailureContext {
        FailureContext(
            code: code,
            systemError: handle.long(CURLINFO_OS_ERRNO),
            proxyStatus: handle.long(CURLINFO_HTTP_CONNECTCODE),
            hasSent: handle.long(CURLINFO_REQUEST_SIZE) > 0,
            hasHead: transfer.head.isComplete
        )
    }

    /// Ends what is overdue. Looks at every running transfer, at most once in 10 ms: one comparison each, and nothing to maintain
    /// when bytes arrive.
    func checkDeadlines() {
        var earliest = MonotonicTime.never
        var index = 0
        while index < running.count {
            let transfer = running[index]
            let deadline = transfer.deadline
            if deadline <= now {
                // Another transfer takes this position.
                abort(transfer, transfer.overdueError)
            } else {
                earliest = min(earliest, deadline)
                index += 1
            }
        }
        nextDeadlineCheck = earliest == .never ? .never : max(earliest, now.advanced(byNanoseconds: 10_000_000))
    }
}

extension EasyHandle {
    /// 0 when libcurl does not know.
    fileprivate func long(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe ccurl_easy_get_long(raw, info, &value)
        return value
    }

    fileprivate func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        unsafe ccurl_easy_get_offset(raw, info, &value)
        return Int64(value)
    }
}
