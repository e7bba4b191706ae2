import ArgumentParser
import Cascade
import GatewayConfiguration
import Recorder

/// Configuration and options -> what a recording run needs.
struct RecordingSetup {
    let settings: RecordingSettings
    private let assembly: ProviderAssembly

    /// - Parameters:
    ///   - route: whose drafter and heavyweight are meant where `drafter` and `heavyweight` are `nil`.
    ///   - asksHeavyweight: false records drafts only.
    init(
        _ configuration: GatewayConfiguration, route: String, drafter: String?, heavyweight: String?, asksHeavyweight: Bool
    ) throws {
        let named = configuration.routes.first { $0.name == route }?.routing
        let drafterName = drafter ?? named.map { "\($0.drafter.provider):\($0.drafter.model)" }
        let heavyweightName = heavyweight ?? named.map { "\($0.heavyweight.provider):\($0.heavyweight.model)" }
        guard let drafterName, let heavyweightName = asksHeavyweight ? heavyweightName : .some(nil) else {
            throw Self.refusal(
                "there is no route '\(route)': --route is one of \(configuration.routes.map(\.name).joined(separator: ", "))")
        }
        let drafterModel = try Self.model(drafterName, configuration, option: "--drafter")
        let heavyweightModel = try heavyweightName.map { try Self.model($0, configuration, option: "--heavyweight") }
        assembly = try ProviderAssembly(configuration) { $0 == drafterModel.provider || $0 == heavyweightModel?.provider }
        let byName = Dictionary(assembly.providers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        guard let drafterProvider = byName[drafterModel.provider] else {
            throw Self.refusal("the provider '\(drafterModel.provider)' has no key")
        }
        var leg: RecordingSettings.Leg?
        if let heavyweightModel {
            guard let provider = byName[heavyweightModel.provider] else {
                throw Self.refusal("the provider '\(heavyweightModel.provider)' has no key")
            }
            leg = .init(model: heavyweightModel, provider: provider)
        }
        var settings = RecordingSettings(drafter: .init(model: drafterModel, provider: drafterProvider), heavyweight: leg)
        settings.prices = PriceBook(configuration)
        self.settings = settings
    }

    func shutdown() { assembly.shutdown() }

    /// `provider:model` of a provider that is configured.
    private static func model(_ text: String, _ configuration: GatewayConfiguration, option: String) throws -> ModelName {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw refusal("\(option) must be 'provider:model', not '\(text)'") }
        guard configuration.providers.contains(where: { $0.name == parts[0] }) else {
            let names = configuration.providers.map(\.name).joined(separator: ", ")
            throw refusal("\(option): there is no provider '\(parts[0])'; the configuration has \(names)")
        }
        return ModelName(provider: parts[0], model: parts[1])
    }

    private static func refusal(_ message: String) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(78)
    }
}

extension PriceBook {
    /// The configuration's `prices`.
    init(_ configuration: GatewayConfiguration) {
        self.init(
            Dictionary(
                configuration.prices.prices.map { model, price in
                    (ModelName(model).qualified, PriceBook.Price(input: price.input, output: price.output, cachedInput: price.cachedInput))
                }, uniquingKeysWith: { first, _ in first }))
    }
}
