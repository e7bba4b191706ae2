import FastJSON
import Foundation

/// Recordings written down as `docs/recordings.md` describes them, for what needs none of `qualm record`.
enum CalibrationRecords {
    /// One drafter's `count` recordings: every fifth draft is unsure and bad, the others sure and good, by gold labels.
    ///
    /// - Parameter badEvery: another share of bad drafts; they are always the unsure ones.
    static func lines(
        _ count: Int, prefix: String = "r", drafter: String = CalibrationScene.drafter, temperature: Double = 0, badEvery: Int = 5,
        isLabelled: Bool = true
    ) -> String {
        (0..<count).map { index in
            let isBad = index % badEvery == 0
            // Probabilities of two tokens that are all there is: about .2 and 1 bit.
            let share = isBad ? 0.5 : 0.97 - Double(index % 7) / 200
            let tokens = #"{"t_ms":1,"bytes":"Paris","logprob":\#(log(share)),"top":[\#(log(share)),\#(log(1 - share))]}"#
            return """
                {"v":1,"id":"\(prefix)-\(index)","prompt_hash":"sha256:\(index)","category":"c","class":"simple_factual",\
                "recorded_at":"2026-01-31T12:00:00Z","temperature":\(temperature),"top_logprobs":20,"prompt_mode":"plain","prompt_tokens":9,\
                "draft":{"provider":"sim","model":"\(drafter)","answered_by":null,"fingerprint":null,"text":"Paris","finish":"stop",\
                "usage":{"input":9,"cached_input":0,"output":1},"first_token_ms":1,"total_ms":2,"cost_usd":1e-6,"refusal":false,\
                "tokens":[\(tokens)]},\
                "heavyweight":{"provider":"sim","model":"\(CalibrationScene.heavyweight)","answered_by":null,"fingerprint":null,\
                "text":"Paris.","finish":"stop","usage":{"input":9,"cached_input":0,"output":2},"first_token_ms":3,"total_ms":4,\
                "cost_usd":1e-5,"refusal":false},"bad":\(isLabelled ? "\(isBad)" : "null")}

                """
        }.joined()
    }

    /// Lines of an audit log as the gateway writes them: shipped drafts of which every `badEvery`th is bad.
    static func audits(_ count: Int, badEvery: Int, risk: Double = 0.03) -> String {
        (0..<count).map { index in
            #"{"at":1767225600.5,"id":"dec_\#(index)","decision_id":"dec_\#(index)","route":"auto","risk":\#(risk),"shipped":true,"#
                + #""bad":\#((index + 1) % badEvery == 0),"source":"judge","level":0.2,"log10_evidence":0}"# + "\n"
        }.joined()
    }
}
