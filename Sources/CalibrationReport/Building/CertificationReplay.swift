import Calibration
import EntropyRouting

/// The certification run again on the same drafts, for its picture and for its reasons. It promises nothing by itself: the certificate
/// in the
/// model does.
struct CertificationReplay {
    let walks: [CertificationWalk]
    let remarks: [String]
    private let refusal: String?

    init(_ scored: [ScoredDraft], _ rule: RuleInForce, certificate: RiskCertificate?) {
        func cases(_ split: DraftSplit) -> [CertificationCase] {
            scored.filter { $0.split == split }.compactMap(CertifiedRule.risk.certificationCase)
        }
        let certifying = scored.filter { $0.split == .cal }
        let hasUnjudged = certifying.contains { $0.isBad == nil }
        func run(delta: Double, isJudgedOnly: Bool) -> Certification? {
            // The certificate does not say whether its judge was measured, which costs a share of delta, or vouched for.
            let judge = JudgeSensitivity.assumed(certificate?.judgeSensitivity ?? 1)
            let certification = try? RiskCertification(
                loss: rule.loss, alpha: rule.alpha, delta: delta, judge: judge,
                isPerClass: certificate.map { !$0.classes.isEmpty } ?? false,
                grid: rule.grid)
            let drafts = isJudgedOnly ? cases(.cal) : certifying.map(CertifiedRule.risk.pessimisticCase)
            return certification?.certify(drafts, planning: cases(.train))
        }
        // Nor whether drafts without a verdict were left out.
        var candidates: [Certification] = []
        for isJudgedOnly in hasUnjudged ? [false, true] : [true] {
            if let found = run(delta: rule.delta, isJudgedOnly: isJudgedOnly) { candidates.append(found) }
            if let certificate, certificate.judgeSensitivity < 1,
                let measured = run(delta: rule.delta * (1 - JudgeSensitivity.deltaShare), isJudgedOnly: isJudgedOnly)
            {
                candidates.append(measured)
            }
        }
        let same = candidates.first { Self.agrees($0, certificate) }
        let chosen = same ?? candidates.first
        walks = chosen.map { found in found.parts.map { Self.walk($0) } } ?? []
        refusal = chosen?.refusal?.description
        remarks =
            certificate != nil && same == nil
            ? ["The certificate could not be found again on these drafts: the walk that is drawn is theirs, the promise is the model's."]
            : []
    }

    /// What the page says first.
    func verdict(_ model: RiskModel) -> ReportVerdict {
        if let certificate = model.certificate {
            return .certified(certificate, threshold: certificate.classes.isEmpty ? model.threshold : nil)
        }
        if let refusal { return .refused(reason: Self.sentence(refusal)) }
        return .refused(reason: "The model carries no certificate; run the calibration to get one.")
    }

    private static func agrees(_ found: Certification, _ certificate: RiskCertificate?) -> Bool {
        guard let certificate, let again = found.certificate else { return certificate == nil && found.certificate == nil }
        return again.losses == certificate.losses && again.labels == certificate.labels && abs(again.bound - certificate.bound) < 1e-9
    }

    private static func walk(_ part: Certification.Part) -> CertificationWalk {
        let steps = part.steps.dropFirst(part.start)
        return CertificationWalk(
            name: part.taskClass?.label ?? "all drafts", limit: part.alpha, delta: part.delta,
            steps: steps.map { CertificationWalk.Step(level: $0.level, losses: $0.losses, trials: $0.trials, bound: $0.bound) },
            certified: part.certified.flatMap { certified in steps.firstIndex { $0.level == certified.level }.map { $0 - part.start } })
    }

    private static func sentence(_ text: String) -> String {
        guard let first = text.first else { return "" }
        return first.uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }
}
