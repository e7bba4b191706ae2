import Cascade
import ChatAPI
import EntropyRouting
import Synchronization

/// What is watched about one route: its certified rule, the drafter's identity, and its costs.
final class RouteWatch: Sendable {
    let route: AuditedRoute
    /// `nil` for a route without a certified rule.
    let calibration: CalibrationWatch?
    let savings: SavingsBook
    private let stale = Atomic<Bool>(false)
    private let staleReason = Mutex<String?>(nil)
    private let mismatches = Atomic<Int>(0)
    private let skips = Mutex<[AuditSkip: Int]>([:])
    let health: AuditHealth

    init(_ route: AuditedRoute, calibration: CalibrationWatch?, settings: AuditSettings) {
        health = AuditHealth(limit: settings.failuresInARow)
        self.route = route
        self.calibration = calibration
        savings = SavingsBook(route, holdoutShare: settings.holdoutShare)
    }

    var isStale: Bool { stale.load(ordering: .relaxed) }
    var reason: String? { staleReason.withLock { $0 } }
    var temperatureMismatches: Int { mismatches.load(ordering: .relaxed) }
    var skipped: [AuditSkip: Int] { skips.withLock { $0 } }

    func countMismatch() { mismatches.add(1, ordering: .relaxed) }
    func count(_ skip: AuditSkip) { skips.withLock { $0[skip, default: 0] += 1 } }

    /// A draft came from somebody of this name.
    ///
    /// - Returns: why the calibration does not hold for it, at the first such draft only; an empty list of the artefact knows nothing to
    ///   compare with, and neither does a stream that names nobody.
    func noteIdentity(_ identity: StreamIdentity?) -> String? {
        guard !isStale, let reason = difference(identity) else { return nil }
        return staleReason.withLock { known in
            guard known == nil else { return nil }
            known = reason
            stale.store(true, ordering: .relaxed)
            return reason
        }
    }

    /// Why the calibration does not hold for a draft from somebody of this name; `nil` when it does.
    func difference(_ identity: StreamIdentity?) -> String? {
        guard let identity, let origin = calibration?.model.origin else { return nil }
        return Self.difference(identity, origin)
    }

    /// Names come from an upstream: they are shown short and without control characters.
    private static func difference(_ identity: StreamIdentity, _ origin: RiskModel.Origin) -> String? {
        if let model = identity.model, !origin.models.isEmpty, !origin.models.contains(model) {
            return "the drafter answers as model '\(printable(model))'; calibrated: \(list(origin.models))"
        }
        if let fingerprint = identity.fingerprint, !origin.fingerprints.isEmpty, !origin.fingerprints.contains(fingerprint) {
            return "the drafter answers with system_fingerprint '\(printable(fingerprint))'; calibrated: \(list(origin.fingerprints))"
        }
        return nil
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(3).map { "'\(printable($0))'" }.joined(separator: ", ") + (names.count > 3 ? ", and \(names.count - 3) more" : "")
    }

    private static func printable(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(64).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}
