import FastJSON
import Foundation
import Testing

/// The risk of a recorded draft by the words of `docs/risk-model.md`, written down a second time and naively.
enum CalibrationFormula {
    static func risk(_ artefact: JSONValue, _ record: JSONValue) throws -> Double {
        let tokens = try #require(record["draft", "tokens"]?.array)
        // Entropies of complete lists: the simulator's 20 alternatives sum to one, so that there is no tail to estimate.
        let bits = tokens.compactMap { token -> Double? in
            guard let top = token["top"]?.array?.compactMap(\.double), !top.isEmpty else { return nil }
            return top.reduce(0) { $0 - exp($1) * $1 / log(2) }
        }
        var logit = try #require(
            artefact["intercepts", record["class"]?.string ?? ""]?.double ?? artefact["intercepts", "default"]?.double)
        for feature in artefact["features"]?.array ?? [] {
            var value: Double
            switch feature["name"]?.string {
            case "mean_bits": value = bits.reduce(0, +) / Double(bits.count)
            case "log_length": value = log(1 + Double(tokens.count))
            case let name: throw Failure(description: "the feature \(name ?? "without name") is not written down here")
            }
            if feature["scale"] == "log10" { value = log10(value + 1e-6) }
            let (mean, deviation) = (try #require(feature["mean"]?.double), try #require(feature["deviation"]?.double))
            logit += try #require(feature["coefficient"]?.double) * (value - mean) / deviation
        }
        return 1 / (1 + exp(-logit))
    }
}
