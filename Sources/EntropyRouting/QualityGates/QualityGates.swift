/// Pure checks of a complete draft that can force an escalation, asked before the score. Stateless; one value serves every request.
public struct QualityGates: Sendable, Hashable {
    /// Gates that are asked; the others always pass.
    public let enabled: Set<GateName>
    private let length: LengthGate

    /// - Parameters:
    ///   - enabled: default all.
    ///   - minimumCharacters: shortest acceptable answer by task class, in characters; a class without one has none.
    public init(enabled: Set<GateName> = Set(GateName.allCases), minimumCharacters: [TaskClass: Int] = [:]) {
        self.enabled = enabled
        length = LengthGate(minimumCharacters: minimumCharacters)
    }

    /// The first objection in ``GateName``'s order, or ``GateVerdict/pass``.
    public func verdict(_ facts: DraftFacts) -> GateVerdict {
        for gate in GateName.allCases where enabled.contains(gate) {
            if let reason = objection(of: gate, to: facts) { return .escalate(gate: gate, reason: reason) }
        }
        return .pass
    }

    private func objection(of gate: GateName, to facts: DraftFacts) -> String? {
        switch gate {
        case .contentFilter: ContentFilterGate.objection(to: facts)
        case .length: length.objection(to: facts)
        case .refusal: RefusalGate.objection(to: facts)
        case .emptyAnswer: EmptyAnswerGate.objection(to: facts)
        case .toolCall: ToolCallGate.objection(to: facts)
        case .structuredOutput: StructuredOutputGate.objection(to: facts)
        }
    }
}
