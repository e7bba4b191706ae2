import Cascade
import Foundation
import Testing

@testable import RedisStore

/// `rediss://`: real where the build's hiredis has TLS, a clear error where it has not.
@Suite struct TLSTests {
    private func openssl(_ arguments: String, in folder: URL) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Why this build cannot.
    private func refusal() -> StoreError? {
        do throws(StoreError) {
            try RedisClient(options: RedisConnectionOptions(usesTLS: true)).shutdown()
            return nil
        } catch { return error }
    }

    @Test func withoutTLSInHiredisTheErrorSaysWhatToDo() {
        guard let refusal = refusal() else { return }
        #expect(refusal.kind == .mismatch)
        #expect(refusal.detail.contains("rediss:// needs") && refusal.detail.contains("redis://, or a TLS tunnel"))
    }

    @Test func overTLSTheCertificateMustBeTrustedAndCarryTheName() async throws {
        if let refusal = refusal() {
            print("skipped: \(refusal)")
            return
        }
        let port = try freePort()
        try await RedisServer.with(
            prepare: { folder in
                let key = "-x509 -newkey rsa:2048 -nodes -days 2"
                for (name, subject) in [("server", "DNS:localhost"), ("other", "DNS:other.example")] {
                    let made = try openssl(
                        "req \(key) -subj /CN=\(name) -addext subjectAltName=\(subject) -keyout \(name).key -out \(name).pem", in: folder)
                    #expect(made, "openssl could not make a certificate")
                }
                return [
                    "--tls-port", "\(port)", "--tls-cert-file", "server.pem", "--tls-key-file", "server.key", "--tls-auth-clients", "no",
                ]
            }
        ) { server in
            _ = try await server.run("PING")
            var options = RedisConnectionOptions(host: "localhost", port: port, usesTLS: true)
            options.certificateAuthorityFile = server.directory.appendingPathComponent("server.pem").path
            try await server.withClient(options) { client in
                let store = RedisAnswerStore(client: client)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<200 {
                        group.addTask {
                            let value = [UInt8](repeating: UInt8(index), count: index * 2_000)
                            try await store.set(value, for: "\(index)", timeToLive: .seconds(60), deadline: soon)
                            #expect(try await store.value(for: "\(index)", deadline: soon) == value)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await store.count(deadline: soon) == 200)
                #expect(try await server.connections() == 1)
            }
            // The right authority, another name.
            options.host = "127.0.0.1"
            try await expectFailure(options, "IP address mismatch")
            // Another authority.
            options.host = "localhost"
            options.certificateAuthorityFile = server.directory.appendingPathComponent("other.pem").path
            try await expectFailure(options, "self-signed certificate")
            options.certificateAuthorityFile = nil
            try await expectFailure(options, "self-signed certificate")
            // No TLS on that port.
            options.port = server.port
            try await expectFailure(options, "TLS")
            options.certificateAuthorityFile = server.directory.appendingPathComponent("missing.pem").path
            #expect(await failure { _ = try RedisClient(options: options) }?.kind == .mismatch)
        }
    }

    private func expectFailure(_ options: RedisConnectionOptions, _ reason: String) async throws {
        let client = try RedisClient(options: options)
        defer { client.shutdown() }
        try await expectEventually { client.lastFailure != nil }
        let detail = client.lastFailure?.detail ?? ""
        #expect(detail.contains(reason), "\(detail)")
        #expect(!client.isReady && client.lastFailure?.kind == .unavailable)
    }
}
