import ArgumentParser
import Calibration
import CalibrationData
import Cascade
import EntropyRouting
import GatewayConfiguration

/// Configuration -> the policy recorded drafts are replayed under. The route is the one the gateway would serve, assembled by the same
/// code.
struct ReplaySetup {
    /// The configuration file as it was named.
    let file: String
    let route: CascadeRoute
    let policy: ReplayPolicy
    /// What recordings of this route are made with, as ``AssemblyReport/kinds`` names it.
    let kind: String

    /// - Throws: `ExitCode(78)` when the configuration is wrong, `ValidationError` when it has no such route.
    init(_ configuration: GatewayConfiguration, file: String, route name: String) throws {
        guard let configured = configuration.route(named: name) else {
            let known = configuration.routes.map(\.name).joined(separator: ", ")
            throw ValidationError("--route '\(name)' is not in \(file); its routes are \(known)")
        }
        let assembly = try ProviderAssembly(configuration) { _ in true }
        defer { assembly.shutdown() }
        let providers = Dictionary(assembly.providers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        guard let route = try RouteAssembly.routes(configuration, providers: providers).first(where: { $0.name == name }) else {
            throw ValidationError("--route '\(name)' cannot be assembled from \(file)")
        }
        self.file = file
        self.route = route

        let capabilities = (route.drafterProvider.capabilities, route.heavyweightProvider.capabilities)
        let routing = configured.routing
        kind = AssemblyReport.kind(
            drafter: route.drafter.qualified, temperature: routing.temperature,
            topLogprobs: capabilities.0.sendsLogprobs ? min(routing.topLogprobs, capabilities.0.maxTopLogprobs) : 0,
            promptMode: routing.promptMode)
        var prefire = route.prefire
        prefire.isCancellingWorthwhile = capabilities.1.stopsBillingOnDisconnect
        let heavyweight = configuration.prices.price(of: configured.routing.heavyweight)
        policy = ReplayPolicy(
            strategy: route.strategy, estimator: route.estimator, release: route.release, prefire: prefire,
            prefireValue: Self.value(route, heavyweight),
            allowance: PrefireAllowance(ratio: configuration.prefire.budgetRatio, burst: configuration.prefire.burst),
            drafterPrice: configuration.prices.price(of: configured.routing.drafter).map(ReplayPrice.init),
            heavyweightPrice: heavyweight.map(ReplayPrice.init), stopsDrafterBilling: capabilities.0.stopsBillingOnDisconnect,
            stallSeconds: configuration.prefire.stall.map { $0 / .seconds(1) })
    }

    /// What the running gateway does: money against seconds where the price is known.
    private static func value(_ route: CascadeRoute, _ price: ModelPrice?) -> (@Sendable (Int) -> PrefireValue)? {
        guard let economics = route.prefireEconomics, let price else { return nil }
        let stopsBilling = route.heavyweightProvider.capabilities.stopsBillingOnDisconnect
        let known = Cascade.PriceBook.Price(input: price.input, output: price.output, cachedInput: price.cachedInput)
        return { economics.value(price: known, promptTokens: $0, stopsBilling: stopsBilling) }
    }
}

extension ReplayPrice {
    fileprivate init(_ price: ModelPrice) {
        self.init(input: price.input, output: price.output, cachedInput: price.cachedInput)
    }
}
