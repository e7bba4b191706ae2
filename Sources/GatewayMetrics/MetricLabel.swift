/// A metric label whose values form a set that is known before the first request: an enum of this module, or ``ProviderLabel``.
///
/// Nothing a client sends can become a label value, so the number of series is fixed at start (rule 14 of the wire contract).
public protocol MetricLabel: Sendable {
    /// The label's name in the exposition, for example `route`.
    static var name: String { get }

    /// Every value the label can take, in slot order. Never empty.
    static func values(providers: ProviderLabels) -> [String]

    /// This value's position in ``values(providers:)``.
    var slot: Int { get }
}

/// An enum as a label: the raw value is the slot, the case's name in snake case is the text (`clientError` reads `client_error`).
public protocol ClosedMetricLabel: MetricLabel, CaseIterable, RawRepresentable where RawValue == Int {}

extension ClosedMetricLabel {
    public static func values(providers: ProviderLabels) -> [String] {
        allCases.map { snakeCase(String(describing: $0)) }
    }

    @inlinable public var slot: Int { rawValue }

    /// The label's text as it appears in the exposition.
    public var text: String { snakeCase(String(describing: self)) }
}

/// `clientError` to `client_error`; ASCII only, as Swift case names in this module are.
func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase {
            result += "_" + character.lowercased()
        } else {
            result.append(character)
        }
    }
    return result
}

/// One upstream provider as a label value. Obtained from ``ProviderLabels``; cheap to copy and to keep.
public struct ProviderLabel: MetricLabel, Hashable {
    public static let name = "provider"

    /// Whatever is not among the names given at start.
    public static let other = ProviderLabel(slot: 0)

    public let slot: Int

    init(slot: Int) {
        self.slot = slot
    }

    public static func values(providers: ProviderLabels) -> [String] { providers.texts }
}

/// The provider names of the configuration, interned once at start. At most ``capacity`` names get a value of their own;
/// the rest, and any unknown name, share the value `other`.
public struct ProviderLabels: Sendable {
    /// Names that get a value of their own.
    public static let capacity = 64

    /// Label texts in slot order; `other` is first.
    public let texts: [String]
    private let slots: [String: Int]

    /// Duplicates count once; names beyond ``capacity`` become `other`.
    public init(_ names: [String]) {
        var texts = ["other"]
        var slots = ["other": 0]
        for name in names where slots[name] == nil && texts.count <= Self.capacity {
            slots[name] = texts.count
            texts.append(name)
        }
        self.texts = texts
        self.slots = slots
    }

    /// The label of a configured provider; ``ProviderLabel/other`` for any other name. One dictionary look-up: resolve once per leg.
    public subscript(name: String) -> ProviderLabel {
        guard let slot = slots[name] else { return .other }
        return ProviderLabel(slot: slot)
    }
}
