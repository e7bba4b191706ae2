import GatewayConfiguration
import Testing

@Suite struct AuditSectionTests {
    @Test func auditsAreOffUntilAJudgeIsNamed() throws {
        let audit = try load("").configuration.audit
        #expect(audit.judge == nil && audit.holdoutShare == 0 && audit.log == nil)
        #expect(audit.share == 0.03 && audit.usdPerDay == 1 && audit.timeout == .seconds(120))
        #expect(audit.store == .file && audit.stateFile == "qualm-audit-state.json")
    }

    @Test func everyKeyIsRead() throws {
        let audit = try load(
            """
            audit:
              share: 0.1
              judge: openai:gpt-4.1
              usd_per_day: 2.5
              timeout_seconds: 30
              holdout_share: 0.02
              store: redis
              state_file: ""
              log: a.jsonl
            """
        ).configuration.audit
        #expect(audit.share == 0.1 && audit.usdPerDay == 2.5 && audit.timeout == .seconds(30) && audit.holdoutShare == 0.02)
        #expect(audit.judge == ConfiguredModel(provider: "openai", model: "gpt-4.1"))
        #expect(audit.store == .redis && audit.stateFile == nil && audit.log == "a.jsonl")
    }

    @Test(arguments: [
        ("audit: {judge: \"opena:x\"}", "unknown provider 'opena' in 'audit.judge'; did you mean 'openai:x'?"),
        (
            "audit: {judge: \"openai:x\"}",
            "'prices' does not have 'openai:x', so that 'audit.usd_per_day' could not be kept and nothing is audited; 'input: 0' and "
                + "'output: 0' say that it is free"
        ),
        ("audit: {holdout_share: 0.6}", "'audit.holdout_share' must be a number from 0 to 0.5, not '0.6'"),
        ("audit: {stor: file}", "unknown key 'stor' in 'audit'; did you mean 'store'?"),
        (
            "routing: {strategy: risk, risk_model: m.json}\naudit: {judge: \"openai:gpt-4.1-nano\"}",
            "'openai:gpt-4.1-nano' is also the drafter of 'auto': a model is a lenient judge of its own answers"
        ),
    ]) func whatIsWrongIsSaid(text: String, message: String) {
        #expect(problems(text).map(\.message).contains(message))
    }
}
