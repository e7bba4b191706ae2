#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Mean entropies by class and verdict: good drafts above the line, bad ones below.
enum EntropyFigure {
    static func figure(_ rows: [EntropyDistribution]) -> Figure {
        let medians = rows.map { row in
            "\(row.taskClass.label): good median \(text(median(row.good))), bad median \(text(median(row.bad)))"
        }
        return Figure(
            id: "entropy", title: "Mean entropy of the drafts, by class and verdict",
            description: medians.joined(separator: "; ") + ".",
            caption: Markup(
                "Good drafts above each line, bad drafts below, on a logarithmic scale; every stroke is a draft, the tall one the "
                    + "median. Where both halves look alike entropy alone tells nothing; where classes lie far apart one threshold in "
                    + "bits cannot serve them all, which is why the model has an intercept for each."),
            draw: { draw(rows, $0) })
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    private static func text(_ bits: Double?) -> String { bits.map { "\(NumberText.significant($0)) bits" } ?? "none" }

    private static func draw(_ rows: [EntropyDistribution], _ width: FigureWidth) -> Drawing {
        let all = rows.flatMap { $0.good + $0.bad }.map { max($0, 1e-6) }.sorted()
        let low = pow(10, log10(all.isEmpty ? 0.001 : all[all.count / 200]).rounded(.down))
        let high = max(low * 10, (all.last ?? 1) * 1.15)
        let rowHeight = 96.0
        let plot = Plot(
            width: width.pixels, height: Double(rows.count) * rowHeight + 58,
            margins: Plot.Margins(top: 8, right: 10, bottom: 40, left: width.isNarrow ? 10 : 128), x: low...high, .logarithmic, y: 0...1)
        var parts = Ticks.decades(low...high).map { Shape.line(Point(plot.x($0), plot.top), Point(plot.x($0), plot.bottom), "grid") }
        parts += plot.xAxis(
            title: "mean entropy per token, bits", at: Ticks.decades(low...high).map { ($0, NumberText.significant($0, 1)) })
        for (index, row) in rows.enumerated() {
            let base = plot.top + (Double(index) + 0.5) * rowHeight + (width.isNarrow ? 8 : 0)
            parts += half(row.good, plot, base: base, height: 30, direction: -1, "density off", "rug off")
            parts += half(row.bad, plot, base: base, height: 30, direction: 1, "density", "rug")
            parts.append(Shape.line(Point(plot.left, base), Point(plot.right, base), "axis"))
            let labelX = 0.0
            parts.append(Shape.label(row.taskClass.label, at: Point(labelX, base - (width.isNarrow ? 26 : 5)), "label strong"))
            if width.isNarrow {
                parts.append(Shape.label("\(row.good.count) good", at: Point(plot.right, base - 26), "label quiet", anchor: .end))
                parts.append(Shape.label("\(row.bad.count) bad", at: Point(plot.right, base + 34), "label accent-text", anchor: .end))
            } else {
                parts.append(Shape.label("\(row.good.count) good", at: Point(labelX, base - 21), "label quiet"))
                parts.append(Shape.label("\(row.bad.count) bad", at: Point(labelX, base + 15), "label accent-text"))
            }
        }
        return Drawing(width: plot.width, height: plot.height, content: .joined(parts))
    }

    /// A Gaussian kernel density in the logarithm (Silverman's bandwidth), scaled to its own top, over a rug of the drafts themselves.
    private static func half(
        _ values: [Double], _ plot: Plot, base: Double, height: Double, direction: Double, _ style: String, _ rugStyle: String
    ) -> [Markup] {
        guard !values.isEmpty else { return [] }
        let logs = values.map { log10(min(max($0, plot.x.domain.lowerBound), plot.x.domain.upperBound)) }.sorted()
        var parts: [Markup] = []
        if logs.count >= 8 {
            let mean = logs.reduce(0, +) / Double(logs.count)
            let deviation = (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count - 1)).squareRoot()
            let bandwidth = max(0.03, 0.9 * deviation * pow(Double(logs.count), -0.2))
            let (from, to) = (log10(plot.x.domain.lowerBound), log10(plot.x.domain.upperBound))
            let positions = (0...120).map { from + Double($0) / 120 * (to - from) }
            let density = positions.map { position in
                logs.reduce(0) { $0 + exp(-0.5 * ((position - $1) / bandwidth) * ((position - $1) / bandwidth)) }
            }
            let top = density.max() ?? 1
            let outline = zip(positions, density).map { Point(plot.x(pow(10, $0)), base + direction * height * $1 / max(top, 1e-12)) }
            parts.append(Shape.path([Point(plot.left, base)] + outline + [Point(plot.right, base)], style, isClosed: true))
        }
        // More strokes than pixels only make the file large.
        let stride = max(1, logs.count / 240)
        for (index, value) in logs.enumerated() where index.isMultiple(of: stride) {
            let x = plot.x(pow(10, value))
            parts.append(Shape.line(Point(x, base + direction * 1), Point(x, base + direction * 5), rugStyle))
        }
        let middle = plot.x(pow(10, logs[logs.count / 2]))
        parts.append(Shape.line(Point(middle, base), Point(middle, base + direction * (height + 4)), rugStyle + " median"))
        return parts
    }
}
