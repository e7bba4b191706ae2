/// How a ``Simulator`` is set up.
public struct SimulatorOptions: Sendable {
    /// Address to listen on; `127.0.0.1` unless given.
    public var host = "127.0.0.1"
    /// 0...65,535; 0, the default, takes a free port.
    public var port = 0
    /// Threads that serve connections, at least 1, the default.
    public var eventLoops = 1
    /// Rules that decide before the words of the model name do; none by default.
    public var scenario = Scenario()
    /// The only bearer key that is let in; `nil`, the default, lets everyone in.
    public var apiKey: String?
    /// Length of embedding vectors unless the request gives `dimensions`; 1...4,096, 1,536 by default.
    public var embeddingDimensions = 1_536
    /// A larger request body is answered with 413; 16 MiB by default.
    public var maxBodyBytes = 16 << 20
    /// Records kept for reports; the oldest ended ones are dropped. 4,096 by default.
    public var recordedRequests = 4_096
    /// Raw bodies kept with the latest records, each up to 1 MiB; 64 by default.
    public var recordedBodies = 64

    /// The defaults above.
    public init() {}
}
