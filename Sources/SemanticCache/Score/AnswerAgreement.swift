/// Temporary, by the lead, until the guards helper writes the real one (overwrite this file).
enum AnswerAgreement {
    static func agree(_ a: String, _ b: String, cosine: Double?) -> Bool? { a == b ? true : cosine.map { $0 >= 0.9 } }
}
