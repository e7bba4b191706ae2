import Auditing
import Cascade
import ChatAPI
import EntropyRouting
import Testing

@Suite struct PlanTests {
    @Test(arguments: [0.03, 0.5]) func theShareIsDrawnAndNothingElseIs(share: Double) async throws {
        let world = try World(seed: 7) { settings in
            settings.share = share
            settings.queuedAudits = 20_000
        }
        try await world.running {
            let count = 20_000
            var drawn = 0
            for _ in 0..<count {
                let plan = world.oversight.plan(world.query())
                drawn += plan.isAudited ? 1 : 0
                #expect(!plan.isHoldout)
            }
            let deviation = (Double(count) * share * (1 - share)).squareRoot()
            #expect(abs(Double(drawn) - Double(count) * share) < 5 * deviation)
            for control in [EscalationControl.always, .never] {
                #expect(!(0..<2_000).contains { _ in world.oversight.plan(world.query(control: control)).isAudited })
            }
            let window = RoutingStrategy.window(try WindowStrategy())
            #expect(!(0..<2_000).contains { _ in world.oversight.plan(world.query(strategy: window)).isAudited })
        }
    }

    @Test func nothingIsDrawnWhereNoAuditCouldBeMade() async throws {
        func isDrawn(_ world: World) -> Bool { (0..<50).contains { _ in world.oversight.plan(world.query()).isAudited } }
        // Nobody runs it.
        #expect(!isDrawn(try World()))
        let cases: [(World, AuditOversight.Obstacle)] = [
            (try World(hasJudge: false), .noJudge),
            (try World { $0.share = 0 }, .shareIsZero),
            (try World { $0.usdPerDay = 0 }, .noMoney),
            (
                try World(prices: PriceBook([World.judgeModel.qualified: PriceBook.Price(input: 1, output: 1)])),
                .unpriced([World.heavy.qualified])
            ),
        ]
        for (world, why) in cases {
            try await world.running {
                #expect(!isDrawn(world))
                #expect(world.oversight.unaudited.map(\.why) == [why])
            }
        }
        let world = try World()
        try await world.running {
            #expect(isDrawn(world))
            #expect(world.oversight.unaudited.isEmpty)
        }
        // It has ended.
        #expect(!isDrawn(world))
    }

    @Test func theHoldoutHasItsShareAndIsNeverAudited() async throws {
        let world = try World(seed: 3) { settings in
            settings.holdoutShare = 0.1
            settings.queuedAudits = 10_000
        }
        try await world.running {
            let plans = (0..<10_000).map { _ in world.oversight.plan(world.query()) }
            let held = plans.count { $0.isHoldout }
            #expect(abs(held - 1_000) < 150)
            #expect(!plans.contains { $0.isHoldout && $0.isAudited })
            for control in [EscalationControl.always, .never] {
                #expect(!(0..<2_000).contains { _ in world.oversight.plan(world.query(control: control)).isHoldout })
            }
            // Also on a rule without a certificate: what it saves can be asked of every route.
            let window = RoutingStrategy.window(try WindowStrategy())
            #expect((0..<200).contains { _ in world.oversight.plan(world.query(strategy: window)).isHoldout })
        }
    }

    @Test func aRequestOfAnotherTemperatureIsJudgedByTheFallback() async throws {
        let world = try World(fallback: .window)
        for (temperature, isCovered) in [(nil, true), (1, true), (0, false), (0.7, false)] as [(Double?, Bool)] {
            let plan = world.oversight.plan(world.query(temperature: temperature))
            #expect((plan.strategy.name == "risk") == isCovered)
        }
        #expect(world.state?.temperatureMismatches == 2)
        let strict = try World()
        guard case .risk(let rule) = strict.oversight.plan(strict.query(temperature: 0)).strategy else {
            Issue.record("not the risk rule")
            return
        }
        #expect(rule.thresholds.greatest == 0)
        let lenient = try World(temperature: nil)
        #expect(lenient.oversight.plan(lenient.query()).strategy.threshold == 0.2)
        #expect(lenient.state?.temperatureMismatches == 0)
    }

    @Test(arguments: [true, false]) func aDrafterOfAnotherNameMakesTheCalibrationStaleOnce(isMain: Bool) async throws {
        let origin = RiskModel.Origin(models: ["small-1"], fingerprints: ["fp1", "fp2"])
        let world = try World(origin: origin, fallback: .window, isMain: isMain)
        for known in [
            nil, StreamIdentity(), StreamIdentity(model: "small-1"), StreamIdentity(model: "small-1", fingerprint: "fp2"),
        ] as [StreamIdentity?] {
            try world.serve(risk: 0.1, identity: known)
        }
        #expect(world.heard.all.staleReasons.isEmpty)
        #expect(world.oversight.plan(world.query()).strategy.name == "risk")
        try world.serve(risk: 0.1, identity: StreamIdentity(model: "small-1", fingerprint: "fp\n3"))
        try world.serve(risk: 0.1, identity: StreamIdentity(model: "small-2"))
        #expect(world.heard.all.staleReasons.count == 1)
        #expect(world.heard.all.staleReasons.first?.contains("system_fingerprint 'fp?3'; calibrated: 'fp1', 'fp2'") == true)
        #expect(world.state?.staleReason == world.heard.all.staleReasons.first)
        #expect(world.oversight.plan(world.query()).strategy.name == "window")
    }

    /// It is the very draft that shows it that must not be shipped, not only the next one.
    @Test func aDraftOfAnotherNameIsNotCoveredWhereNothingElseMayShipIt() throws {
        let origin = RiskModel.Origin(models: ["small-1"])
        let (known, other) = (StreamIdentity(model: "small-1"), StreamIdentity(model: "small-2"))
        let world = try World(origin: origin)
        #expect(world.oversight.covers(known, world.query()))
        #expect(world.heard.all.staleReasons.isEmpty)
        #expect(!world.oversight.covers(other, world.query()))
        #expect(world.heard.all.staleReasons.count == 1 && world.state?.staleReason != nil)
        // As often as it comes; a draft of the known name still is what was calibrated.
        #expect(!world.oversight.covers(other, world.query()))
        #expect(world.oversight.covers(known, world.query()))
        #expect(world.oversight.covers(other, world.query(control: .never)))
        #expect(world.oversight.covers(other, world.query(strategy: .window(try WindowStrategy()))))
        var elsewhere = world.query()
        elsewhere.route = "other"
        #expect(world.oversight.covers(other, elsewhere))
        #expect(world.heard.all.staleReasons.count == 1)

        let lenient = try World(origin: origin, fallback: .window)
        #expect(lenient.oversight.covers(other, lenient.query()))
        #expect(lenient.state?.staleReason != nil)
        let nameless = try World()
        #expect(nameless.oversight.covers(other, nameless.query()))
    }

    @Test func whatADrafterOfAnotherNameSaidIsNoObservation() async throws {
        let world = try World(origin: RiskModel.Origin(models: ["small-1"]))
        try await world.running {
            let plan = world.oversight.plan(world.query())
            for risk in [0.1, 0.9] { try world.serve(risk: risk, identity: StreamIdentity(model: "small-2"), planned: plan) }
            #expect(world.evidence?.requests == 0 && world.evidence?.audits == 0)
            #expect(world.heard.all.staleReasons.count == 1)
        }
    }

    @Test(arguments: [
        (RiskCertificate.Loss.joint, 0.15, true), (.recoverable, 0.15, true), (.selective, 0.15, false), (.joint, 0.2, true),
        (.selective, 0.2, true), (.joint, 0.25, false), (.recoverable, 0.25, false),
    ]) func aStricterLevelKeepsThePromiseOfAllRequestsAndALooserOneHasNone(
        loss: RiskCertificate.Loss, threshold: Double, isWatched: Bool
    ) async throws {
        let world = try World(loss: loss, threshold: threshold)
        #expect((world.state != nil) == isWatched)
        guard isWatched else { return }
        #expect(world.state?.certifiedLevel == threshold)
        #expect(world.state?.evidence.map(\.level) == (threshold < 0.2 ? [0.05, 0.1, 0.15] : [0.05, 0.1, 0.2]))
        try await world.running {
            for count in 1...50 where world.state?.isTightened == false {
                try world.serve(risk: threshold, draft: "wrong")
                _ = await eventually { world.heard.all.audits.count >= count }
            }
            #expect(world.state?.level == 0.1)
        }
    }

    @Test func anArtefactWithoutNamesIsNeverStale() throws {
        let world = try World()
        try world.serve(risk: 0.1, identity: StreamIdentity(model: "whatever", fingerprint: "x"))
        #expect(world.state?.staleReason == nil)
        #expect(world.oversight.plan(world.query()).strategy.threshold == 0.2)
    }

    @Test func aRouteThatNobodyKnowsIsLeftAlone() throws {
        let world = try World()
        var query = world.query(temperature: 0)
        query.route = "other"
        let plan = world.oversight.plan(query)
        #expect(plan.strategy.threshold == 0.2)
        #expect(!plan.isAudited && !plan.isHoldout)
    }
}
