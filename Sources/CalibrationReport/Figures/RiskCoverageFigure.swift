import Calibration
import EntropyRouting

/// Loss over coverage on the test split: of all requests, and of the shipped ones.
enum RiskCoverageFigure {
    static func figure(_ data: RiskCoverageFigures) -> Figure {
        let point = data.coverage.map { coverage in
            "At the threshold in force \(NumberText.percent(coverage)) of the drafts are shipped; "
                + "\(data.jointAtThreshold.map { NumberText.percent($0.value, 2) } ?? "an unknown share") of all requests are losses "
                + "and \(data.selectiveAtThreshold.map { NumberText.percent($0.value, 2) } ?? "an unknown share") of the shipped drafts "
                + "are bad."
        }
        return Figure(
            id: "risk-coverage", title: "Risk against coverage, on the test split",
            description: point ?? "No threshold is in force.",
            caption: Markup(
                "Coverage is the share of drafts that are shipped. Left, what a client meets: losses among all requests. Right, what "
                    + "the operator audits: bad drafts among the shipped. The dot is the threshold in force with its 95 % interval; "
                    + "grey is the mean entropy for comparison."
                    + (data.alpha == nil ? "" : " The coloured line is alpha, the promise, in the panel that it is about.")),
            draw: { draw(data, $0) })
    }

    private static func draw(_ data: RiskCoverageFigures, _ width: FigureWidth) -> Drawing {
        let gap = 28.0
        let panelWidth = width.isNarrow ? width.pixels : (width.pixels - gap) / 2
        let height = width.isNarrow ? 250.0 : 280
        let joint = panel(
            data.joint, title: data.loss == .recoverable ? "shipped, bad and recoverable, of all" : "shipped and bad, of all requests",
            alpha: data.loss == .selective ? nil : data.alpha, coverage: data.coverage, at: data.jointAtThreshold, width: panelWidth,
            height: height)
        let selective = panel(
            data.selective, title: "bad, of the shipped drafts", alpha: data.loss == .selective ? data.alpha : nil, coverage: data.coverage,
            at: data.selectiveAtThreshold, width: panelWidth, height: height)
        let offset = width.isNarrow ? (x: 0.0, y: height + 12) : (x: panelWidth + gap, y: 0)
        return Drawing(
            width: width.pixels, height: height + offset.y, content: Shape.group(joint) + Shape.group(selective, x: offset.x, y: offset.y))
    }

    private static func panel(
        _ curves: [ScoreRule: [CurvePoint]], title: String, alpha: Double?, coverage: Double?, at estimate: Estimate?, width: Double,
        height: Double
    ) -> [Markup] {
        // The first few drafts of a ranking give rates of 0 or 1: they are drawn, but do not set the scale.
        let settled = curves.values.joined().filter { $0.x >= 0.1 }.map(\.y)
        let top = max(settled.max() ?? 0, 1.3 * (alpha ?? 0), estimate?.interval?.upperBound ?? 0, 0.01) * 1.08
        let plot = Plot(width: width, height: height, x: 0...1, y: 0...min(1, top))
        var parts = plot.yAxis(title: title, about: 4) { NumberText.percent($0, max(0, $1 - 2)) }
        parts += plot.xAxis(title: "coverage") { value, _ in NumberText.percent(value, 0) }
        parts.append(plot.curve((curves[.meanEntropy] ?? []).map { Point($0.x, $0.y) }, "faint"))
        parts.append(plot.curve((curves[.risk] ?? []).map { Point($0.x, $0.y) }, "accent"))
        if let alpha {
            parts.append(Shape.line(Point(plot.left, plot.y(alpha)), Point(plot.right, plot.y(alpha)), "limit"))
            parts.append(
                Shape.label("alpha \(NumberText.percentOfLevel(alpha))", at: Point(plot.left + 6, plot.y(alpha) - 6), "label accent-text"))
        }
        if let coverage, let estimate { parts += mark(estimate, coverage, plot) }
        return parts
    }

    /// The threshold in force with its interval.
    private static func mark(_ estimate: Estimate, _ coverage: Double, _ plot: Plot) -> [Markup] {
        let point = plot.point(coverage, estimate.value)
        let highest = plot.y(estimate.interval?.upperBound ?? estimate.value)
        let lowest = plot.y(estimate.interval?.lowerBound ?? estimate.value)
        // The curves rise to the right, so that there is room below the interval; near the floor, above it.
        let text = "\(NumberText.percent(estimate.value)) at \(NumberText.percent(coverage, 0))"
        let isRight = point.x + 12 + Shape.textWidth(text, size: 12.5) > plot.width
        let baseline = lowest + 16 > plot.bottom - 2 ? min(highest, point.y) - 8 : max(lowest, point.y + 5) + 13
        return [
            Shape.line(Point(point.x, lowest), Point(point.x, highest), "whisker ink"),
            Shape.circle(point, radius: 5.5, "dot"),
            Shape.label(text, at: Point(isRight ? plot.right : point.x + 9, baseline), "label strong", anchor: isRight ? .end : .start),
        ]
    }
}
