public import EntropyRouting
import FastJSON

extension RiskModelArtefact {
    /// The artefact of a model, in the newest format: what ``load(jsonBytes:)`` reads back as an equal value. The same model gives the same
    /// bytes; a line for every feature and landmark, so that two artefacts can be compared with `diff`.
    public static func encode(_ model: RiskModel) -> [UInt8] {
        var members: [(name: String, value: JSONValue)] = [
            ("format", .string(format)), ("key", key(model.key)), ("provenance", provenance(model.provenance)),
            ("window_tokens", .int(Int64(model.windowTokens))),
        ]
        if let threshold = model.threshold { members.append(("threshold", .double(threshold))) }
        members.append(("features", .array(model.terms.map(term))))
        members.append(("intercepts", intercepts(model)))
        if let certificate = model.certificate { members.append(("certificate", value(certificate))) }
        if let speed = model.speed {
            members.append(("speed", ["drafts": .int(Int64(speed.drafts)), "landmarks": .array(speed.landmarks.map(landmark))]))
        }
        members.append(("estimation", estimation(model.estimation)))
        members.append(
            (
                "origin",
                [
                    "models": .array(model.origin.models.map { .string($0) }),
                    "fingerprints": .array(model.origin.fingerprints.map { .string($0) }),
                ]
            ))
        return Array(ArtefactText.render(members).utf8)
    }

    private static func key(_ key: RiskModel.Key) -> JSONValue {
        [
            "drafter": .string(key.drafter), "provider": .string(key.provider), "tier": .string(key.tier.rawValue),
            "top_logprobs": .int(Int64(key.topLogprobs)), "temperature": .double(key.temperature), "prompt_mode": .string(key.promptMode),
        ]
    }

    private static func provenance(_ provenance: RiskModel.Provenance) -> JSONValue {
        [
            "date": .string(provenance.date), "labels": .int(Int64(provenance.labels)), "data_hash": .string(provenance.dataHash),
            "l2": .double(provenance.l2),
        ]
    }

    private static func term(_ term: RiskTerm) -> JSONValue {
        [
            "name": .string(term.feature.rawValue), "scale": .string(term.scale.rawValue), "mean": .double(term.mean),
            "deviation": .double(term.deviation), "coefficient": .double(term.coefficient),
        ]
    }

    private static func intercepts(_ model: RiskModel) -> JSONValue {
        .object(
            [JSONMember("default", .double(model.defaultIntercept))]
                + TaskClass.allCases.compactMap { taskClass in
                    model.intercepts[taskClass].map { JSONMember(taskClass.rawValue, .double($0)) }
                })
    }

    private static func value(_ certificate: RiskCertificate) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember("loss", .string(certificate.loss.rawValue)), JSONMember("alpha", .double(certificate.alpha)),
            JSONMember("delta", .double(certificate.delta)), JSONMember("judge_sensitivity", .double(certificate.judgeSensitivity)),
            JSONMember("grid", .array(certificate.grid.map { .double($0) })), JSONMember("losses", .int(Int64(certificate.losses))),
            JSONMember("labels", .int(Int64(certificate.labels))), JSONMember("bound", .double(certificate.bound)),
            JSONMember("coverage", .double(certificate.coverage)),
        ]
        if !certificate.classes.isEmpty {
            members.append(
                JSONMember(
                    "classes",
                    .object(
                        certificate.classes.map { part in
                            JSONMember(
                                part.taskClass.rawValue,
                                [
                                    "threshold": .double(part.threshold), "losses": .int(Int64(part.losses)),
                                    "labels": .int(Int64(part.labels)), "bound": .double(part.bound), "coverage": .double(part.coverage),
                                ])
                        })))
        }
        return .object(members)
    }

    private static func landmark(_ landmark: SpeedLayer.Landmark) -> JSONValue {
        [
            "token": .int(Int64(landmark.token)), "intercept": .double(landmark.intercept), "slope": .double(landmark.slope),
            "tokens_left": .double(landmark.tokensLeft), "seconds_left": .double(landmark.secondsLeft),
        ]
    }

    private static func estimation(_ estimation: RiskModel.Estimation) -> JSONValue {
        var members: [JSONMember] = []
        if let size = estimation.vocabularySize { members.append(JSONMember("vocabulary_size", .int(Int64(size)))) }
        if !estimation.tail.isEmpty {
            members.append(JSONMember("tail", .array(estimation.tail.map { ["k": .int(Int64($0.k)), "bits": .double($0.bits)] })))
        }
        return .object(members)
    }
}

/// JSON for people: a line for each member, and for each element of an array of objects.
private enum ArtefactText {
    static func render(_ members: [(name: String, value: JSONValue)]) -> String {
        let lines = members.map { "  \(text(.string($0.name))): \(block($0.value, indent: "  "))" }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    private static func block(_ value: JSONValue, indent: String) -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where elements.contains { $0.object != nil }:
            return "[\n" + elements.map { inner + text($0) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where members.contains { isNested($0.value) }:
            let lines = members.map { "\(inner)\(text(.string($0.name))): \(block($0.value, indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default:
            return text(value)
        }
    }

    private static func isNested(_ value: JSONValue) -> Bool {
        if let elements = value.array { return elements.contains { $0.object != nil } || elements.count > 8 }
        return value.object != nil
    }

    private static func text(_ value: JSONValue) -> String {
        var json = JSONWriter()
        json.value(value)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
