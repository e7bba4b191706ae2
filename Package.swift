// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 language mode, the upcoming features that will be defaults, and no warning left behind.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For the targets that touch C: every unsafe expression is spelled out.
let strictMemory: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
    name: "Qualm",
    products: [
        .executable(name: "qualm", targets: ["qualm"]),
        .library(name: "EntropyRouting", targets: ["EntropyRouting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: one module map each, one Swift importer each.
        .systemLibrary(name: "CCurl", path: "Sources/CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CProcess", path: "Sources/CProcess"),
        .systemLibrary(name: "CHiredis", path: "Sources/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CLibYAML", path: "Sources/CLibYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CSimdjson",
            cxxSettings: [.define("NDEBUG", .when(configuration: .release))],
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]
        ),

        // A thread of one's own, for event loops over C libraries and for long computations.
        .target(name: "Threads", dependencies: ["CProcess"], swiftSettings: strictMemory),

        // Names of things by their content.
        .target(name: "Digests", swiftSettings: strict),

        // Domain.
        .target(name: "HTTPTransport", swiftSettings: strict),
        .target(name: "EntropyRouting", swiftSettings: strict),
        .target(name: "ChatAPI", dependencies: ["FastJSON"], swiftSettings: strict),
        .target(
            name: "Cascade",
            dependencies: ["ChatAPI", "EntropyRouting"],
            swiftSettings: strict
        ),
        .target(name: "Calibration", dependencies: ["EntropyRouting"], swiftSettings: strict),

        // Adapters.
        .target(name: "CurlHTTP", dependencies: ["CCurl", "HTTPTransport", "Threads"], swiftSettings: strictMemory),
        .target(name: "FastJSON", dependencies: ["CSimdjson"], swiftSettings: strictMemory),
        .target(name: "YAMLDocument", dependencies: ["CLibYAML"], swiftSettings: strictMemory),
        .target(
            name: "Providers",
            dependencies: ["Cascade", "ChatAPI", "EntropyRouting", "FastJSON", "HTTPTransport"],
            swiftSettings: strict
        ),

        .target(
            name: "SemanticCache",
            dependencies: ["Calibration", "Cascade", "ChatAPI", "Digests", "EntropyRouting", "FastJSON", "Threads"],
            swiftSettings: strict
        ),
        .target(name: "RedisStore", dependencies: ["CHiredis", "Cascade", "Threads"], swiftSettings: strictMemory),
        .target(name: "QdrantStore", dependencies: ["Cascade", "ChatAPI", "FastJSON", "HTTPTransport"], swiftSettings: strict),

        // Calibration: files, upstream runs, pictures, and the loop that watches over it in production.
        .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: strictMemory),
        .target(
            name: "CalibrationData",
            dependencies: ["Calibration", "ChatAPI", "Digests", "EntropyRouting", "FastJSON", "Gzip"],
            swiftSettings: strict
        ),
        .target(
            name: "Judging",
            dependencies: ["Calibration", "CalibrationData", "Cascade", "ChatAPI", "EntropyRouting", "FastJSON"],
            swiftSettings: strictMemory
        ),
        .target(
            name: "Recorder",
            dependencies: ["Calibration", "CalibrationData", "Cascade", "ChatAPI", "EntropyRouting", "FastJSON"],
            swiftSettings: strict
        ),
        .target(
            name: "CalibrationReport",
            dependencies: ["Calibration", "CalibrationData", "Digests", "EntropyRouting", "FastJSON"],
            swiftSettings: strict
        ),
        .target(
            name: "Auditing",
            dependencies: ["Calibration", "CalibrationData", "Cascade", "ChatAPI", "EntropyRouting", "FastJSON", "Judging"],
            swiftSettings: strict
        ),

        // Edge.
        .target(
            name: "GatewayConfiguration",
            dependencies: ["EntropyRouting", "FastJSON", "YAMLDocument"],
            swiftSettings: strict
        ),
        .target(
            name: "GatewayMetrics",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict
        ),
        .target(
            name: "GatewayHTTP",
            dependencies: [
                "Cascade", "ChatAPI", "EntropyRouting", "FastJSON", "GatewayMetrics",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Simulator",
            dependencies: [
                "FastJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // Composition.
        .executableTarget(
            name: "qualm",
            dependencies: [
                "CProcess", "Cascade", "ChatAPI", "CurlHTTP", "EntropyRouting", "FastJSON", "GatewayConfiguration", "GatewayHTTP",
                "GatewayMetrics",
                "Auditing", "Calibration", "CalibrationData", "CalibrationReport", "Digests", "Gzip", "Judging", "Recorder",
                "HTTPTransport", "Providers", "QdrantStore", "RedisStore", "SemanticCache", "Simulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // Tests.
        .target(
            name: "GatewayTesting",
            dependencies: ["Cascade", "ChatAPI", "EntropyRouting", "HTTPTransport"],
            swiftSettings: strict
        ),
        .testTarget(name: "EntropyRoutingTests", dependencies: ["EntropyRouting", "GatewayTesting"], swiftSettings: strict),
        .testTarget(name: "FastJSONTests", dependencies: ["FastJSON"], swiftSettings: strict),
        .testTarget(name: "ChatAPITests", dependencies: ["ChatAPI", "FastJSON", "GatewayTesting"], swiftSettings: strict),
        .testTarget(name: "CascadeTests", dependencies: ["Cascade", "ChatAPI", "EntropyRouting", "GatewayTesting"], swiftSettings: strict),
        .testTarget(name: "CurlHTTPTests", dependencies: ["CurlHTTP", "GatewayTesting", "HTTPTransport"], swiftSettings: strict),
        .testTarget(
            name: "ProvidersTests",
            dependencies: ["Cascade", "ChatAPI", "CurlHTTP", "FastJSON", "GatewayTesting", "HTTPTransport", "Providers", "Simulator"],
            swiftSettings: strict
        ),
        .testTarget(name: "CalibrationTests", dependencies: ["Calibration", "EntropyRouting", "GatewayTesting"], swiftSettings: strict),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
        .testTarget(name: "GzipTests", dependencies: ["Gzip"], swiftSettings: strict),
        .testTarget(
            name: "CalibrationDataTests",
            dependencies: ["Calibration", "CalibrationData", "EntropyRouting", "FastJSON", "GatewayTesting", "Gzip"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JudgingTests",
            dependencies: [
                "Calibration", "CalibrationData", "Cascade", "ChatAPI", "EntropyRouting", "FastJSON", "GatewayTesting", "Judging",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RecorderTests",
            dependencies: [
                "Calibration", "CalibrationData", "Cascade", "ChatAPI", "Digests", "EntropyRouting", "FastJSON", "GatewayTesting",
                "Recorder",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CalibrationReportTests",
            dependencies: ["Calibration", "CalibrationData", "CalibrationReport", "EntropyRouting", "FastJSON", "GatewayTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AuditingTests",
            dependencies: [
                "Auditing", "Calibration", "CalibrationData", "Cascade", "ChatAPI", "EntropyRouting", "FastJSON", "GatewayTesting",
                "Judging",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SemanticCacheTests",
            dependencies: ["Calibration", "Cascade", "ChatAPI", "EntropyRouting", "FastJSON", "GatewayTesting", "SemanticCache"],
            swiftSettings: strict
        ),
        .testTarget(name: "RedisStoreTests", dependencies: ["Cascade", "GatewayTesting", "RedisStore"], swiftSettings: strict),
        .testTarget(
            name: "QdrantStoreTests",
            dependencies: ["Cascade", "CurlHTTP", "FastJSON", "GatewayTesting", "HTTPTransport", "QdrantStore"],
            exclude: ["Recordings"],
            swiftSettings: strict
        ),
        .testTarget(name: "YAMLDocumentTests", dependencies: ["YAMLDocument"], swiftSettings: strict),
        .testTarget(
            name: "GatewayConfigurationTests",
            dependencies: ["EntropyRouting", "FastJSON", "GatewayConfiguration"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayMetricsTests",
            dependencies: ["GatewayMetrics", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "FastJSON", "Simulator", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayHTTPTests",
            dependencies: [
                "Cascade", "EntropyRouting", "FastJSON", "GatewayHTTP", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict
        ),
        // Starts the built executable, with simulated upstreams in the test's own process.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["FastJSON", "Simulator", "CurlHTTP", "HTTPTransport", "qualm"],
            swiftSettings: strict
        ),
    ]
)
