internal import CalibrationData
internal import EntropyRouting

/// Decides what is left to find out. Pure: the same files give the same jobs in the same order.
struct JudgingPlan: Sendable {
    let prompts: PromptSet
    /// Each id once.
    let recordings: [Recording]
    let options: JudgingRun.Options
    /// Ids of recordings whose prompt is not in the set: nothing can be checked or asked.
    let withoutPrompt: [String]
    /// Ids of recordings that were made with another text of their prompt: a reference of the new one proves nothing.
    let changed: [String]

    /// - Parameter recordings: of two with one id the first counts.
    init(prompts: PromptSet, recordings: [Recording], options: JudgingRun.Options) {
        var seen: Set<String> = []
        let recordings = recordings.filter { seen.insert($0.id).inserted }
        let changed = recordings.filter { recording in prompts[recording.id].map { !PromptIdentity.isSame(recording, $0) } ?? false }.map(
            \.id)
        self.prompts = PromptSet(prompts: prompts.prompts.filter { !changed.contains($0.id) })
        self.recordings = recordings
        self.options = options
        self.changed = changed
        withoutPrompt = recordings.filter { prompts[$0.id] == nil }.map(\.id)
    }

    // MARK: References

    /// What references, emptiness and refusals say of the answers that have no such verdict yet; and the unit tests to run.
    /// - Parameter runsCode: false leaves unit tests to the judge.
    func references(_ book: VerdictBook, runsCode: Bool) -> (verdicts: [Verdict], jobs: [JudgingJob]) {
        var verdicts: [Verdict] = []
        var jobs: [JudgingJob] = []
        for recording in recordings {
            guard let prompt = prompts[recording.id] else { continue }
            for (answer, recorded) in recording.answers where book[recording.id, answer, .reference] == nil {
                if runsCode, case .tests? = prompt.reference, let reference = prompt.reference,
                    ReferenceCheck.emptinessOrRefusal(recorded) == nil
                {
                    jobs.append(.tests(id: recording.id, answer: answer, text: recorded.text, reference: reference))
                } else if let verdict = Self.verdict(on: recorded, prompt.reference) {
                    verdicts.append(
                        Verdict(
                            id: recording.id, answer: answer, isBad: verdict.isBad, source: .reference, note: verdict.note))
                }
            }
        }
        return (verdicts, jobs)
    }

    /// `nil` leaves the answer to the judge.
    static func verdict(on answer: RecordedAnswer, _ reference: Reference?) -> (isBad: Bool, note: String?)? {
        let refusal = ReferenceCheck.emptinessOrRefusal(answer)
        guard !answer.isRefusal, !answer.text.trimmed.isEmpty else { return (true, refusal ?? "the answer is empty") }
        let outcome = reference.map { ReferenceCheck.outcome(of: answer.text, against: $0) }
        switch (outcome, refusal) {
        case (.pass?, let refusal?):
            // "I'm not sure, but it is Paris" is right. A pattern, though, may match what a refusal happens not to say.
            if case .regex? = reference { return (true, refusal) }
            return (false, nil)
        case (.pass?, nil): return (false, nil)
        case (.fail(let reason)?, _): return (true, reason)
        case (_, let refusal?): return (true, refusal)
        case (.cannotTell?, nil), (nil, nil): return nil
        }
    }

    // MARK: Questions

    /// Seeded errors and controls first, since without them the judge's other verdicts certify nothing; then what is left unjudged.
    func questions(_ book: VerdictBook) -> [JudgeQuestion] { probes(book) + controls(book) + unjudged(book) }

    /// Answers that only the judge can decide.
    func unjudged(_ book: VerdictBook) -> [JudgeQuestion] {
        recordings.compactMap { recording in
            let needsDraft = recording.isBad == nil && book.strongest(recording.id, .draft) == nil
            let needsHeavyweight = recording.heavyweight != nil && book.strongest(recording.id, .heavyweight) == nil
            guard needsDraft || needsHeavyweight else { return nil }
            return question(recording, .answers(draft: needsDraft, heavyweight: needsHeavyweight), draft: recording.draft.text)
        }
    }

    private func probes(_ book: VerdictBook) -> [JudgeQuestion] {
        let done = Set(book.all.filter { $0.source == .probe }.map(\.id))
        let pool = ProbeNames(prompts: prompts)
        var questions: [JudgeQuestion] = []
        for (recording, base) in rightOnes(book) where !done.contains(recording.id) {
            guard done.count + questions.count < options.probes else { break }
            guard let prompt = prompts[recording.id],
                let error = SeededErrors.corrupt(
                    base, reference: prompt.reference, names: pool.nearest(to: prompt), seed: options.seed, salt: recording.id),
                let question = question(recording, .probe(change: "\(error.kind.rawValue): \(error.change)"), draft: error.text)
            else { continue }
            questions.append(question)
        }
        return questions
    }

    /// Right drafts in an order of the seed's own; those that have a judge's verdict already count.
    private func controls(_ book: VerdictBook) -> [JudgeQuestion] {
        var count = JudgeAudit(verdicts: book.all).controls
        var questions: [JudgeQuestion] = []
        for (recording, _) in rightOnes(book) where passes(recording.id, .draft, book) && book[recording.id, .draft, .judge] == nil {
            guard count < options.controls else { break }
            guard let question = question(recording, .control, draft: recording.draft.text) else { continue }
            questions.append(question)
            count += 1
        }
        return questions
    }

    /// Recordings whose right answer is known by a reference that can tell a corrupted one, shuffled by the seed; and an answer to corrupt: the
    /// draft's if that is right, else the heavyweight's. The heavyweight's stands beside it and must be right, too, where there is one.
    private func rightOnes(_ book: VerdictBook) -> [(recording: Recording, base: String)] {
        var found: [(recording: Recording, base: String)] = recordings.compactMap { recording in
            switch prompts[recording.id]?.reference {
            case nil, .tests?: return nil
            default: break
            }
            if recording.heavyweight != nil, !passes(recording.id, .heavyweight, book) { return nil }
            if passes(recording.id, .draft, book) { return (recording, recording.draft.text) }
            return recording.heavyweight.map { (recording, $0.text) }
        }
        found.sort { $0.recording.id < $1.recording.id }
        var mixer = SeededMixer(seed: options.seed, "probes")
        found.shuffle(using: &mixer)
        return found
    }

    private func passes(_ id: String, _ answer: Verdict.Answer, _ book: VerdictBook) -> Bool {
        book[id, answer, .reference]?.isBad == false
    }

    private func question(_ recording: Recording, _ purpose: JudgeQuestion.Purpose, draft: String) -> JudgeQuestion? {
        guard let prompt = prompts[recording.id] else { return nil }
        let text = prompt.system.map { "[system]\n\($0)\n\n[user]\n\(prompt.prompt)" } ?? prompt.prompt
        return JudgeQuestion(
            id: recording.id, purpose: purpose, prompt: text, draft: draft, heavyweight: recording.heavyweight?.text,
            taskClass: TaskClass(rawValue: prompt.category) ?? recording.taskClass)
    }
}

extension Recording {
    /// The answers that were recorded.
    var answers: [(Verdict.Answer, RecordedAnswer)] { [(.draft, draft)] + (heavyweight.map { [(.heavyweight, $0)] } ?? []) }
}
