import Calibration

/// The risk model's deferral curve beside each baseline's, in small multiples on the same axes.
enum BaselineFigure {
    private static let baselines: [ScoreRule] = [.length, .minLogprob, .meanEntropy, .rawWindow]

    static func figure(_ data: DeferralFigures, scores: [ScoreRow]) -> Figure {
        let gains = Dictionary(scores.compactMap { row in row.apgr.map { (row.rule, $0.value) } }, uniquingKeysWith: { first, _ in first })
        let description = ([ScoreRule.risk] + baselines).compactMap { rule in
            gains[rule].map { "\(rule.label) \(NumberText.fixed($0, 3))" }
        }
        return Figure(
            id: "baselines", title: "The risk model against what needs no calibration",
            description: "Average performance gap recovered: \(description.joined(separator: ", ")); random 0.500.",
            caption: Markup(
                "Each panel repeats the risk model's curve in colour; dark is the baseline. The number is APGR, the share of the "
                    + "heavyweight's lead that is recovered, averaged over all deferral shares: random gives 0.5."),
            draw: { draw(data, gains, $0) })
    }

    private static func draw(_ data: DeferralFigures, _ gains: [ScoreRule: Double], _ width: FigureWidth) -> Drawing {
        let columns = width.isNarrow ? 2 : 4
        let gap = width.isNarrow ? 12.0 : 16.0
        let panelWidth = (width.pixels - gap * Double(columns - 1)) / Double(columns)
        let panelHeight = 176.0
        var parts: [Markup] = []
        for (index, rule) in baselines.enumerated() {
            let isFirst = index.isMultiple(of: columns)
            let panel = panel(data, rule, gains, width: panelWidth, height: panelHeight, hasScale: isFirst)
            parts.append(
                Shape.group(panel, x: Double(index % columns) * (panelWidth + gap), y: Double(index / columns) * (panelHeight + 14)))
        }
        let rows = (baselines.count + columns - 1) / columns
        return Drawing(
            width: width.pixels, height: Double(rows) * panelHeight + Double(rows - 1) * 14 + 16,
            content: .joined(parts)
                + Shape.label(
                    "share of requests sent to the heavyweight", at: Point(width.pixels, Double(rows) * (panelHeight + 14) - 2),
                    "axis-title",
                    anchor: .end))
    }

    private static func panel(
        _ data: DeferralFigures, _ rule: ScoreRule, _ gains: [ScoreRule: Double], width: Double, height: Double, hasScale: Bool
    ) -> [Markup] {
        let plot = Plot(
            width: width, height: height, margins: Plot.Margins(top: 40, right: 6, bottom: 26, left: 34), x: 0...1,
            y: DeferralFigure.domain(data, headroom: 0.06))
        var parts = plot.yAxis(title: "", about: 3, upTo: 1) { hasScale ? NumberText.percent($0, max(0, $1 - 2)) : "" }
        parts += plot.xAxis(title: "", at: [(0, "0"), (0.5, "50\u{202F}%"), (1, "100\u{202F}%")])
        parts.append(plot.curve([Point(0, data.draftAccuracy), Point(1, data.heavyweightAccuracy)], "random"))
        parts.append(plot.curve((data.curves[rule] ?? []).map { Point($0.x, $0.y) }, "ink"))
        parts.append(plot.curve((data.curves[.risk] ?? []).map { Point($0.x, $0.y) }, "accent thin"))
        parts.append(Shape.label(rule.label, at: Point(0, 12), "label strong"))
        if let own = gains[rule], let risk = gains[.risk] {
            parts.append(
                tag("text", ["class": "label quiet", "x": "0", "y": "28"]) {
                    "\(NumberText.fixed(own, 3)) against "
                    tag("tspan", ["class": "accent-text"]) { NumberText.fixed(risk, 3) }
                })
        }
        return parts
    }
}
