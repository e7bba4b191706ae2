import Cascade

/// Time and chance, as parameters: tests bring their own.
public struct AuditEnvironment: Sendable {
    /// For deadlines and durations.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// Seconds since 1970, for the day's money and the log.
    public var wallTime: @Sendable () -> Double
    /// Returns at that time, or throws as soon as the task is cancelled.
    public var sleep: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void
    /// Uniform in 0..<1: which requests are drawn.
    public var chance: @Sendable () -> Double
    /// A name that no other gateway has, 16 hexadecimal digits or more.
    public var instance: String

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, wallTime: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (_ until: ContinuousClock.Instant) async throws -> Void, chance: @escaping @Sendable () -> Double,
        instance: String
    ) {
        self.now = now
        self.wallTime = wallTime
        self.sleep = sleep
        self.chance = chance
        self.instance = instance
    }

    /// The process's clocks and the system's generator.
    public static func system() -> AuditEnvironment {
        AuditEnvironment(
            now: { .now }, wallTime: { WallClock.now() }, sleep: { try await Task.sleep(until: $0, clock: .continuous) },
            chance: { Double.random(in: 0..<1) },
            instance: String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16))
    }
}
