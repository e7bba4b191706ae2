import ArgumentParser
import Cascade
import CurlHTTP
import GatewayConfiguration
import HTTPTransport
import Logging
import Providers
import QdrantStore
import RedisStore
import SemanticCache

/// Configuration -> the cache with its stores and the embedder, or nothing when it is off.
struct CacheAssembly {
    let cache: SemanticCompletionCache?
    private let vectors: EmbeddedVectorStore?
    private let redis: RedisClient?
    private let transports: [CurlTransport]

    /// - Parameters:
    ///   - providers: for the embedder's transport and capabilities.
    ///   - observer: hears what the cache does.
    init(
        _ configuration: GatewayConfiguration, providers: ProviderAssembly, observer: any CacheObserver, logger: Logger
    ) throws {
        guard configuration.cache.mode != .off else {
            (cache, vectors, redis, transports) = (nil, nil, nil, [])
            return
        }
        let embedder = EmbedderAssembly.embedder(configuration, providers: providers)
        if embedder == nil {
            logger.notice(
                "the cache finds equal requests only: there is no embedder",
                metadata: ["embeddings.model": "\(configuration.embeddings.model.map(\.description) ?? "none")"])
        }
        let settings = CacheSettings(configuration.cache)
        switch configuration.cache.store {
        case .embedded:
            let store = EmbeddedVectorStore(maxVectors: configuration.cache.maxVectors)
            (vectors, redis, transports) = (store, nil, [])
            cache = SemanticCompletionCache(
                settings: settings,
                answers: EmbeddedAnswerStore(maxEntries: configuration.cache.maxEntries, maxBytes: configuration.cache.maxBytes),
                vectors: store, embedder: embedder, observer: observer)
        case .redisQdrant:
            let stores = try SharedStores(configuration)
            let client = try stores.connect()
            let transport = try CurlTransport(
                options: CurlTransportOptions(configuration.transport, caFile: configuration.qdrant.caFile))
            (vectors, redis, transports) = (nil, client, [transport])
            cache = SemanticCompletionCache(
                settings: settings, answers: RedisAnswerStore(client: client, keyPrefix: configuration.redis.prefix),
                vectors: QdrantVectorStore(stores.qdrant, transport: transport), embedder: embedder, observer: observer)
        }
    }

    func shutdown() {
        redis?.shutdown()
        vectors?.shutdown()
        for transport in transports { transport.shutdown() }
    }
}

/// What `redis` and `qdrant` say, checked before anything is connected: also by `qualm check`.
struct SharedStores {
    let redis: RedisConnectionOptions
    let qdrant: QdrantOptions

    /// Ends the process with status 78 when an address cannot be understood.
    init(_ configuration: GatewayConfiguration) throws {
        do throws(RedisURLError) {
            redis = try RedisURL.parse(configuration.redis.url.reveal)
        } catch {
            throw Self.refusal("redis.url: \(error)")
        }
        do throws(QdrantOptions.Problem) {
            qdrant = try QdrantOptions(
                baseURL: configuration.qdrant.url, apiKey: configuration.qdrant.apiKey?.reveal, collection: configuration.qdrant.collection)
        } catch {
            throw Self.refusal("qdrant: \(error)")
        }
    }

    /// Starts the connection to Redis, which goes on trying for as long as the process lives.
    func connect() throws -> RedisClient {
        do throws(StoreError) {
            return try RedisClient(options: redis)
        } catch {
            throw Self.refusal("redis.url: \(error.detail)")
        }
    }

    private static func refusal(_ message: String) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(78)
    }
}

/// Configuration -> who turns texts into vectors.
enum EmbedderAssembly {
    /// `nil` when no model is configured, or when it is OpenAI's and there is no key for it.
    static func embedder(_ configuration: GatewayConfiguration, providers: ProviderAssembly) -> OpenAICompatibleEmbedder? {
        guard let model = configuration.embeddings.model, let provider = configuration.provider(named: model.provider),
            let transport = providers.transport(of: model.provider)
        else { return nil }
        if provider.apiKey == nil, provider.baseURL == "https://api.openai.com/v1" { return nil }
        return OpenAICompatibleEmbedder(
            model: ModelName(model), baseURL: provider.baseURL, apiKey: provider.apiKey?.reveal,
            headers: provider.headers.map { HTTPHeader($0.name, $0.value.reveal) }, dimensions: configuration.embeddings.dimensions,
            batchSize: configuration.embeddings.batchSize,
            timeouts: HTTPTimeouts(connect: provider.connectTimeout, firstByte: provider.firstByteTimeout, idle: provider.idleTimeout),
            transport: transport)
    }
}

extension CacheSettings {
    init(_ configuration: CacheConfiguration) {
        self.init()
        mode = configuration.mode == .shadow ? .shadow : .on
        timeToLive = configuration.timeToLive
        deadline = configuration.deadline
        admit = configuration.admit == .all ? .all : .shippedDrafts
        similarityThreshold = configuration.similarityThreshold
        scoreThreshold = configuration.scoreThreshold
        neighbours = configuration.neighbours
        maxEntryBytes = configuration.maxEntryBytes
        singleFlight = configuration.singleFlight
        shadowShare = configuration.shadowShare
        breakerFailures = configuration.breakerFailures
        breakerOpenFor = configuration.breakerOpen
        rules = PartitionRules(
            maxPromptTokens: configuration.maxPromptTokens, readOnlyTools: configuration.readOnlyTools,
            extraTimeWords: configuration.bypassWords, version: configuration.version)
    }
}
