/// An example draft as text on which every token carries the colour of its entropy, under a strip with a bar per token.
enum HeatMap {
    static func markup(_ trace: ExampleTrace, number: Int) -> Markup {
        tag("article", ["class": "trace", "id": "trace-\(number)", "aria-label": "\(trace.kind.label), \(trace.id)"]) {
            tag("p", ["class": "head"]) {
                tag("span") {
                    tag("b", ["class": trace.kind == .shippedBad ? "bad" : "plain"]) { trace.kind.label }
                    " · \(trace.id) · \(trace.category.isEmpty ? trace.taskClass.label : trace.category)"
                }
                tag("span") { facts(trace) }
            }
            strip(trace)
            tag("p", ["class": "tokens", "dir": "auto", "tabindex": "0", "role": "region", "aria-label": "Tokens of \(trace.id)"]) {
                tokens(trace)
                if trace.omitted > 0 {
                    tag("span", ["class": "omitted"]) { " … and \(NumberText.count(trace.omitted)) more tokens" }
                }
            }
        }
    }

    /// The steps of the scale with their floors.
    static func key() -> Markup {
        tag("div", ["class": "key", "role": "img", "aria-label": "Colour scale: the darker, the more bits of entropy"]) {
            tag("b") { "entropy, bits:" }
            tag("span", ["class": "t h0"]) { "< \(NumberText.significant(HeatLevel.floors[0], 1))" }
            HeatLevel.floors.enumerated().map { index, floor in
                tag("span", ["class": "t h\(index + 1)"]) { "≥ \(NumberText.significant(floor, floor < 0.1 ? 1 : 2).trimmingZeros)" }
            }
            tag("span", ["class": "t unseen"]) { "no evidence" }
        }
    }

    private static func facts(_ trace: ExampleTrace) -> String {
        let risk = "risk \(NumberText.percent(trace.risk))"
        let threshold =
            trace.threshold.map { $0 > 0 ? ", ships up to \(NumberText.percentOfLevel($0))" : ", its class ships nothing" } ?? ""
        let gate = trace.gate.map { " · gate: \($0)" } ?? ""
        return "\(risk)\(threshold)\(gate) · \(NumberText.count(trace.tokens.count + trace.omitted)) tokens"
    }

    private static func tokens(_ trace: ExampleTrace) -> [Markup] {
        TokenText.pieces(trace.tokens.map(\.bytes)).map { piece in
            let tokens = trace.tokens[piece.tokens]
            let level = HeatLevel.of(tokens.map(\.bits).filter { !$0.isNaN }.max() ?? .nan)
            let style = "t " + (level.map { "h\($0)" } ?? "unseen") + (piece.isBroken ? " broken" : "")
            let title = tokens.map { token in
                token.bits.isNaN
                    ? "no evidence"
                    : "\(bits(token.bits)) bits" + (token.surprisal.isNaN ? "" : ", surprisal \(bits(token.surprisal))")
            }
            return tag("span", ["class": style, "title": title.joined(separator: " + ")]) { piece.text }
        }
    }

    private static func bits(_ value: Double) -> String { value < 0.001 ? "< 0.001" : NumberText.significant(value) }

    /// One path for all bars; stretched to the column's width.
    private static func strip(_ trace: ExampleTrace) -> Markup {
        let height = 40.0
        var data = ""
        for (index, token) in trace.tokens.enumerated() where !token.bits.isNaN {
            let top = height * HeatLevel.height(token.bits)
            guard top > 0 else { continue }
            data += "M\(index) \(NumberText.coordinate(height))v-\(NumberText.coordinate(top))h.8V\(NumberText.coordinate(height))Z"
        }
        return tag(
            "svg",
            [
                "class": "strip", "viewBox": "0 0 \(max(40, trace.tokens.count)) \(NumberText.coordinate(height))",
                "preserveAspectRatio": "none",
                "role": "img", "aria-label": "Entropy of each token of \(trace.id)",
            ]
        ) {
            tag("title") { "Entropy per token, from 0.01 to 8 bits on a logarithmic scale" }
            if !data.isEmpty { tag("path", ["d": data]) }
        }
    }
}
