internal import CHiredis
internal import Cascade

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// hiredis' TLS as found at run time, and what every connection's session is made from. Used by the I/O thread only.
@safe final class TLSLibrary {
    private var functions: qualm_redis_tls
    private let context: UnsafeMutableRawPointer

    /// - Parameter authorities: a PEM file; `nil` for the system's authorities.
    init(authorities: String?) throws(StoreError) {
        let version = unsafe String(cString: qualm_redis_version())
        guard qualm_redis_major() >= 1 else {
            throw StoreError(
                .redis, .mismatch,
                "rediss:// needs hiredis 1.0 or newer with TLS; this build has hiredis \(version): "
                    + "use redis://, or a TLS tunnel such as stunnel")
        }
        let library = unsafe try Self.open(version)
        functions = qualm_redis_tls()
        if let missing = unsafe qualm_redis_tls_load(&functions, library) {
            let name = unsafe String(cString: missing)
            throw StoreError(
                .redis, .mismatch, "rediss:// needs OpenSSL 1.1 or newer behind libhiredis_ssl; the installed one has no \(name)")
        }
        guard let context = unsafe qualm_redis_tls_context(&functions, authorities) else {
            let reason = unsafe qualm_redis_tls_reason(&functions, nil).map { unsafe String(cString: $0) } ?? "unknown reason"
            let source = authorities.map { "from \($0)" } ?? "of the system"
            throw StoreError(.redis, .mismatch, "rediss:// cannot use the certificate authorities \(source): \(reason)")
        }
        unsafe self.context = context
    }

    deinit {
        unsafe functions.context_free?(context)
    }

    private static func open(_ version: String) throws(StoreError) -> UnsafeMutableRawPointer {
        let exact = unsafe String(cString: qualm_redis_library_version())
        // Never closed: OpenSSL does not survive being unloaded.
        for name in ["libhiredis_ssl.so.\(exact)", "libhiredis_ssl.so"] {
            if let library = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) { return unsafe library }
        }
        throw StoreError(
            .redis, .mismatch,
            "rediss:// needs libhiredis_ssl \(exact) beside hiredis \(version), and it cannot be loaded: install it, use redis://, "
                + "or a TLS tunnel such as stunnel")
    }

    // MARK: One session

    enum Progress {
        case done
        case waitsForPeer
        case waitsForRoom
        case failed(String)
    }

    /// The session belongs to the hiredis context from then on.
    func begin(on redis: UnsafeMutablePointer<redisContext>, host: String) throws(StoreError) -> UnsafeMutableRawPointer {
        var reason: UnsafePointer<CChar>?
        let isAddress: CInt = Resolution.isAddress(host) ? 1 : 0
        if let session = unsafe qualm_redis_tls_begin(&functions, context, redis, host, isAddress, &reason) { return unsafe session }
        let text = unsafe reason.map { unsafe String(cString: $0) } ?? "the handshake could not be begun"
        throw StoreError(.redis, .unavailable, "TLS with \(host): \(text)")
    }

    func handshake(_ session: UnsafeMutableRawPointer) -> Progress {
        switch unsafe qualm_redis_tls_handshake(&functions, session) {
        case 1: .done
        case 0: .waitsForPeer
        case 2: .waitsForRoom
        default: .failed(unsafe reason(session) ?? "the server ended the handshake")
        }
    }

    func waitsForPeer(_ session: UnsafeMutableRawPointer) -> Bool {
        unsafe qualm_redis_tls_waits_for_peer(&functions, session) == 1
    }

    private func reason(_ session: UnsafeMutableRawPointer?) -> String? {
        unsafe qualm_redis_tls_reason(&functions, session).map { unsafe String(cString: $0) }
    }
}
