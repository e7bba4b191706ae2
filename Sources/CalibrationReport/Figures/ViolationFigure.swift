/// What the guarantee is for: how often each rule breaks its promise when the calibration is repeated.
enum ViolationFigure {
    static func figure(_ data: ViolationFigures) -> Figure {
        Figure(
            id: "violations", title: "\(data.resamplings) repeated calibrations",
            description: "Alpha \(NumberText.percentOfLevel(data.alpha)) was exceeded on the other half in \(data.certified.violations) of "
                + "\(data.resamplings) resamplings by the certified rule, and in \(data.naive.violations) by the naive rule.",
            caption: Markup(
                "Each dot is one calibration: half of the labelled cal and test drafts choose a level, the other half says what it "
                    + "really loses. Dots right of alpha are broken promises. The naive rule takes the loosest level that looked good; "
                    + "the certified rule asks for its upper bound, and may break its promise in "
                    + "\(NumberText.percentOfLevel(data.delta)) of the cases. The halves are small, so the rates measured on them "
                    + "scatter around the true ones, also across the line."),
            draw: { draw(data, $0) })
    }

    private static func draw(_ data: ViolationFigures, _ width: FigureWidth) -> Drawing {
        let rules = [data.certified, data.naive]
        let rowHeight = 116.0
        let top = max(rules.flatMap(\.losses).max() ?? 0, 1.6 * data.alpha) * 1.04
        let plot = Plot(
            width: width.pixels, height: Double(rules.count) * rowHeight + 66,
            margins: Plot.Margins(top: 20, right: 14, bottom: 40, left: 8),
            x: 0...min(1, top), y: 0...1)
        var parts = plot.xAxis(title: "loss rate on the other half") { NumberText.percent($0, max(0, $1 - 2)) }
        let alpha = plot.x(data.alpha)
        parts.append(Shape.line(Point(alpha, plot.top), Point(alpha, plot.bottom), "limit"))
        parts.append(Shape.label("alpha \(NumberText.percentOfLevel(data.alpha))", at: Point(alpha + 5, plot.top + 2), "label accent-text"))
        for (index, rule) in rules.enumerated() {
            let base = plot.top + 6 + Double(index + 1) * rowHeight - 12
            parts.append(Shape.line(Point(plot.left, base), Point(plot.right, base), "grid"))
            parts += dots(rule, data, plot, base: base, height: rowHeight - 40)
            let text =
                "\(rule.name): \(rule.violations) of \(data.resamplings) broken (\(NumberText.percent(rule.rate)))"
                + (rule.coverage.map { ", ships \(NumberText.percent($0, 0))" } ?? "")
            parts.append(Shape.label(text, at: Point(plot.left, base - rowHeight + 30), index == 0 ? "label strong" : "label"))
        }
        return Drawing(width: plot.width, height: plot.height, content: .joined(parts))
    }

    /// A histogram of dots, so that every calibration can be counted.
    private static func dots(_ rule: ViolationFigures.Rule, _ data: ViolationFigures, _ plot: Plot, base: Double, height: Double)
        -> [Markup]
    {
        let pitch = 5.0
        var columns: [Int: Int] = [:]
        let places = rule.losses.sorted().map { loss -> (column: Int, level: Int, isBroken: Bool) in
            // Columns are counted from alpha, so that none holds dots of both sides.
            let distance = (plot.x(loss) - plot.x(data.alpha)) / pitch
            let column = loss > data.alpha ? Int(distance.rounded(.down)) : -Int((-distance).rounded(.down)) - 1
            let level = columns[column, default: 0]
            columns[column] = level + 1
            return (column, level, loss > data.alpha)
        }
        let step = min(pitch, height / Double(max(1, columns.values.max() ?? 1)))
        return places.map { place in
            Shape.circle(
                Point(plot.x(data.alpha) + (Double(place.column) + 0.5) * pitch, base - 3 - Double(place.level) * step), radius: 2,
                place.isBroken ? "dot" : "dot off")
        }
    }
}
