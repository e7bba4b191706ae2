/// One name that a client may put into `model` to have its request routed: `auto`, or an entry of `routes`.
public struct RouteConfiguration: Sendable, Equatable {
    /// The route that is always there and uses `routing` and `release` as they are.
    public static let automatic = "auto"

    /// What the client writes as `model`.
    public let name: String
    /// Complete: what the entry does not set is taken from `routing`.
    public let routing: RoutingConfiguration
    /// Complete: what the entry does not set is taken from `release`.
    public let release: ReleaseConfiguration

    init(name: String, routing: RoutingConfiguration, release: ReleaseConfiguration) {
        self.name = name
        self.routing = routing
        self.release = release
    }

    /// `auto` first, then the entries of `routes` in the order of the file.
    static func read(
        _ root: inout SectionReader,
        routing: RoutingConfiguration,
        release: ReleaseConfiguration,
        providers: [ProviderConfiguration],
        prices: PriceBook
    ) -> [RouteConfiguration] {
        var routes = [RouteConfiguration(name: automatic, routing: routing, release: release)]
        for (name, section) in root.map("routes", declaring: false) {
            var section = section
            if name == automatic {
                section.reader.report(.error, at: section.range, "'auto' is always there and uses 'routing'; change 'routing' instead")
            } else if !name.isEntryName {
                section.reader.report(
                    .error, at: section.range,
                    "'\(name)' cannot be the name of a route; 1 to 64 letters, digits, '.', '_' and '-' make one")
            }
            let routeRouting = RoutingConfiguration(&section, inheriting: routing, providers: providers, prices: prices)
            var releaseSection = section.section("release")
            let routeRelease = ReleaseConfiguration(&releaseSection, inheriting: release)
            section.finish()
            routes.append(RouteConfiguration(name: name, routing: routeRouting, release: routeRelease))
        }
        return routes
    }
}

extension String {
    /// A name that cannot be taken for `provider:model`, nor break a header or a metric label.
    var isEntryName: Bool {
        (1...64).contains(utf8.count)
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
