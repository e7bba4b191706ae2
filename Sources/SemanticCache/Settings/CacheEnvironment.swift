internal import Cascade

/// Time and chance, as parameters: tests bring their own.
public struct CacheEnvironment: Sendable {
    /// For deadlines and durations.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// Seconds since 1970, for the age and the end of entries.
    public var wallTime: @Sendable () -> Double
    /// Returns at that time, or throws as soon as the task is cancelled.
    public var sleep: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void
    /// Uniform in 0..<1: which would-be hits are compared instead of served.
    public var chance: @Sendable () -> Double

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, wallTime: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (_ until: ContinuousClock.Instant) async throws -> Void, chance: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.wallTime = wallTime
        self.sleep = sleep
        self.chance = chance
    }

    /// The process's clocks and the system's generator.
    public static let system = CacheEnvironment(
        now: { .now }, wallTime: { WallClock.now() },
        sleep: { try await Task.sleep(until: $0, clock: .continuous) },
        chance: { Double.random(in: 0..<1) })
}
