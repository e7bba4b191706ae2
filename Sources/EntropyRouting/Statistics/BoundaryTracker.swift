/// Reads an answer token by token and says of each where it stands and what it looks like. Bytes in, no strings, nothing stored but a
/// few state words; characters split between tokens are put together again.
public struct BoundaryTracker: Sendable {
    /// Where in the layout of the answer the next character stands.
    fileprivate enum Place {
        /// Nothing but blanks since the line began.
        case lineStart
        /// Nothing but bullets since the line began.
        case bullets
        /// Nothing but digits since the line began: perhaps the number of a list item.
        case lineDigits
        /// Such digits and a `.` or `)`.
        case itemNumber
        /// After a list marker and its blank.
        case itemStart
        case inside
        /// After a sentence's terminator and any closers.
        case terminated
        /// After a terminator and a blank.
        case sentenceStart
    }

    private var place = Place.lineStart
    /// The classes of the last two characters: word shapes reach across tokens.
    private var last = CharacterClass.none
    private var beforeLast = CharacterClass.none
    /// A character whose bytes are not all here yet, and how many are missing.
    private var partialScalar: UInt32 = 0
    private var missingBytes: UInt8 = 0

    public init() {}

    /// - Parameter text: the token's UTF-8. Malformed bytes are skipped.
    public mutating func shape(of text: Span<UInt8>) -> TokenShape {
        var shape: TokenShape = []
        for index in text.indices {
            guard let scalar = scalar(completedBy: text[index]) else { continue }
            let character = CharacterClass(scalar: scalar)
            shape.formUnion(wordShape(character))
            shape.formUnion(boundary(before: character))
            beforeLast = last
            last = character
        }
        return shape
    }

    private func wordShape(_ character: CharacterClass) -> TokenShape {
        switch character {
        case .digit:
            return last.isLetter ? [.holdsDigit, .isIdentifierLike] : joinsUnderscore ? [.holdsDigit, .isIdentifierLike] : .holdsDigit
        case .upper:
            if last == .lower || joinsUnderscore { return .isIdentifierLike }
            return last.isWordCharacter || last == .underscore ? [] : .startsCapitalised
        case .lower:
            return joinsUnderscore ? .isIdentifierLike : []
        default:
            return []
        }
    }

    /// The underscore just read stands between word characters, if what follows is one: `a_b`, not `_emphasis_`.
    private var joinsUnderscore: Bool { last == .underscore && beforeLast.isWordCharacter }

    /// Moves to the place after `character`; says what `character` opens.
    private mutating func boundary(before character: CharacterClass) -> TokenShape {
        if character == .newline {
            place = .lineStart
            return []
        }
        switch place {
        case .lineStart:
            switch character {
            case .blank: return []
            case .digit: place = .lineDigits
            case .bullet: place = .bullets
            default: place = .after(character)
            }
            return [.opensUnit, .opensSpan]
        case .bullets:
            if character == .blank { place = .itemStart } else if character != .bullet { place = .after(character) }
            return []
        case .lineDigits:
            let isMark = character == .terminator || character == .rightParenthesis
            if isMark { place = .itemNumber } else if character != .digit { place = .after(character) }
            return []
        case .itemNumber:
            place = character == .blank ? .itemStart : .after(character)
            return []
        case .itemStart:
            if character == .blank { return [] }
            place = .after(character)
            return .opensUnit
        case .inside:
            place = .after(character)
            return []
        case .terminated:
            switch character {
            case .blank: place = .sentenceStart
            case .terminator, .closer, .rightParenthesis, .bullet: break
            case .wideTerminator: place = .sentenceStart
            default: place = .inside
            }
            return []
        case .sentenceStart:
            switch character {
            case .blank, .closer, .wideTerminator: return []
            default:
                place = .after(character)
                return [.opensUnit, .opensSpan]
            }
        }
    }

    /// Collects the bytes of one character; the scalar when `byte` completes it.
    private mutating func scalar(completedBy byte: UInt8) -> UInt32? {
        switch byte {
        case 0..<0x80:
            missingBytes = 0
            return UInt32(byte)
        case 0x80..<0xC0:
            guard missingBytes > 0 else { return nil }
            partialScalar = partialScalar << 6 | UInt32(byte & 0x3F)
            missingBytes -= 1
            return missingBytes == 0 ? partialScalar : nil
        case 0xC0..<0xE0: (partialScalar, missingBytes) = (UInt32(byte & 0x1F), 1)
        case 0xE0..<0xF0: (partialScalar, missingBytes) = (UInt32(byte & 0x0F), 2)
        default: (partialScalar, missingBytes) = (UInt32(byte & 0x07), 3)
        }
        return nil
    }
}

extension BoundaryTracker.Place {
    /// The place after a character of running text.
    fileprivate static func after(_ character: CharacterClass) -> Self {
        switch character {
        case .terminator: .terminated
        case .wideTerminator: .sentenceStart
        default: .inside
        }
    }
}
