/// A certified risk model for the simulator's drafter, as text: the risk grows with the mean entropy, sigmoid(mean bits - 3). A sure draft
/// (0.2 bits a token) has the risk .057, an unsure one (3.6 bits) .65.
struct CalibrationArtefact {
    var drafter = CalibrationScene.drafter
    var topLogprobs = 20
    var temperature = 0.0
    var promptMode = "plain"
    var dataHash = "mix64:0000000000000001"
    var threshold = 0.2
    /// Holds the threshold.
    var grid = [0.01, 0.05, 0.1, 0.2, 0.5]
    var alpha = 0.1
    var delta = 0.05
    /// Thresholds of the classes; empty: one for all.
    var classes: [(name: String, threshold: Double)] = []
    var models: [String] = []
    var fingerprints: [String] = []

    /// The risk of a draft of which every token has `bits` of entropy.
    static let sureRisk = 0.0573

    var json: String {
        let parts = classes.map {
            #""\#($0.name)": {"threshold": \#($0.threshold), "losses": 0, "labels": 100, "bound": 0.03, "coverage": 0.8}"#
        }
        let byClass = parts.isEmpty ? "" : #", "classes": {\#(parts.joined(separator: ", "))}"#
        func texts(_ values: [String]) -> String { "[" + values.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        return """
            {
              "format": "qualm-risk-model/2",
              "key": {"drafter": "\(drafter)", "provider": "sim", "tier": "top_k", "top_logprobs": \(topLogprobs),
                "temperature": \(temperature), "prompt_mode": "\(promptMode)"},
              "provenance": {"date": "2026-01-31", "labels": 500, "data_hash": "\(dataHash)", "l2": 1},
              "window_tokens": 10,
              "threshold": \(threshold),
              "features": [{"name": "mean_bits", "mean": 0, "deviation": 1, "coefficient": 1}],
              "intercepts": {"default": -3},
              "certificate": {"loss": "joint", "alpha": \(alpha), "delta": \(delta), "judge_sensitivity": 1, "grid": \(grid),
                "losses": 3, "labels": 500, "bound": 0.02, "coverage": 0.8\(byClass)},
              "origin": {"models": \(texts(models)), "fingerprints": \(texts(fingerprints))}
            }

            """
    }
}
