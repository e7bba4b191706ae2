extension EProcessGrid {
    /// Where a grid stands: plain numbers, to be kept over a restart or shared. See ``fields(levels:)`` for a form that stores can add up.
    public struct State: Sendable, Hashable {
        /// As the grid's levels, from strict to loose; may be empty.
        public var levels: [Level]

        public init(levels: [Level] = []) { self.levels = levels }

        /// What has come in since `earlier`: merged into `earlier` it gives this state again.
        public func increments(since earlier: State) -> State {
            State(
                levels: levels.indices.map { index in
                    guard index < earlier.levels.count else { return levels[index] }
                    return levels[index].subtracting(earlier.levels[index])
                })
        }
    }

    /// One level's part of a ``State``.
    public struct Level: Sendable, Hashable {
        public var audits: BettingEProcess.State
        public var feedback: BettingEProcess.State
        /// The largest ln M of the mixture so far, at least 0.
        public var maximum: Double
        /// Audits that had been counted at the level's alarm; `nil` = no alarm yet.
        public var alarmedAfter: Int?

        public init(
            audits: BettingEProcess.State = .init(), feedback: BettingEProcess.State = .init(), maximum: Double = 0,
            alarmedAfter: Int? = nil
        ) {
            self.audits = audits
            self.feedback = feedback
            self.maximum = maximum
            self.alarmedAfter = alarmedAfter
        }

        mutating func add(_ other: Level, _ auditBets: Bets, _ feedbackBets: Bets) {
            audits.merge(other.audits, with: auditBets)
            feedback.merge(other.feedback, with: feedbackBets)
            maximum = max(maximum, other.maximum)
            alarmedAfter = alarmedAfter ?? other.alarmedAfter
        }

        func subtracting(_ earlier: Level) -> Level {
            Level(
                audits: audits.subtracting(earlier.audits), feedback: feedback.subtracting(earlier.feedback), maximum: maximum,
                alarmedAfter: earlier.alarmedAfter == nil ? alarmedAfter : nil)
        }
    }
}

extension EProcessGrid.State {
    /// The state as named whole numbers, each of which is a sum: adding the fields of two gateways gives the fields of both together. Zeros
    /// are left out.
    ///
    /// `level.0.02.audits` and `.bad`, `.requests` and `.complaints`, and `.alarms`, which is above 0 once the level has alarmed. The
    /// largest evidence is not a sum and is left out: an alarm is what has to be remembered of it.
    public func fields(levels: [Double]) -> [String: Double] {
        var fields: [String: Double] = [:]
        for (level, part) in zip(levels, self.levels) {
            let named = [
                "audits": part.audits.zeros + part.audits.ones, "bad": part.audits.ones,
                "requests": part.feedback.zeros + part.feedback.ones, "complaints": part.feedback.ones,
                "alarms": part.alarmedAfter == nil ? 0 : 1,
            ]
            for (name, value) in named where value != 0 { fields["level.\(level).\(name)"] = Double(value) }
        }
        return fields
    }

    /// What ``fields(levels:)`` wrote, or sums of it. Other fields are ignored; missing ones are 0, and so are those that are no whole
    /// number below 2^53. `alarmedAfter` is the number of audits known now.
    public init(fields: [String: Double], levels: [Double]) {
        self.init(
            levels: levels.map { level in
                func count(_ name: String) -> Int { fields["level.\(level).\(name)"].flatMap { Int(exactly: $0.rounded()) } ?? 0 }
                let (bad, complaints) = (count("bad"), count("complaints"))
                return EProcessGrid.Level(
                    audits: .init(zeros: count("audits") - bad, ones: bad),
                    feedback: .init(zeros: count("requests") - complaints, ones: complaints),
                    alarmedAfter: count("alarms") > 0 ? count("audits") : nil)
            })
    }
}
