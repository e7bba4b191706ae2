public import Cascade

/// Which of a recording's two models is meant.
public enum RecordedLeg: String, Sendable, Hashable, CaseIterable {
    case drafter, heavyweight
}

/// Why one model gave no answer, and what would help.
public struct LegFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public var leg: RecordedLeg
    public var model: ModelName
    public var error: ProviderError

    public init(leg: RecordedLeg, model: ModelName, error: ProviderError) {
        self.leg = leg
        self.model = model
        self.error = error
    }

    /// `drafter fake:m answered 401: bad key; check 'api_key' of the provider 'fake'`.
    public var description: String {
        var sentence = "\(leg.rawValue) \(model.qualified) \(happening)"
        if !error.logMessage.isEmpty { sentence += ": \(error.logMessage)" }
        if let advice { sentence += "; \(advice)" }
        return sentence
    }

    private var happening: String {
        if let status = error.status { return "answered \(status)" }
        return switch error.kind {
        case .refused, .dns, .tls, .connectTimeout: "could not be reached"
        case .firstByteTimeout, .idleTimeout: "did not answer in time"
        case .reset, .truncated: "broke off"
        case .malformed: "sent what is no answer"
        case .inStream: "reported an error within its answer"
        case .rateLimited: "is at its rate limit"
        case .unauthorized: "refused the credentials"
        case .invalidRequest: "refused the request"
        case .serverError: "failed"
        case .cancelled: "was cancelled"
        }
    }

    private var advice: String? {
        let provider = "the provider '\(model.provider)'"
        return switch error.kind {
        case .unauthorized where error.status == 402: "the account of \(provider) has to be paid for"
        case .unauthorized: "check 'api_key' of \(provider)"
        case .invalidRequest where error.status == 404: "check the name of the model and 'base_url' of \(provider)"
        case .invalidRequest:
            "the request is not to its liking: --max-tokens 0 and a smaller --top-logprobs ask for less"
        case .rateLimited: "a lower --concurrency or more --attempts helps"
        case .refused, .dns, .connectTimeout: "check 'base_url' of \(provider), and that it is running"
        case .tls: "check 'base_url' and 'ca_file' of \(provider)"
        case .firstByteTimeout, .idleTimeout: "a lower --concurrency or a smaller --max-tokens makes answers come sooner"
        case .malformed: "check that 'base_url' of \(provider) leads to an OpenAI-compatible API (it often ends in /v1)"
        case .reset, .truncated, .inStream, .serverError: "the fault is on its side: try again later, or with more --attempts"
        case .cancelled: nil
        }
    }
}
