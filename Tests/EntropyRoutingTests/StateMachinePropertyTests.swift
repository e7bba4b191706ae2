import EntropyRouting
import GatewayTesting
import Testing

@Suite("The cascade's state machine, whatever comes in")
struct StateMachinePropertyTests {
    /// What an obedient executor would have running.
    private struct Shell {
        var running: Int?
        var started: Set<Int> = []
        var hasReleased = false
        var isFinished = false

        /// Does what it is told and says what was wrong with it.
        mutating func obey(_ action: CascadeAction) -> String? {
            if isFinished { return action == .none ? nil : "\(action) after the end" }
            switch action {
            case .none, .requestPrefire, .markOverrun: return nil
            case .startPrefire(let attempt): return hasReleased ? "a pre-fire after the release" : start(attempt)
            case .cancelPrefire(let attempt): return stop(attempt)
            case .escalate(_, let source), .handOver(_, let source):
                if hasReleased { return "the draft given up after the release" }
                switch source {
                case .start(let attempt): return start(attempt)
                case .adopt(let attempt): return running == attempt ? nil : "adopts \(attempt), but \(running ?? 0) runs"
                }
            case .ship(let discarding):
                isFinished = true
                if let discarding { return stop(discarding) }
                return running == nil ? nil : "ships and forgets a heavyweight"
            case .finishHeavyweight:
                isFinished = true
                return running == nil ? "finishes a heavyweight that does not run" : nil
            case .serveStored:
                isFinished = true
                return hasReleased ? "serves a stored answer after the release" : nil
            case .shipDoubtedDraft, .fail:
                isFinished = true
                return nil
            }
        }

        private mutating func start(_ attempt: Int) -> String? {
            defer { running = attempt }
            guard running == nil else { return "two heavyweights" }
            return started.insert(attempt).inserted ? nil : "the attempt \(attempt) twice"
        }

        private mutating func stop(_ attempt: Int) -> String? {
            defer { running = nil }
            return running == attempt ? nil : "stops \(attempt), but \(running ?? 0) runs"
        }
    }

    private func input(_ generator: inout SeededGenerator, running: Int?) -> MachineInput {
        let attempt = Int.random(in: 0..<3, using: &generator) == 0 ? Int.random(in: 0...4, using: &generator) : running ?? 1
        switch Int.random(in: 0..<40, using: &generator) {
        case 0..<12: return .calm
        case 12..<18: return .doubt
        case 18: return .reject
        case 19: return .stalled
        case 20: return .completed([nil, .entropy, .risk, .gate("length"), .noEvidence].randomElement(using: &generator)!)
        case 21: return .failed(.failure)
        case 22, 23: return .released
        case 24: return .holdLimit
        case 25: return .granted
        case 26: return .denied
        case 27, 28: return .spoke(attempt: attempt)
        case 29: return .heavyweightCompleted(attempt: attempt)
        case 30: return .heavyweightFailed(attempt: attempt, hasReleased: Bool.random(using: &generator))
        case 31: return .stored(hasReleased: Bool.random(using: &generator))
        case 32..<39:
            return .landmark(
                [.calm, .calm, .doubt, .reject].randomElement(using: &generator)!,
                escalation: Bool.random(using: &generator) ? generator.unit() : 0.95,
                at: Double.random(in: 0...4, using: &generator))
        default: return .token(.calm, statistic: 0.6)
        }
    }

    private func settings(_ generator: inout SeededGenerator) -> PrefireRule.Settings {
        PrefireRule.Settings(
            isEnabled: Int.random(in: 0..<8, using: &generator) > 0, cancelAfterTokens: Int.random(in: 1...3, using: &generator),
            refractoryTokens: Int.random(in: 0...4, using: &generator), maxCancels: Int.random(in: 0...3, using: &generator),
            isCancellingWorthwhile: Int.random(in: 0..<4, using: &generator) > 0,
            value: Bool.random(using: &generator)
                ? PrefireValue(promptCostUSD: Double.random(in: 0...0.002, using: &generator), outputUSDPerSecond: 0.001) : nil)
    }

    @Test("never two heavyweights, no cancel of what does not run, nothing after the end, no way back after the release, no late attempt")
    func invariants() {
        var reached: Set<CascadeStateMachine.Phase> = []
        var cancels = 0
        var (expected, prefires) = (0, Set<PrefireReason>())
        for seed in 0..<20_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let settings = settings(&generator)
            let control: EscalationControl = [.auto, .auto, .auto, .never, .always].randomElement(using: &generator)!
            var machine = CascadeStateMachine(prefire: PrefireRule(settings), control: control)
            var shell = Shell()
            var taken: [(MachineInput, CascadeAction)] = []
            var inputs: [MachineInput] = [.begin]
            inputs += (0..<40).map { _ in input(&generator, running: nil) }
            for var next in inputs {
                // An executor tells the failure of what runs, and releases only what it may.
                next = aimed(next, at: shell.running, &generator)
                if case .released = next {
                    guard machine.mayRelease else { continue }
                    shell.hasReleased = true
                }
                if case .granted = next, machine.phase == .drafting, shell.hasReleased { continue }
                let before = machine
                let isLate = attempt(of: next).map { $0 != shell.running } ?? false
                if case .heavyweightFailed(let attempt, _) = next, attempt == shell.running { shell.running = nil }
                let action = machine.take(next)
                taken.append((next, action))
                if let complaint = shell.obey(action) { Issue.record("seed \(seed): \(complaint), after \(taken.map(\.0))") }
                if isLate && machine != before { Issue.record("seed \(seed): \(next) changed something, \(shell.running ?? 0) runs") }
                if machine.phase == .prefired && machine.mayRelease { Issue.record("seed \(seed): releases while pre-fired") }
                #expect(shell.isFinished == (machine.phase == .finished))
                if case .cancelPrefire = action { cancels += 1 }
                if case .escalate(.expected, let source) = action {
                    expected += 1
                    if case .start = source { Issue.record("seed \(seed): takes over what does not run") }
                }
                if case .requestPrefire(let reason) = action {
                    prefires.insert(reason)
                    if reason == .value, settings.value == nil { Issue.record("seed \(seed): fires by value without one") }
                }
                reached.insert(machine.phase)
            }
            #expect(replayed(taken.map(\.0), settings, control) == taken.map(\.1))
        }
        #expect(reached == Set(CascadeStateMachine.Phase.allCases))
        #expect(cancels > 100 && expected > 20, "\(cancels) \(expected)")
        #expect(prefires == Set(PrefireReason.allCases))
    }

    @Test("without prices nothing a speed layer says makes a difference")
    func ratioRuleIsUntouched() {
        for seed in 0..<2_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var settings = settings(&generator)
            settings.value = nil
            var (plain, looking) = (CascadeStateMachine([], settings: settings), CascadeStateMachine([], settings: settings))
            for _ in 0..<60 {
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    let input = input(&generator, running: nil)
                    if case .landmark = input { continue }
                    #expect(plain.take(input) == looking.take(input))
                }
                let statistic = Double.random(in: 0..<0.99, using: &generator)
                var assessment = Assessment(level: statistic > 0.8 ? .doubt : .calm, statistic: statistic, threshold: 1, reason: .risk)
                let expected = plain.draftTokenObserved(assessment)
                assessment.outlook = .landmark(.init(escalation: generator.unit(), secondsLeft: 3, gapSeconds: 1))
                #expect(looking.draftTokenObserved(assessment, at: generator.unit()) == expected)
                #expect(plain.mayRelease == looking.mayRelease && plain.phase == looking.phase)
                if case .requestPrefire = expected { #expect(plain.prefireGranted() == looking.prefireGranted()) }
            }
        }
    }

    private func aimed(_ input: MachineInput, at running: Int?, _ generator: inout SeededGenerator) -> MachineInput {
        guard let running, Int.random(in: 0..<3, using: &generator) > 0 else { return input }
        switch input {
        case .spoke: return .spoke(attempt: running)
        case .heavyweightCompleted: return .heavyweightCompleted(attempt: running)
        case .heavyweightFailed(_, let hasReleased): return .heavyweightFailed(attempt: running, hasReleased: hasReleased)
        default: return input
        }
    }

    private func attempt(of input: MachineInput) -> Int? {
        switch input {
        case .spoke(let attempt), .heavyweightCompleted(let attempt), .heavyweightFailed(let attempt, _): attempt
        default: nil
        }
    }

    private func replayed(_ inputs: [MachineInput], _ settings: PrefireRule.Settings, _ control: EscalationControl) -> [CascadeAction] {
        var machine = CascadeStateMachine(prefire: PrefireRule(settings), control: control)
        return inputs.map { machine.take($0) }
    }
}
