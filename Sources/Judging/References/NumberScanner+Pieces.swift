/// Small parts of numbers, each with the position behind it.
extension NumberScanner {
    func blanks(_ index: Int) -> Int {
        var index = index
        while [" ", "\u{A0}", "\u{2009}", "\u{202F}"].contains(scalar(index)) { index += 1 }
        return index
    }

    /// At most nine digits.
    func natural(_ start: Int) -> (Int, Int)? {
        var (value, index) = (0, start)
        while isDigit(index), index - start < 9 {
            value = value * 10 + Int(scalar(index).value - 48)
            index += 1
        }
        return index == start || isDigit(index) ? nil : (value, index)
    }

    /// At most three digits with a sign.
    func integer(_ start: Int) -> (Int, Int)? {
        let isSigned = isMinus(start) || scalar(start) == "+"
        guard let (value, end) = natural(isSigned ? start + 1 : start), value < 1_000 else { return nil }
        return (isMinus(start) ? -value : value, end)
    }

    /// `23` or `{23}`
    func braced(_ start: Int) -> (Int, Int)? {
        guard scalar(start) == "{" else { return integer(start) }
        guard let (value, end) = integer(start + 1), scalar(end) == "}" else { return nil }
        return (value, end + 1)
    }

    func superscript(_ start: Int) -> (Int, Int)? {
        let digits: [Unicode.Scalar: Int] = ["⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9]
        let isNegative = scalar(start) == "⁻"
        let first = isNegative ? start + 1 : start
        var (value, index) = (0, first)
        while let digit = digits[scalar(index)], index - first < 3 {
            value = value * 10 + digit
            index += 1
        }
        return index == first ? nil : (isNegative ? -value : value, index)
    }

    /// `\frac{3}{4}` -> `3/4`, with a blank before it so that a whole part stays apart.
    static func fractionsPlain(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let mark = Array("\\frac{".unicodeScalars)
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < text.count {
            guard text[index] == "\\", text[index...].starts(with: mark), let close = text[index...].firstIndex(of: "}"),
                close + 1 < text.count, text[close + 1] == "{", let end = text[(close + 1)...].firstIndex(of: "}")
            else {
                result.append(text[index])
                index += 1
                continue
            }
            let (above, below) = (text[index + mark.count..<close], text[close + 2..<end])
            let isMinus = above.first == "-"
            if let last = result.last, ("0"..."9").contains(last) { result.append(" ") }
            result += (isMinus ? above.dropFirst() : above)
            if isMinus { result.insert("-", at: result.count - above.count + 1) }
            result.append("/")
            result += below
            index = end + 1
        }
        return result
    }
}
