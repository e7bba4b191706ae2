/// Keeps labels that want to stand at certain heights apart.
enum LabelColumn {
    /// The heights nearest to the wanted ones that are at least `gap` apart and inside `range` as far as there is room; in the order of the
    /// wanted ones, which keep their order from top to bottom.
    static func spread(_ wanted: [Double], gap: Double, in range: ClosedRange<Double>) -> [Double] {
        let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        // Blocks of labels that touch move as one, centred where their members wanted to be.
        var blocks: [(sum: Double, count: Int)] = []
        func center(_ block: (sum: Double, count: Int)) -> Double {
            let half = Double(block.count - 1) / 2 * gap
            let middle = block.sum / Double(block.count)
            return max(range.lowerBound + half, min(range.upperBound - half, middle))
        }
        for index in order {
            blocks.append((min(max(wanted[index], range.lowerBound), range.upperBound), 1))
            while blocks.count > 1 {
                let (last, previous) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
                let needed = Double(last.count + previous.count) / 2 * gap
                guard center(last) - center(previous) < needed - 1e-9 else { break }
                blocks.removeLast(2)
                blocks.append((last.sum + previous.sum, last.count + previous.count))
            }
        }
        var result = Array(repeating: 0.0, count: wanted.count)
        var next = 0
        for block in blocks {
            for position in 0..<block.count {
                result[order[next]] = center(block) + (Double(position) - Double(block.count - 1) / 2) * gap
                next += 1
            }
        }
        return result
    }
}
