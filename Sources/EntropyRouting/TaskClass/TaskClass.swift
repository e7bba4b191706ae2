/// What kind of work a prompt asks for. Entropy means something else in each: facts are near 0 bits, creative text above 1.
public enum TaskClass: String, Sendable, Hashable, CaseIterable {
    case simpleFactual = "simple_factual"
    case reasoning
    case code
    case creative
}
