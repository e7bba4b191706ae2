/// One event of a streamed answer, ready to be framed.
struct StreamEvent: Sendable {
    /// Either what follows `"delta":` in the chunk's only choice, or, if ``isWhole``, the complete data of the event.
    var json: [UInt8]
    var choice: Int = 0
    var isWhole = false
    /// Tokens that leave with this event.
    var tokens = 0
    /// Waits its turn: the token gap lies before it.
    var isPaced = false
}

/// How a response ends after everything planned was written.
enum ResponseEnding: Sendable {
    case complete
    /// Nothing more, with the connection open.
    case stall
    case close
    case reset
}

/// A streamed answer: events with what surrounds each.
struct StreamPlan: Sendable {
    var prefix: [UInt8]
    var suffix: [UInt8]
    var events: [StreamEvent]
    var sendsDone = true
    var usesCRLF = false
    var sendsComments = false
    var ending = ResponseEnding.complete
}

extension StreamPlan {
    /// Puts a fault into the middle of the stream, by its paced events.
    mutating func apply(_ fault: Fault) {
        switch fault {
        case .stallBeforeFirst:
            events = []
            ending = .stall
        case .stallMiddle: breakOff(.stall)
        case .resetMiddle: breakOff(.reset)
        case .cutMiddle: breakOff(.close)
        case .malformedChunk:
            events.insert(
                StreamEvent(json: Array("{\"id\":\"chatcmpl-broken\",\"choices\":[{\"index\":0,\"del".utf8), isWhole: true), at: middle)
        case .errorEvent:
            breakOff(.complete)
            sendsDone = false
            let message = "The server had an error while processing your request. Sorry about that!"
            events.append(StreamEvent(json: ErrorBody(message: message, type: "server_error").bytes, isWhole: true))
        case .refuse, .status, .stallBeforeHead: break
        }
    }

    private mutating func breakOff(_ ending: ResponseEnding) {
        events.removeSubrange(middle...)
        self.ending = ending
    }

    /// The index behind the first half of the paced events; the role always leaves.
    private var middle: Int {
        let paced = events.indices.filter { events[$0].isPaced }
        guard !paced.isEmpty else { return min(1, events.count) }
        return paced[paced.count / 2]
    }
}

/// An error body in OpenAI's shape.
struct ErrorBody {
    var bytes: [UInt8]

    init(message: String, type: String, parameter: String? = nil, code: String? = nil) {
        var json = JSONText()
        json.raw("{\"error\":{\"message\":")
        json.string(message)
        json.raw(",\"type\":")
        json.string(type)
        json.raw(",\"param\":")
        if let parameter { json.string(parameter) } else { json.raw("null") }
        json.raw(",\"code\":")
        if let code { json.string(code) } else { json.raw("null") }
        json.raw("}}")
        bytes = json.bytes
    }
}
