import Cascade
import GatewayConfiguration

extension Cascade.PriceBook {
    /// The configuration's `prices`.
    init(_ configuration: GatewayConfiguration) {
        self.init(
            Dictionary(
                configuration.prices.prices.map { model, price in
                    (ModelName(model).qualified, Price(input: price.input, output: price.output, cachedInput: price.cachedInput))
                }, uniquingKeysWith: { first, _ in first }))
    }
}
