import EntropyRouting
import FastJSON

/// What the second format of the artefact says beside the model itself. All of it may be missing.
struct RiskModelExtras {
    var certificate: RiskCertificate?
    var speed: SpeedLayer?
    var estimation = RiskModel.Estimation()
    var origin = RiskModel.Origin()

    init() {}

    init(_ object: inout RiskModelObject) throws(RiskModelArtefactError) {
        if object.holds("certificate") { certificate = try Self.certificate(object.object("certificate")) }
        if object.holds("speed") { speed = try Self.speed(object.object("speed")) }
        if object.holds("estimation") { estimation = try Self.estimation(object.object("estimation")) }
        if object.holds("origin") { origin = try Self.origin(object.object("origin")) }
    }

    private static func certificate(_ object: RiskModelObject) throws(RiskModelArtefactError) -> RiskCertificate {
        var object = object
        var certificate = RiskCertificate(
            loss: try object.oneOf("loss", RiskCertificate.Loss.allCases), alpha: try object.double("alpha"),
            delta: try object.double("delta"), judgeSensitivity: try object.double("judge_sensitivity"),
            grid: try object.numbers("grid"), losses: try object.int("losses"), labels: try object.int("labels"),
            bound: try object.double("bound"), coverage: try object.double("coverage"))
        if object.holds("classes") {
            var classes = try object.object("classes")
            for taskClass in TaskClass.allCases where classes.holds(taskClass.rawValue) {
                var part = try classes.object(taskClass.rawValue)
                certificate.classes.append(
                    RiskCertificate.ClassPart(
                        taskClass: taskClass, threshold: try part.double("threshold"), losses: try part.int("losses"),
                        labels: try part.int("labels"), bound: try part.double("bound"), coverage: try part.double("coverage")))
                try part.finish()
            }
            try classes.finish()
        }
        try object.finish()
        return certificate
    }

    private static func speed(_ object: RiskModelObject) throws(RiskModelArtefactError) -> SpeedLayer {
        var object = object
        let drafts = try object.int("drafts")
        var landmarks: [SpeedLayer.Landmark] = []
        for (index, element) in try object.array("landmarks").enumerated() {
            var landmark = try RiskModelObject(element, at: "speed.landmarks[\(index)]")
            landmarks.append(
                SpeedLayer.Landmark(
                    token: try landmark.int("token"), intercept: try landmark.double("intercept"), slope: try landmark.double("slope"),
                    tokensLeft: try landmark.double("tokens_left"), secondsLeft: try landmark.double("seconds_left")))
            try landmark.finish()
        }
        try object.finish()
        do { return try SpeedLayer(landmarks: landmarks, drafts: drafts) } catch {
            throw .invalid(member: error.parameter, problem: "is \(error.value); expected \(error.expected)")
        }
    }

    private static func estimation(_ object: RiskModelObject) throws(RiskModelArtefactError) -> RiskModel.Estimation {
        var object = object
        var estimation = RiskModel.Estimation()
        if object.holds("vocabulary_size") { estimation.vocabularySize = try object.int("vocabulary_size") }
        if object.holds("tail") {
            for (index, element) in try object.array("tail").enumerated() {
                var point = try RiskModelObject(element, at: "estimation.tail[\(index)]")
                estimation.tail.append(TailCoefficients.Point(k: try point.int("k"), bits: try point.double("bits")))
                try point.finish()
            }
        }
        try object.finish()
        return estimation
    }

    private static func origin(_ object: RiskModelObject) throws(RiskModelArtefactError) -> RiskModel.Origin {
        var object = object
        let origin = RiskModel.Origin(models: try object.texts("models"), fingerprints: try object.texts("fingerprints"))
        try object.finish()
        return origin
    }
}

extension RiskModelObject {
    /// An array of numbers.
    fileprivate mutating func numbers(_ name: String) throws(RiskModelArtefactError) -> [Double] {
        var numbers: [Double] = []
        for (index, element) in try array(name).enumerated() {
            guard let number = element.double else { throw .invalid(member: "\(name)[\(index)]", problem: "is no number") }
            numbers.append(number)
        }
        return numbers
    }

    /// An array of texts; absent is empty.
    fileprivate mutating func texts(_ name: String) throws(RiskModelArtefactError) -> [String] {
        guard holds(name) else { return [] }
        var texts: [String] = []
        for (index, element) in try array(name).enumerated() {
            guard let text = element.string else { throw .invalid(member: "\(name)[\(index)]", problem: "is no text") }
            texts.append(text)
        }
        return texts
    }
}
