/// Finds the name that was probably meant.
enum EditDistance {
    /// The number of insertions, deletions, substitutions and swaps of neighbours that turn `left` into `right`, no part edited twice
    /// (optimal string alignment; Damerau 1964).
    static func between(_ left: String, _ right: String) -> Int {
        let a = Array(left.unicodeScalars)
        let b = Array(right.unicodeScalars)
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 1...a.count {
            row[0] = i
            for j in 1...b.count {
                let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                row[j] = min(last[j] + 1, row[j - 1] + 1, substitution)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[b.count]
    }

    /// The candidate nearest to `name`, if it is near enough to be worth suggesting: at most a third of the letters differ, and one
    /// edit always counts as near. Case and the difference between `-`, `_` and nothing are ignored. Ties go to the first.
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let plain = folded(name)
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate != name {
            let distance = between(plain, folded(candidate))
            let near = max(1, max(plain.count, candidate.count) / 3)
            if distance <= near && distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    // Long names cost quadratic time; no key is nearly as long as this.
    private static func folded(_ name: String) -> String {
        String(name.lowercased().filter { $0 != "_" && $0 != "-" }.prefix(64))
    }
}
