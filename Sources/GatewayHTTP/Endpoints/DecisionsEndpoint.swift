import Cascade
import ChatAPI
import FastJSON

/// `GET /v1/decisions` (newest first, `?limit=`) and `/v1/decisions/{id}` with its trace.
struct DecisionsEndpoint {
    let decisions: DecisionLog

    /// - Parameter limit: 1...1000, default 50.
    func list(limit: String?) -> PlainResponse {
        let count: Int
        switch limit {
        case nil: count = 50
        case let text?:
            guard let number = Int(text), (1...1_000).contains(number) else {
                return PlainResponse(.invalidRequest("'limit' must be a number from 1 to 1000.", param: "limit"))
            }
            count = number
        }
        return .json { json in
            json.object { json in
                json.member("object", "list")
                json.name("data")
                json.array { json in
                    for record in decisions.recent(count) { DecisionJSON.write(record, withTrace: false, to: &json) }
                }
            }
        }
    }

    func one(_ id: String) -> PlainResponse {
        guard let record = decisions[id] else {
            return PlainResponse(.notFound("The decision '\(id.prefix(64))' (the last ones only are kept)"))
        }
        return .json { json in DecisionJSON.write(record, withTrace: true, to: &json) }
    }
}
