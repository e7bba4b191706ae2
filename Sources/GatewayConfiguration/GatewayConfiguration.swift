internal import YAMLDocument

/// Everything the gateway is told: `config.yaml`, the environment and flags, read, checked and complete. After `load` it is valid.
public struct GatewayConfiguration: Sendable, Equatable {
    public let server: ServerConfiguration
    /// What the route `auto` uses and the other routes start from.
    public let routing: RoutingConfiguration
    public let gates: GatesConfiguration
    public let prefire: PrefireConfiguration
    public let release: ReleaseConfiguration
    /// `auto` first, then the file's. Never empty.
    public let routes: [RouteConfiguration]
    /// The built-in ones, then the file's others.
    public let providers: [ProviderConfiguration]
    public let prices: PriceBook
    public let cache: CacheConfiguration
    public let embeddings: EmbeddingsConfiguration
    public let redis: RedisConfiguration
    public let qdrant: QdrantConfiguration
    public let audit: AuditConfiguration
    public let decisions: DecisionsConfiguration
    public let transport: TransportConfiguration
    public let logging: LoggingConfiguration

    /// The environment variables that override the file, and the key each one sets. An empty variable sets nothing.
    public static let environmentOverrides: [(variable: String, key: String)] = [
        ("QUALM_HOST", "server.host"), ("QUALM_PORT", "server.port"), ("LOG_LEVEL", "logging.level"),
        ("QUALM_CACHE_MODE", "cache.mode"), ("QUALM_CACHE_STORE", "cache.store"), ("QUALM_REDIS_URL", "redis.url"),
        ("QUALM_QDRANT_URL", "qdrant.url"), ("QUALM_QDRANT_API_KEY", "qdrant.api_key"),
    ]

    /// Reads a configuration. Precedence: `flags`, then the environment (`environmentOverrides`), then the file, then the defaults.
    ///
    /// - Parameters:
    ///   - bytes: The text of the file, UTF-8, at most 1 MiB; empty for the defaults.
    ///   - fileName: How problems name the file.
    ///   - environment: For `${NAME}` and the overrides.
    ///   - flags: Values from the command line; the later ones win.
    /// - Returns: The configuration and the warnings, in the order of the file.
    /// - Throws: ``InvalidConfiguration`` with everything that is wrong, found in one run. After a syntax error nothing else is looked at.
    public static func load(
        _ bytes: [UInt8],
        fileName: String,
        environment: [String: String],
        flags: [ConfigurationOverride] = []
    ) throws(InvalidConfiguration) -> (configuration: GatewayConfiguration, warnings: [ConfigurationProblem]) {
        let reader = reader(bytes, fileName: fileName, environment: environment, flags: flags)
        guard let document = parse(bytes, reader) else { throw InvalidConfiguration(problems: reader.sortedProblems()) }
        let configuration = GatewayConfiguration(document, reader)
        let problems = reader.sortedProblems()
        if problems.contains(where: { $0.severity == .error }) { throw InvalidConfiguration(problems: problems) }
        return (configuration, problems)
    }

    /// Every key of the file, section by section; those of the entries of `providers` and `prices` once each,
    /// those of `routes` not at all, because they are those of `routing` and `release`.
    public static var keys: [ConfigurationKey] {
        let reader = reader([], fileName: "", environment: [:], flags: [])
        _ = GatewayConfiguration(YAMLDocument.empty, reader)
        return reader.keys
    }

    /// The route of that name, if there is one.
    public func route(named name: String) -> RouteConfiguration? { routes.first { $0.name == name } }

    /// The provider of that name, if there is one.
    public func provider(named name: String) -> ProviderConfiguration? { providers.first { $0.name == name } }

    private static func reader(
        _ bytes: [UInt8], fileName: String, environment: [String: String], flags: [ConfigurationOverride]
    ) -> ConfigurationReader {
        let variables = environmentOverrides.compactMap { override in
            environment[override.variable].flatMap { value in
                value.isEmpty ? nil : ConfigurationOverride(key: override.key, value: value, source: override.variable)
            }
        }
        return ConfigurationReader(
            fileName: fileName, lines: YAMLDocument.lines(of: bytes), environment: environment, overrides: variables + flags)
    }

    private static func parse(_ bytes: [UInt8], _ reader: ConfigurationReader) -> YAMLDocument? {
        do throws(YAMLError) {
            let document = try YAMLDocument.parse(bytes)
            reader.mask = SecretMask(document)
            for duplicate in document.duplicateKeys {
                reader.report(
                    .error, at: SourceRange(start: duplicate.start, end: duplicate.end),
                    "'\(duplicate.key)' stands here a second time; remove it, or the one in line \(duplicate.first.line)")
            }
            return document
        } catch {
            // libyaml's own words for a tab do not name it.
            let hint =
                reader.indentation(ofLine: error.position.line).contains("\t") ? "; YAML indents with spaces, this line with a tab" : ""
            reader.report(.error, at: SourceRange(start: error.position, end: error.position), error.message + hint)
            return nil
        }
    }

    private init(_ document: YAMLDocument, _ reader: ConfigurationReader) {
        var root = SectionReader(path: "", cataloguePath: "", node: document.root, range: nil, reader: reader)
        var server = root.section("server")
        self.server = ServerConfiguration(&server)

        // Routes name providers and models, so these are read first.
        let builtIn = BuiltInProvider.all
        providers = root.map("providers", wantedNames: builtIn.map(\.name), declaring: true).map { name, section in
            var section = section
            return ProviderConfiguration(name: name, &section, builtIn: builtIn.first { $0.name == name })
        }
        prices = PriceBook(&root, providers: providers)
        var routing = root.section("routing")
        self.routing = RoutingConfiguration(&routing, inheriting: nil, providers: providers, prices: prices)
        routing.finish()
        var release = root.section("release")
        self.release = ReleaseConfiguration(&release, inheriting: nil)
        routes = RouteConfiguration.read(&root, routing: self.routing, release: self.release, providers: providers, prices: prices)
        let used = Set(routes.flatMap { [$0.routing.drafter.provider, $0.routing.heavyweight.provider] })
        for provider in builtIn where used.contains(provider.name) && !reader.providersWithOwnKey.contains(provider.name) {
            provider.warnAboutMissingKey(reader)
        }
        var prefire = root.section("prefire")
        self.prefire = PrefireConfiguration(&prefire, routes: routes)
        var gates = root.section("gates")
        self.gates = GatesConfiguration(&gates)
        var cache = root.section("cache")
        self.cache = CacheConfiguration(&cache)
        var embeddings = root.section("embeddings")
        self.embeddings = EmbeddingsConfiguration(&embeddings, providers: providers, prices: prices, isUsed: self.cache.mode != .off)
        var redis = root.section("redis")
        self.redis = RedisConfiguration(&redis)
        var qdrant = root.section("qdrant")
        self.qdrant = QdrantConfiguration(&qdrant)
        var audit = root.section("audit")
        self.audit = AuditConfiguration(&audit, providers: providers, prices: prices, routes: routes)
        var decisions = root.section("decisions")
        self.decisions = DecisionsConfiguration(&decisions)
        var transport = root.section("transport")
        self.transport = TransportConfiguration(&transport)
        var logging = root.section("logging")
        self.logging = LoggingConfiguration(&logging)
        root.finish()
        reader.reportUnknownOverrides()
    }
}
