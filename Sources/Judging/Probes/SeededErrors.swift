public import CalibrationData

/// Right answers with one confident error put in: what a judge must see. Deterministic for a seed; every error changes the meaning.
public enum SeededErrors {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A number is another one, near or far.
        case number
        /// A name is another one of the set.
        case name
        /// A statement is denied, or a denial taken away.
        case negation
        /// A unit is another one.
        case unit
    }

    /// An answer with an error in it.
    public struct Corrupted: Sendable, Hashable {
        public var text: String
        public var kind: Kind
        /// `42 -> 47`
        public var change: String
    }

    /// Puts one error into a right answer.
    ///
    /// - Parameters:
    ///   - reference: the error must make the answer fail it; `nil` takes any change.
    ///   - names: other names, to swap with; those written alike are preferred.
    ///   - salt: of the answer; its prompt's id does.
    /// - Returns: `nil` when nothing in the answer can be made wrong in a way that the reference sees.
    public static func corrupt(
        _ answer: String, reference: Reference?, names: [String], seed: UInt64, salt: String
    ) -> Corrupted? {
        var mixer = SeededMixer(seed: seed, salt)
        var candidates =
            numbers(answer, &mixer) + swaps(answer, names, reference, &mixer) + units(answer, &mixer) + negations(answer, &mixer)
        candidates.shuffle(using: &mixer)
        // The kinds that the design names first come first where they apply; among equals the seed decides.
        candidates.sort { rank($0.kind) < rank($1.kind) }
        return candidates.first { candidate in
            guard FoldedText(candidate.text) != FoldedText(answer) else { return false }
            guard let reference else { return true }
            if case .fail = ReferenceCheck.outcome(of: candidate.text, against: reference) { return true }
            return false
        }
    }

    private static func rank(_ kind: Kind) -> Int { kind == .number || kind == .name ? 0 : 1 }

    // MARK: Kinds

    /// A small error, in a number's last digit, and a large one, in its first.
    private static func numbers(_ answer: String, _ mixer: inout SeededMixer) -> [Corrupted] {
        let scalars = Array(answer.unicodeScalars)
        var errors: [Corrupted] = []
        for number in NumberScanner.numbers(in: scalars) {
            // The digits only: sign, currency, separators and unit stay, so that nothing but the value gives the error away.
            let places = number.range.filter { ("0"..."9").contains(scalars[$0]) }
            guard let first = places.first, let last = places.last, places.count <= 15 else { continue }
            // Of a year the last two digits: one in another millennium is no confident error but a typing error.
            let isYear = places.count == 4 && last - first == 3 && (1_000...2_100).contains(Int(String(scalars[first...last])) ?? 0)
            for place in first == last ? [first] : isYear ? [places[2], last] : [first, last] {
                let old = scalars[place].value - 48
                let lowest: UInt32 = place == first && first != last ? 1 : 0
                guard let new = (lowest...9).filter({ $0 != old }).randomElement(using: &mixer), let digit = Unicode.Scalar(new + 48) else {
                    continue
                }
                var changed = scalars
                changed[place] = digit
                errors.append(
                    Corrupted(
                        text: String(changed), kind: .number, change: "\(String(scalars[first...last])) -> \(String(changed[first...last]))"
                    ))
            }
        }
        return errors
    }

    private static func swaps(
        _ answer: String, _ names: [String], _ reference: Reference?, _ mixer: inout SeededMixer
    ) -> [Corrupted] {
        var found = NameFinder.names(in: answer)
        // What the reference looks for is a name, wherever it stands.
        let wanted: [String] =
            switch reference {
            case .text(let any, _)?: any
            case .all(let texts)?: texts
            default: []
            }
        for text in wanted {
            for range in answer.ranges(of: text) { found.append(NameFinder.Found(text: text, range: range)) }
        }
        let folded = FoldedText(answer)
        let others = names.filter { name in !folded.contains(FoldedText(name)) && !FoldedText(name).isEmpty }
        guard !others.isEmpty else { return [] }
        return found.compactMap { name in
            // Of the same kind as far as writing shows it: a person for a person, not a gas for a person.
            let alike = others.filter { NameFinder.shape($0) == NameFinder.shape(name.text) }
            guard let other = (alike.isEmpty ? others : alike).randomElement(using: &mixer) else { return nil }
            // Everywhere: a name that is right in one sentence and wrong in the next is another kind of error.
            return Corrupted(text: answer.replacing(name.text, with: other), kind: .name, change: "\(name.text) -> \(other)")
        }
    }

    private static func units(_ answer: String, _ mixer: inout SeededMixer) -> [Corrupted] {
        replacements(answer, WordSwaps.units, .unit)
    }

    private static func negations(_ answer: String, _ mixer: inout SeededMixer) -> [Corrupted] {
        replacements(answer, WordSwaps.negations, .negation)
    }

    /// Each pair at the first place where it stands as a whole word.
    private static func replacements(_ answer: String, _ pairs: [(String, String)], _ kind: Kind) -> [Corrupted] {
        pairs.compactMap { from, to in
            guard let range = answer.ranges(of: from).first(where: { answer.isWord($0) }) else { return nil }
            return Corrupted(text: answer.replacingCharacters(in: range, by: to), kind: kind, change: "\(from) -> \(to)")
        }
    }
}

extension String {
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        self = ""
        unicodeScalars.append(contentsOf: scalars)
    }

    /// No letter or digit stands right before or behind.
    func isWord(_ range: Range<String.Index>) -> Bool {
        let before = range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
        let behind = range.upperBound == endIndex ? nil : self[range.upperBound]
        return ![before, behind].contains { $0.map { $0.isLetter || $0.isNumber } ?? false }
    }

    func replacingCharacters(in range: Range<String.Index>, by text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
