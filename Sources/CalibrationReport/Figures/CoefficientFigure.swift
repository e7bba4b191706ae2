/// What the risk model looks at: its coefficients, heaviest first.
enum CoefficientFigure {
    static func figure(_ coefficients: [Coefficient]) -> Figure {
        Figure(
            id: "coefficients", title: "What the risk model looks at",
            description: coefficients.map { "\($0.name) \(NumberText.fixed($0.value, 2))" }.joined(separator: ", ") + ".",
            caption: Markup(
                "Change of the log-odds of a bad draft when a feature rises by one standard deviation, the others held. Features that "
                    + "say the same share their weight, and may even get opposite signs: read them together, not as causes."),
            draw: { draw(coefficients, $0) })
    }

    private static func draw(_ coefficients: [Coefficient], _ width: FigureWidth) -> Drawing {
        let rowHeight = 23.0
        let values = coefficients.map(\.value)
        let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
        let pad = max(high - low, 0.1) * (width.isNarrow ? 0.2 : 0.1)
        let plot = Plot(
            width: width.pixels, height: Double(coefficients.count) * rowHeight + 52,
            margins: Plot.Margins(top: 6, right: 10, bottom: 40, left: width.isNarrow ? 148 : 190), x: (low - pad)...(high + pad), y: 0...1)
        var parts = plot.xAxis(title: "log-odds per standard deviation", about: width.isNarrow ? 3 : 6) {
            NumberText.fixed($0, $1).trimmingZeros
        }
        parts.append(Shape.line(Point(plot.x(0), plot.top), Point(plot.x(0), plot.bottom), "grid"))
        for (index, coefficient) in coefficients.enumerated() {
            let y = plot.top + (Double(index) + 0.5) * rowHeight
            let x = plot.x(coefficient.value)
            parts.append(Shape.label(coefficient.name, at: Point(0, y + 4), "label"))
            parts.append(Shape.line(Point(plot.x(0), y), Point(x, y), "whisker"))
            parts.append(Shape.circle(Point(x, y), radius: 3.5, "dot"))
            let isRight = coefficient.value >= 0
            parts.append(
                Shape.label(
                    NumberText.fixed(coefficient.value, 2), at: Point(x + (isRight ? 8 : -8), y + 4), "label quiet",
                    anchor: isRight ? .start : .end))
        }
        return Drawing(width: plot.width, height: plot.height, content: .joined(parts))
    }
}
