/// What a price of waiting buys: time against wasted money, one point per lambda.
enum FrontierFigure {
    static func figure(_ points: [FrontierPoint]) -> Figure {
        Figure(
            id: "frontier", title: "The pre-fire frontier, from replayed traffic",
            description: points.map {
                "lambda \(NumberText.significant($0.lambda)): \(NumberText.fixed($0.savedMs, 0)) ms for "
                    + "\(NumberText.significant($0.wastedUSDPerThousand)) dollars"
            }.joined(separator: "; ") + ".",
            caption: Markup(
                "lambda, in dollars per second of waiting, is the operator's only knob. To the right more is wasted on heavyweights "
                    + "that were not needed; upwards clients wait less. Nothing here changes an answer."),
            draw: { draw(points, $0) })
    }

    private static func draw(_ points: [FrontierPoint], _ width: FigureWidth) -> Drawing {
        let sorted = points.sorted { ($0.wastedUSDPerThousand, $0.savedMs) < ($1.wastedUSDPerThousand, $1.savedMs) }
        let reach = max(sorted.map(\.wastedUSDPerThousand).max() ?? 0, 1e-6) * 1.12
        let top = max(sorted.map(\.savedMs).max() ?? 0, 1) * 1.12
        let plot = Plot(width: width.pixels, height: width.isNarrow ? 270 : 300, x: 0...reach, y: 0...top)
        var parts = plot.yAxis(title: "waiting saved per request, ms", about: 4) { NumberText.fixed($0, $1) }
        parts += plot.xAxis(title: "wasted, US dollars per 1,000 requests", about: width.isNarrow ? 3 : 5) {
            NumberText.fixed($0, $1).trimmingZeros
        }
        parts.append(plot.curve(sorted.map { Point($0.wastedUSDPerThousand, $0.savedMs) }, "accent"))
        var taken: [(left: Double, right: Double, baseline: Double)] = []
        for point in sorted {
            let position = plot.point(point.wastedUSDPerThousand, point.savedMs)
            let text = "λ \(NumberText.significant(point.lambda).trimmingZeros)"
            parts.append(Shape.circle(position, radius: 3.5, "dot", title: text))
            // Below to the right, where a curve that flattens leaves room; above near the edges. Without room of its own a point keeps
            // its title.
            let isRight = position.x + 8 + Shape.textWidth(text) > plot.right
            let label = Point(position.x + (isRight ? -8 : 8), position.y + (isRight || position.y > plot.bottom - 16 ? -8 : 14))
            let left = isRight ? label.x - Shape.textWidth(text) : label.x
            let right = left + Shape.textWidth(text)
            if taken.contains(where: { $0.left < right + 4 && left < $0.right + 4 && abs($0.baseline - label.y) < 14 }) { continue }
            taken.append((left, right, label.y))
            parts.append(Shape.label(text, at: label, "label", anchor: isRight ? .end : .start))
        }
        return Drawing(width: plot.width, height: plot.height, content: .joined(parts))
    }
}
