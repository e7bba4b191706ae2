import Simulator

/// Runs `body` against a simulator of its own on a free port.
func withSimulator<Value>(
    _ configure: (inout SimulatorOptions) -> Void = { _ in }, _ body: (Simulator) async throws -> Value
) async throws -> Value {
    var options = SimulatorOptions()
    configure(&options)
    let simulator = try await Simulator.start(port: 0, options: options)
    do {
        let value = try await body(simulator)
        try await simulator.stop()
        return value
    } catch {
        try? await simulator.stop()
        throw error
    }
}

/// SplitMix64: the same sequence for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
