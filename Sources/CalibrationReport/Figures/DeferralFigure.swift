import Calibration

/// What quality costs: good answers over the share of requests that the heavyweight gets.
enum DeferralFigure {
    static func figure(_ data: DeferralFigures) -> Figure {
        let operating = data.operating.map {
            " The threshold in force sends \(NumberText.percent($0.x)) to the heavyweight and gives \(NumberText.percent($0.y)) good "
                + "answers."
        }
        return Figure(
            id: "deferral", title: "Good answers against requests sent to the heavyweight",
            description: "Always the draft: \(NumberText.percent(data.draftAccuracy)) good answers. Always the heavyweight: "
                + "\(NumberText.percent(data.heavyweightAccuracy)).\(operating ?? "")",
            caption: Markup(
                "Drafts are given up in the order of their risk, the riskiest first. A curve that rises early catches the bad drafts "
                    + "first; the broken line is what giving up at random buys. The band holds the curve in 95 % of bootstrap resamples "
                    + "of the test drafts. Grey: the four baselines, one by one in the next figure."),
            draw: { draw(data, $0) })
    }

    /// Room for all curves, with air above for the labels.
    static func domain(_ data: DeferralFigures, headroom: Double) -> ClosedRange<Double> {
        let all =
            data.curves.values.joined().map(\.y) + data.band.flatMap { [$0.low, $0.high] } + [data.draftAccuracy, data.heavyweightAccuracy]
        let (low, high) = (all.min() ?? 0, all.max() ?? 1)
        let span = max(high - low, 0.02)
        return max(0, low - 0.06 * span)...(high + headroom * span)
    }

    private static func draw(_ data: DeferralFigures, _ width: FigureWidth) -> Drawing {
        let plot = Plot(
            width: width.pixels, height: width.isNarrow ? 330 : 410, x: 0...1, y: domain(data, headroom: width.isNarrow ? 0.62 : 0.42))
        var parts = plot.yAxis(title: "share of good answers", upTo: 1) { NumberText.percent($0, max(0, $1 - 2)) }
        parts += plot.xAxis(title: "share of requests sent to the heavyweight") { value, _ in NumberText.percent(value, 0) }
        parts.append(plot.band(data.band.map { ($0.x, $0.low, $0.high) }, "band"))
        parts.append(plot.curve([Point(0, data.draftAccuracy), Point(1, data.heavyweightAccuracy)], "random"))
        for rule in ScoreRule.allCases where rule != .risk && rule != .random {
            parts.append(plot.curve((data.curves[rule] ?? []).map { Point($0.x, $0.y) }, "faint"))
        }
        parts.append(plot.curve((data.curves[.risk] ?? []).map { Point($0.x, $0.y) }, "accent"))
        parts += ends(data, plot)
        parts += marks(data, plot, width)
        return Drawing(width: plot.width, height: plot.height, content: .joined(parts))
    }

    /// Both ends are policies of their own: never ask the heavyweight, always ask it.
    private static func ends(_ data: DeferralFigures, _ plot: Plot) -> [Markup] {
        let (draft, heavyweight) = (plot.point(0, data.draftAccuracy), plot.point(1, data.heavyweightAccuracy))
        let middle = plot.point(0.7, data.draftAccuracy + 0.7 * (data.heavyweightAccuracy - data.draftAccuracy))
        // Above everything that the label would cover.
        let covered = data.band.filter { $0.x >= 0.45 }.map(\.high) + data.curves.values.joined().filter { $0.x >= 0.45 }.map(\.y)
        let above = plot.y(max(covered.max() ?? 0, data.heavyweightAccuracy))
        return [
            Shape.circle(draft, radius: 4, "hollow"),
            Shape.label("always the draft, \(NumberText.percent(data.draftAccuracy))", at: Point(draft.x + 10, draft.y + 5), "label"),
            Shape.circle(heavyweight, radius: 4, "hollow"),
            Shape.line(Point(heavyweight.x, above - 4), Point(heavyweight.x, heavyweight.y - 5), "leader"),
            Shape.label(
                "always the heavyweight, \(NumberText.percent(data.heavyweightAccuracy))", at: Point(heavyweight.x, above - 8), "label",
                anchor: .end),
            Shape.label("random", at: Point(middle.x + 6, middle.y + 20), "label quiet"),
        ]
    }

    /// Labels stand in rows above the curve, each with a hairline down to its point.
    private static func marks(_ data: DeferralFigures, _ plot: Plot, _ width: FigureWidth) -> [Markup] {
        var parts: [Markup] = []
        let row = width.isNarrow ? 22.0 : 20.0
        func mark(_ target: CurvePoint, _ text: String, row index: Double, _ style: String, _ shape: (Point) -> Markup) {
            let point = plot.point(target.x, target.y)
            let height = plot.top + 8 + index * row
            // To the right where there is room, else to the left, else across.
            let room = Shape.textWidth(text, size: 12.5) + 6
            let anchor: Shape.Anchor = point.x + room < plot.width ? .start : point.x - room > 0 ? .end : .middle
            let x = anchor == .start ? point.x + 6 : anchor == .end ? point.x - 6 : plot.width / 2
            parts.append(Shape.line(Point(point.x, height - 10), Point(point.x, point.y - 6), "leader"))
            parts.append(shape(point))
            parts.append(Shape.label(text, at: Point(x, height), style, anchor: anchor))
        }
        if let operating = data.operating {
            let name = width.isNarrow ? "in force" : "threshold in force"
            let text = "\(name): \(NumberText.percent(operating.x, 0)) deferred, \(NumberText.percent(operating.y)) good"
            mark(operating, text, row: 0, "label strong") { Shape.circle($0, radius: 5.5, "dot") }
        }
        if let knee = data.knee {
            mark(knee, "knee: \(NumberText.percent(knee.x, 0)), \(NumberText.percent(knee.y)) good", row: 1, "label") {
                Shape.diamond($0, radius: 6, "hollow")
            }
        }
        return parts
    }
}
