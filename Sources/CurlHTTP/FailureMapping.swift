internal import CCurl
internal import HTTPTransport

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What is known of an exchange that libcurl gave up.
struct FailureContext {
    var code: CURLcode
    /// errno of the last failed system call of the connection, 0 when there was none.
    var systemError: Int
    /// Answer of the proxy to CONNECT, 0 when there was none.
    var proxyStatus: Int
    /// The request, or a part, went out.
    var hasSent: Bool
    /// A final response head came in.
    var hasHead: Bool
}

extension HTTPTransportError {
    /// - Parameter place: host and port, for the detail.
    init(_ context: FailureContext, place: String) {
        let reason = unsafe String(cString: curl_easy_strerror(context.code))
        self.init(Kind(context), "\(place): \(reason) (libcurl \(context.code.rawValue)\(context.hint))")
    }
}

extension FailureContext {
    fileprivate var hint: String {
        var hint = systemError == 0 ? "" : ", errno \(systemError)"
        if proxyStatus != 0 { hint += ", proxy answered \(proxyStatus)" }
        return hint
    }
}

extension HTTPTransportError.Kind {
    /// The one place where libcurl's codes (libcurl-errors(3)) become kinds.
    init(_ context: FailureContext) {
        switch context.code {
        case CURLE_URL_MALFORMAT:
            self = .invalidURL
        case CURLE_UNSUPPORTED_PROTOCOL:
            // Also what libcurl answers to a reply that does not start with "HTTP/".
            self = context.hasSent ? .malformedResponse : .invalidURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self = .dns
        case CURLE_COULDNT_CONNECT:
            self = context.systemError == Int(ECONNREFUSED) ? .connectionRefused : .unreachable
        case CURLE_PROXY, CURLE_INTERFACE_FAILED:
            self = .unreachable
        case CURLE_OPERATION_TIMEDOUT:
            // The connect timeout is the only one that libcurl is told of.
            self = .connectTimeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT,
            CURLE_USE_SSL_FAILED:
            self = .tls
        case CURLE_OUT_OF_MEMORY where context.hasSent && !context.hasHead, CURLcode(rawValue: 100):
            // A header line above libcurl's own bound of 100 KB: "out of memory" until 8.6, CURLE_TOO_LARGE (100) since.
            self = .oversizedHeaders
        case CURLE_OK:
            // libcurl takes the end of the stream inside a head for the end of the response.
            self = context.hasHead ? .other : .resetBeforeHead
        case CURLE_WEIRD_SERVER_REPLY:
            self = .malformedResponse
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            if context.proxyStatus != 0, !(200..<300).contains(context.proxyStatus) {
                self = .unreachable
            } else {
                self = context.hasHead ? .resetMidBody : .resetBeforeHead
            }
        default:
            self = .other
        }
    }
}

/// The same without libcurl's types, for the tests.
func failureKind(_ code: UInt32, _ systemError: Int, _ proxyStatus: Int, _ hasSent: Bool, _ hasHead: Bool) -> HTTPTransportError.Kind {
    HTTPTransportError.Kind(
        FailureContext(
            code: CURLcode(rawValue: code), systemError: systemError, proxyStatus: proxyStatus, hasSent: hasSent, hasHead: hasHead))
}

/// Host and port of a URL without credentials, path and query: the part that may be logged.
func loggablePlace(ofURL url: String) -> String {
    var rest = url[...]
    if let scheme = rest.range(ofASCII: "://") { rest = rest[scheme.upperBound...] }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    return String(rest.prefix(255))
}

extension Substring {
    fileprivate func range(ofASCII needle: String) -> Range<Index>? {
        var start = startIndex
        while start != endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
