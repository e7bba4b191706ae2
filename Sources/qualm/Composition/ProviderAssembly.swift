import Cascade
import CurlHTTP
import GatewayConfiguration
import HTTPTransport
import Providers

/// Configuration -> providers and the transports under them. Providers share one transport, unless one trusts other authorities.
struct ProviderAssembly {
    let providers: [any CompletionProvider]
    let transports: [CurlTransport]
    private let byProvider: [String: CurlTransport]

    /// - Parameter isServed: which of the configured providers, by name.
    init(_ configuration: GatewayConfiguration, where isServed: (String) -> Bool) throws {
        var byAuthority: [String: CurlTransport] = [:]
        var byProvider: [String: CurlTransport] = [:]
        providers = try configuration.providers.filter { isServed($0.name) }.map { provider in
            let authority = provider.caFile ?? ""
            let transport =
                try byAuthority[authority] ?? CurlTransport(options: CurlTransportOptions(configuration.transport, caFile: provider.caFile))
            byAuthority[authority] = transport
            byProvider[provider.name] = transport
            return OpenAICompatibleProvider(
                name: provider.name, baseURL: provider.baseURL, apiKey: provider.apiKey?.reveal,
                headers: provider.headers.map { HTTPHeader($0.name, $0.value.reveal) },
                capabilities: ProviderCapabilities(provider),
                timeouts: HTTPTimeouts(
                    connect: provider.connectTimeout, firstByte: provider.firstByteTimeout, idle: provider.idleTimeout),
                transport: transport)
        }
        transports = Array(byAuthority.values)
        self.byProvider = byProvider
    }

    /// `nil` for a provider that is not served.
    func transport(of provider: String) -> CurlTransport? { byProvider[provider] }

    func shutdown() {
        for transport in transports { transport.shutdown() }
    }

    var openSockets: Int { transports.reduce(0) { $0 + $1.snapshot.openSockets } }
}

extension ProviderCapabilities {
    init(_ provider: ProviderConfiguration) {
        self.init(
            sendsLogprobs: provider.logprobs, maxTopLogprobs: provider.maxTopLogprobs, streamsUsage: provider.streamUsage,
            vocabularySize: provider.vocabularySize, stopsBillingOnDisconnect: provider.stopsBillingOnDisconnect)
    }
}

extension CurlTransportOptions {
    init(_ configuration: TransportConfiguration, caFile: String?) {
        self.init()
        loopCount = configuration.threads
        certificateAuthorityFile = caFile
        if !configuration.http2 { version = .http1 }
    }
}
