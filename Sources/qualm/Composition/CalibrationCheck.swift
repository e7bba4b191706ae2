import ArgumentParser
import Cascade
import EntropyRouting
import GatewayConfiguration

/// Whether a calibration is for what is configured. It says nothing about any other drafter, list length, temperature or prompt.
enum CalibrationCheck {
    /// What differs, each as a sentence with its remedy; empty when the calibration fits.
    static func mismatches(_ routing: RoutingConfiguration, _ key: RiskModel.Key, _ capabilities: ProviderCapabilities) -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ calibrated: String, _ configured: String, _ remedy: String) {
            if calibrated != configured { found.append("it was made for \(what) \(calibrated), not \(configured); \(remedy)") }
        }
        compare("the drafter", "\(key.provider):\(key.drafter)", routing.drafter.description, "calibrate for the one in 'routing.drafter'")
        let asked = capabilities.sendsLogprobs ? min(routing.topLogprobs, capabilities.maxTopLogprobs) : 0
        compare("top_logprobs", "\(key.topLogprobs)", "\(asked)", "set 'routing.top_logprobs: \(key.topLogprobs)' or calibrate again")
        let tier: SignalTier = !capabilities.sendsLogprobs ? .none : asked >= 2 ? .topK : asked == 1 ? .top1 : .surprisal
        compare("evidence of the tier", key.tier.rawValue, tier.rawValue, "the drafter's provider must send what was recorded")
        compare("the prompt mode", key.promptMode, routing.promptMode, "set 'routing.prompt_mode: \(key.promptMode)' or calibrate again")
        compare(
            "the temperature", "\(key.temperature)", "\(routing.temperature)",
            "set 'routing.temperature: \(key.temperature)' if that is what the drafter samples at for clients that name none, or record with "
                + "'--temperature \(routing.temperature)'")
        return found
    }

    /// Says of every route whose calibration is for something else what differs and what follows.
    ///
    /// - Throws: `ExitCode(78)` when a route is configured to refuse.
    static func report(_ configuration: GatewayConfiguration, _ models: [String: RiskModel]) throws {
        var isRefused = false
        for route in configuration.routes {
            guard let path = route.routing.riskModel, let model = models[path],
                let provider = configuration.providers.first(where: { $0.name == route.routing.drafter.provider })
            else { continue }
            if model.certificate != nil, !RouteAssembly.isPromised(route.routing, model) {
                StandardError.write(
                    "qualm: warning: route '\(route.name)': 'routing.risk_threshold' \(route.routing.riskThreshold ?? 1) is not covered by the "
                        + "certificate of \(path) (up to \(model.thresholds?.greatest ?? 0)): nothing is promised, and nothing is audited\n"
                )
            }
            let found = mismatches(route.routing, model.key, ProviderCapabilities(provider))
            for problem in found { StandardError.write("qualm: route '\(route.name)': \(path) does not fit: \(problem)\n") }
            guard !found.isEmpty else { continue }
            let policy = route.routing.calibrationMismatch
            StandardError.write("qualm: route '\(route.name)': \(policy.consequence) ('routing.calibration_mismatch')\n")
            isRefused = isRefused || policy == .refuse
        }
        if isRefused { throw ExitCode(78) }
    }

    /// Puts what the configuration says in the place of a rule whose calibration is for something else.
    static func settle(
        _ route: RouteConfiguration, _ model: RiskModel, _ capabilities: ProviderCapabilities, window: RoutingStrategy,
        in strategies: inout [String: RoutingStrategy]
    ) {
        guard case .risk(let risk)? = strategies["risk"], !mismatches(route.routing, model.key, capabilities).isEmpty else { return }
        strategies["risk"] = route.routing.calibrationMismatch == .window ? window : .risk(risk.capped(at: 0))
    }

}

extension RoutingConfiguration.CalibrationMismatch {
    fileprivate var consequence: String {
        switch self {
        case .refuse: "the gateway does not start"
        case .window: "the uncalibrated window rule decides instead"
        case .escalate: "every request is escalated"
        }
    }
}
