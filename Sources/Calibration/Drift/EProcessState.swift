extension BettingEProcess {
    /// Where a process stands. Everything but the maximum is a sum over observations, so that the states of two processes over disjoint
    /// observations add up to the state of one process over all: several gateways can share one evidence.
    ///
    /// Whole observations are counted, which is exact however many there are.
    public struct State: Sendable, Hashable {
        /// Observations of 0.
        public var zeros: Int
        /// Observations of 1.
        public var ones: Int
        /// Observations between 0 and 1.
        public var graded: Int
        /// ln of what each bet's stake was multiplied by in those; empty while there was none.
        public var gradedLogStakes: [Double]
        /// The largest ln M so far, at least 0.
        public var maximum: Double

        public init(zeros: Int = 0, ones: Int = 0, graded: Int = 0, gradedLogStakes: [Double] = [], maximum: Double = 0) {
            self.zeros = zeros
            self.ones = ones
            self.graded = graded
            self.gradedLogStakes = gradedLogStakes
            self.maximum = maximum
        }

        public var observations: Int { zeros + ones + graded }
    }
}

extension BettingEProcess.State {
    mutating func observe(_ x: Double, with bets: Bets) {
        if x <= 0 {
            // Every factor is below 1: M falls, and its maximum stays.
            zeros += 1
            return
        }
        count(x, times: 1, with: bets)
        raise(with: bets)
    }

    mutating func replace(_ old: Double, by new: Double, with bets: Bets) {
        guard old != new else { return }
        count(old, times: -1, with: bets)
        count(new, times: 1, with: bets)
        raise(with: bets)
    }

    mutating func merge(_ other: Self, with bets: Bets) {
        zeros += other.zeros
        ones += other.ones
        graded += other.graded
        if !other.gradedLogStakes.isEmpty {
            spread(bets)
            for index in gradedLogStakes.indices where index < other.gradedLogStakes.count {
                gradedLogStakes[index] += other.gradedLogStakes[index]
            }
        }
        maximum = max(maximum, other.maximum)
        raise(with: bets)
    }

    /// The sums of `self` without those of `earlier`.
    func subtracting(_ earlier: Self) -> Self {
        var rest = self
        rest.zeros -= earlier.zeros
        rest.ones -= earlier.ones
        rest.graded -= earlier.graded
        for index in rest.gradedLogStakes.indices where index < earlier.gradedLogStakes.count {
            rest.gradedLogStakes[index] -= earlier.gradedLogStakes[index]
        }
        return rest
    }

    mutating func raise(with bets: Bets) { maximum = max(maximum, bets.logEvidence(self)) }

    private mutating func count(_ x: Double, times: Int, with bets: Bets) {
        if x <= 0 {
            zeros += times
        } else if x < 1 {
            graded += times
            spread(bets)
            for index in gradedLogStakes.indices { gradedLogStakes[index] += Double(times) * bets.logFactor(x, index) }
            // What rounding has left of sums that are empty again.
            if graded == 0 { gradedLogStakes = [] }
        } else {
            ones += times
        }
    }

    private mutating func spread(_ bets: Bets) {
        while gradedLogStakes.count < bets.fractions.count { gradedLogStakes.append(0) }
    }
}
