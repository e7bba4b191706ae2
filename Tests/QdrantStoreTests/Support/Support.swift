import Cascade
import CurlHTTP
import Foundation
import GatewayTesting
import HTTPTransport
import QdrantStore
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `Tests/QdrantStoreTests`.
let testsDirectory = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()

struct Failure: Error, CustomStringConvertible {
    var description: String
}

extension CurlTransportOptions {
    /// Whatever proxy the environment names, 127.0.0.1 is reached directly.
    static var loopback: CurlTransportOptions {
        var options = CurlTransportOptions()
        options.proxy = .none
        return options
    }
}

/// Looks every few milliseconds until `condition` holds. The time is a bound for a test that fails, not a measure.
func eventually(within timeout: Duration = .seconds(20), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + timeout
    while true {
        if try await condition() { return true }
        guard ContinuousClock.now < deadline else { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
}

/// What a call failed with; `nil` when it did not.
func failure(_ call: () async throws(StoreError) -> Void) async -> StoreError? {
    do throws(StoreError) {
        try await call()
        return nil
    } catch {
        return error
    }
}

func seconds(_ seconds: Double) -> ContinuousClock.Instant { .now + .seconds(seconds) }

/// A UUID that says its number.
func uuid(_ number: Int) -> String {
    let hex = String(number, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - hex.count) + hex
}

func point(_ number: Int, _ vector: [Float], in partition: String = "p", expiresAt: Double = 4e9) -> VectorPoint {
    VectorPoint(id: uuid(number), vector: vector, partition: partition, expiresAt: expiresAt)
}

/// Any TCP port of 127.0.0.1 that nobody listens on now.
func freePort() throws -> UInt16 {
    let server = try LoopbackServer { _ in }
    server.stop()
    return server.port
}
