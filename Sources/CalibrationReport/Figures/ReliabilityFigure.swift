/// Whether the risk is a probability: observed against predicted, and where the drafts lie.
enum ReliabilityFigure {
    static func figure(_ data: ReliabilityFigures) -> Figure {
        Figure(
            id: "reliability", title: "Reliability of the risk, on the test split",
            description: "Expected calibration error \(NumberText.fixed(data.ece, 3)), Brier score \(NumberText.fixed(data.brier, 3)) over "
                + "\(data.bins.count) bins of equal numbers of drafts.",
            caption: Markup(
                "Left: drafts in bins of equal size by risk; on the diagonal a risk of 10 % means that one in ten is bad. Lines are 95 "
                    + "% intervals (Clopper and Pearson). Right: where the good and the bad drafts lie. The guarantee does not need the "
                    + "diagonal: it counts losses at a level, whatever the level is called."),
            draw: { draw(data, $0) })
    }

    private static func draw(_ data: ReliabilityFigures, _ width: FigureWidth) -> Drawing {
        let gap = 36.0
        let leftWidth = width.isNarrow ? width.pixels : 372.0
        let rightWidth = width.isNarrow ? width.pixels : width.pixels - leftWidth - gap
        let height = width.isNarrow ? 340.0 : 362
        let histogram = histogram(data, width: rightWidth, height: width.isNarrow ? 220 : height)
        return Drawing(
            width: width.pixels, height: width.isNarrow ? height + 240 : height,
            content: Shape.group(diagram(data, width: leftWidth, height: height))
                + Shape.group(histogram, x: width.isNarrow ? 0 : leftWidth + gap, y: width.isNarrow ? height + 20 : 0))
    }

    private static func diagram(_ data: ReliabilityFigures, width: Double, height: Double) -> [Markup] {
        let reach = max(0.05, min(1, (data.bins.flatMap { [$0.predicted, $0.interval.upperBound] }.max() ?? 1) * 1.03))
        let plot = Plot(width: width, height: height, x: 0...reach, y: 0...reach)
        var parts = plot.yAxis(title: "share of bad drafts") { NumberText.percent($0, max(0, $1 - 2)) }
        parts += plot.xAxis(title: "predicted risk, mean of the bin") { NumberText.percent($0, max(0, $1 - 2)) }
        parts.append(plot.curve([Point(0, 0), Point(reach, reach)], "random"))
        for bin in data.bins {
            let point = plot.point(bin.predicted, bin.observed)
            parts.append(
                Shape.line(
                    Point(point.x, plot.y(bin.interval.lowerBound)), Point(point.x, plot.y(bin.interval.upperBound)), "whisker"))
            parts.append(
                Shape.circle(
                    point, radius: 4, "dot",
                    title:
                        "\(bin.drafts) drafts: predicted \(NumberText.percent(bin.predicted)), observed \(NumberText.percent(bin.observed))"
                ))
        }
        parts.append(Shape.label("ECE \(NumberText.fixed(data.ece, 3))", at: Point(plot.left + 10, plot.top + 14), "label strong"))
        parts.append(Shape.label("Brier \(NumberText.fixed(data.brier, 3))", at: Point(plot.left + 10, plot.top + 32), "label"))
        return parts
    }

    /// Good drafts upwards, bad ones downwards, on one scale.
    private static func histogram(_ data: ReliabilityFigures, width: Double, height: Double) -> [Markup] {
        let bins = 25
        func counts(_ values: [Double]) -> [Int] {
            var counts = Array(repeating: 0, count: bins)
            for value in values { counts[min(bins - 1, max(0, Int(value * Double(bins))))] += 1 }
            return counts
        }
        let (good, bad) = (counts(data.good), counts(data.bad))
        let (up, down) = (max(1, good.max() ?? 1), max(1, bad.max() ?? 1))
        let plot = Plot(
            width: width, height: height, margins: Plot.Margins(top: 30, right: 6, bottom: 40, left: 6), x: 0...1,
            y: -(Double(down) + 0.1 * Double(up + down))...Double(up))
        var parts = plot.xAxis(title: "predicted risk", about: width > 330 ? 5 : 3) { value, _ in NumberText.percent(value, 0) }
        parts.append(Shape.label("number of test drafts", at: Point(0, 13), "axis-title"))
        let zero = plot.y(0)
        for bin in 0..<bins {
            let (left, right) = (plot.x(Double(bin) / Double(bins)), plot.x(Double(bin + 1) / Double(bins)))
            if good[bin] > 0 {
                parts.append(
                    Shape.rectangle(
                        x: left + 0.5, y: plot.y(Double(good[bin])), width: right - left - 1, height: zero - plot.y(Double(good[bin])),
                        "bar off",
                        title: "\(good[bin]) good"))
            }
            if bad[bin] > 0 {
                parts.append(
                    Shape.rectangle(
                        x: left + 0.5, y: zero, width: right - left - 1, height: plot.y(-Double(bad[bin])) - zero, "bar",
                        title: "\(bad[bin]) bad"))
            }
        }
        parts.append(Shape.line(Point(plot.left, zero), Point(plot.right, zero), "axis"))
        parts.append(Shape.label("\(data.good.count) good", at: Point(plot.right, zero - 8), "label", anchor: .end))
        parts.append(Shape.label("\(data.bad.count) bad", at: Point(plot.right, zero + 18), "label accent-text", anchor: .end))
        return parts
    }
}
