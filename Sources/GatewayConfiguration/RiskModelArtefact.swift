public import EntropyRouting
public import FastJSON

/// Reads a fitted risk model from its JSON artefact, the format of `docs/risk-model.md`. Strict: a member that is missing, unknown, there
/// twice, of the wrong type or out of range is an error that names it, so that a misspelt coefficient cannot silently be 0.
public enum RiskModelArtefact {
    /// The value of `format` this version writes. It also reads ``firstFormat``.
    public static let format = "qualm-risk-model/2"
    /// The format before there were certificates: it lacks `certificate`, `speed`, `estimation` and `origin`.
    public static let firstFormat = "qualm-risk-model/1"
    /// Larger artefacts are refused unread; real ones have a few kilobytes.
    public static let maxBytes = 1 << 20

    /// - Parameter jsonBytes: the whole file.
    /// - Throws: ``RiskModelArtefactError`` for the first problem, in the order of the format's members.
    public static func load(jsonBytes: [UInt8]) throws(RiskModelArtefactError) -> RiskModel {
        guard jsonBytes.count <= maxBytes else {
            throw .invalid(member: "the artefact", problem: "has \(jsonBytes.count) bytes; expected at most \(maxBytes)")
        }
        let document: JSONValue
        do { document = try JSONValue.parse(jsonBytes) } catch { throw .syntax(error) }
        return try model(RiskModelObject(document, at: ""))
    }

    private static func model(_ object: consuming RiskModelObject) throws(RiskModelArtefactError) -> RiskModel {
        var object = object
        // The format first: what follows may mean something else in another one.
        let found = try object.string("format")
        guard found == format || found == firstFormat else {
            throw .invalid(member: "format", problem: "is \"\(found)\"; expected \"\(format)\"")
        }
        let key = try key(object.object("key"))
        let provenance = try provenance(object.object("provenance"))
        let windowTokens =
            try object.optional("window_tokens") {
                $0.int
            } expected: {
                "a whole number"
            } ?? 10
        let threshold = try object.optional("threshold") {
            $0.double
        } expected: {
            "a number"
        }
        var terms: [RiskTerm] = []
        for (index, element) in try object.array("features").enumerated() {
            terms.append(try term(RiskModelObject(element, at: "features[\(index)]")))
        }
        var intercepts = try object.object("intercepts")
        let defaultIntercept = try intercepts.double("default")
        var byClass: [TaskClass: Double] = [:]
        for taskClass in TaskClass.allCases {
            byClass[taskClass] = try intercepts.optional(taskClass.rawValue) {
                $0.double
            } expected: {
                "a number"
            }
        }
        try intercepts.finish()
        let extras = found == format ? try RiskModelExtras(&object) : RiskModelExtras()
        try object.finish()
        do {
            return try RiskModel(
                key: key, provenance: provenance, terms: terms, intercepts: byClass, defaultIntercept: defaultIntercept,
                windowTokens: windowTokens, threshold: threshold, certificate: extras.certificate, speed: extras.speed,
                estimation: extras.estimation, origin: extras.origin)
        } catch { throw .model(error) }
    }

    private static func key(_ object: RiskModelObject) throws(RiskModelArtefactError) -> RiskModel.Key {
        var object = object
        let key = RiskModel.Key(
            drafter: try object.string("drafter"),
            provider: try object.string("provider"),
            tier: try object.oneOf("tier", SignalTier.allCases.filter { $0 != .none }),
            topLogprobs: try object.int("top_logprobs"),
            temperature: try object.double("temperature"),
            promptMode: try object.string("prompt_mode"))
        try object.finish()
        return key
    }

    private static func provenance(_ object: RiskModelObject) throws(RiskModelArtefactError) -> RiskModel.Provenance {
        var object = object
        let provenance = RiskModel.Provenance(
            date: try object.string("date"),
            labels: try object.int("labels"),
            dataHash: try object.string("data_hash"),
            l2: try object.optional("l2") {
                $0.double
            } expected: {
                "a number"
            } ?? 1)
        try object.finish()
        return provenance
    }

    private static func term(_ object: RiskModelObject) throws(RiskModelArtefactError) -> RiskTerm {
        var object = object
        let name = try object.string("name")
        let scale = object.holds("scale") ? try object.oneOf("scale", RiskTerm.Scale.allCases) : .linear
        let (mean, deviation) = (try object.double("mean"), try object.double("deviation"))
        let coefficient = try object.double("coefficient")
        try object.finish()
        do {
            return try RiskTerm(named: name, scale: scale, mean: mean, deviation: deviation, coefficient: coefficient)
        } catch { throw .model(error) }
    }
}

/// Why an artefact is refused.
public enum RiskModelArtefactError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It is not JSON.
    case syntax(JSONSyntaxError)
    /// A member, by its path (`features[2].mean`), and what is wrong with it.
    case invalid(member: String, problem: String)
    /// The members are as the format says, and their values are no model.
    case model(RiskModelError)

    public var description: String {
        switch self {
        case .syntax(let error): "the risk model is not JSON: \(error)"
        case .invalid(let member, let problem): "risk model: \(member) \(problem)"
        case .model(let error): "risk model: \(error)"
        }
    }
}
