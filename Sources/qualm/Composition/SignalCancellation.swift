import Logging
import ServiceLifecycle
import UnixSignals

/// Runs `operation` until it ends or SIGTERM or SIGINT asks it to, by cancelling its task.
func withSignalCancellation(_ operation: @escaping @Sendable () async throws -> Void) async throws {
    struct Operation: Service {
        let operation: @Sendable () async throws -> Void

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await operation() }
        }
    }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: [.init(service: Operation(operation: operation), successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "qualm", factory: { StreamLogHandler.standardError(label: $0) })))
    try await group.run()
}
