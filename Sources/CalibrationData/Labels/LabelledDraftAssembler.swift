internal import Calibration
internal import EntropyRouting

/// Builds labelled drafts one recording at a time.
struct LabelledDraftAssembler {
    private struct Key: Hashable {
        var id: String
        var answer: Verdict.Answer
    }

    /// One voice: what it says last counts.
    private struct Voice: Hashable {
        var key: Key
        var source: Verdict.Source
        var judge: String?
    }

    private let gates: QualityGates
    /// The last word of each source.
    private var words: [Key: [Verdict.Source: Bool]] = [:]
    /// Answers of which one voice said both.
    private let reversed: Set<Key>
    private let counts: [Key: Int]
    /// The first id of each prompt's text, by kind of recording.
    private var prompts: [String: String] = [:]
    private var seen: Set<String> = []
    private var used: Set<Key> = []
    private var drafts: [LabelledDraft] = []
    private var report = AssemblyReport()

    init(verdicts: [Verdict], gates: QualityGates) {
        self.gates = gates
        var counts: [Key: Int] = [:]
        var voices: [Voice: Bool] = [:]
        var reversed: Set<Key> = []
        for verdict in verdicts {
            guard verdict.source != .probe else {
                report.probes += 1
                continue
            }
            let key = Key(id: verdict.id, answer: verdict.answer)
            let voice = Voice(key: key, source: verdict.source, judge: verdict.judge)
            if let before = voices.updateValue(verdict.isBad, forKey: voice), before != verdict.isBad { reversed.insert(key) }
            words[key, default: [:]][verdict.source] = verdict.isBad
            counts[key, default: 0] += 1
        }
        self.counts = counts
        self.reversed = reversed
    }

    mutating func add(_ recording: Recording) { add(RecordingLine(recording)) }

    mutating func add(_ line: RecordingLine) {
        // Its draft's tokens may be left out: the line gives them to the trace.
        let recording = line.recording
        guard seen.insert(recording.id).inserted else {
            report.duplicateRecordings += 1
            return
        }
        let gate = gate(on: recording)
        if let gate { report.gated[gate, default: 0] += 1 }
        var labelled = LabelledDraft(
            trace: Self.trace(of: line, gate: gate?.rawValue), isBad: nil, draft: recording.draft.facts,
            heavyweight: recording.heavyweight?.facts, split: DraftSplit(promptHash: recording.promptHash, id: recording.id))
        labelled.isBad = label(of: recording)
        if recording.heavyweight != nil {
            labelled.isHeavyweightGood = word(Key(id: recording.id, answer: .heavyweight)).map { !$0.isBad }
        }
        report.drafts += 1
        let kind = recording.kind
        report.kinds[kind, default: 0] += 1
        if !recording.promptHash.isEmpty {
            let name = "\(recording.promptHash) \(kind)"
            if let first = prompts[name] {
                report.copies += 1
                if report.copiedIDs.isEmpty { report.copiedIDs = [first, recording.id] }
            } else {
                prompts[name] = recording.id
            }
        }
        drafts.append(labelled)
    }

    func finished() -> (drafts: [LabelledDraft], report: AssemblyReport) {
        var report = report
        for (key, count) in counts where !used.contains(key) {
            report.unknownVerdicts += count
            report.unknownIDs.append(key.id)
        }
        report.unknownIDs = Array(Set(report.unknownIDs).sorted().prefix(10))
        return (drafts, report)
    }

    // MARK: Labels

    private mutating func label(of recording: Recording) -> Bool? {
        let key = Key(id: recording.id, answer: .draft)
        let gold = recording.isBad
        let verdict = word(key)
        var said = words[key].map { Array($0.values) } ?? []
        if let gold { said.append(gold) }
        if said.contains(true), said.contains(false) { report.contradictions += 1 }
        let label: (isBad: Bool, source: AssemblyReport.Label)
        switch (verdict, gold) {
        case ((let isBad, .human)?, _): label = (isBad, .human)
        case ((let isBad, .reference)?, _): label = (isBad, .reference)
        case (_, let isBad?): label = (isBad, .gold)
        case ((let isBad, _)?, nil): label = (isBad, .judge)
        case (nil, nil): return nil
        }
        report.labelled += 1
        if label.isBad { report.bad += 1 }
        report.labels[label.source, default: 0] += 1
        return label.isBad
    }

    /// The strongest verdict.
    private mutating func word(_ key: Key) -> (isBad: Bool, source: Verdict.Source)? {
        guard let said = words[key] else { return nil }
        if used.insert(key).inserted, reversed.contains(key) {
            report.reversals += 1
            if report.reversedIDs.count < 10 { report.reversedIDs.append(key.id) }
        }
        for source in [Verdict.Source.human, .reference, .judge] {
            if let isBad = said[source] { return (isBad, source) }
        }
        return nil
    }

    private func gate(on recording: Recording) -> GateName? {
        let facts = DraftFacts(
            text: recording.draft.text, finish: recording.draft.finish, refusal: recording.draft.isRefusal, taskClass: recording.taskClass)
        guard case .escalate(let gate, _) = gates.verdict(facts) else { return nil }
        return gate
    }

    // MARK: Traces

    private static func trace(of line: RecordingLine, gate: String?) -> DraftTrace {
        let recording = line.recording
        var trace = DraftTrace(
            id: recording.id, taskClass: recording.taskClass, category: recording.category,
            promptTokens: recording.promptTokens ?? recording.draft.facts.inputTokens, finish: recording.draft.finish, gate: gate)
        line.fill(&trace)
        return trace
    }
}

extension Recording {
    /// What it was made with, as ``AssemblyReport/kinds`` names it.
    var kind: String {
        AssemblyReport.kind(
            drafter: "\(draft.provider):\(draft.model)", temperature: temperature, topLogprobs: topLogprobs, promptMode: promptMode)
    }
}
