/// A rectangle with two scales and light axes: horizontal hairlines with their values, a baseline with ticks, titles written out.
/// Everything
/// inside is drawn by the figure.
struct Plot: Sendable {
    struct Margins: Sendable, Hashable {
        var top = 30.0
        var right = 14.0
        var bottom = 40.0
        var left = 44.0
    }

    let width: Double
    let height: Double
    let margins: Margins
    let x: Scale
    let y: Scale

    init(
        width: Double, height: Double, margins: Margins = Margins(), x: ClosedRange<Double>, _ xKind: Scale.Kind = .linear,
        y: ClosedRange<Double>
    ) {
        self.width = width
        self.height = height
        self.margins = margins
        self.x = Scale(x, from: margins.left, to: width - margins.right, xKind)
        self.y = Scale(y, from: height - margins.bottom, to: margins.top)
    }

    var left: Double { margins.left }
    var right: Double { width - margins.right }
    var top: Double { margins.top }
    var bottom: Double { height - margins.bottom }

    func point(_ x: Double, _ y: Double) -> Point { Point(self.x(x), self.y(y)) }

    /// A curve through points given in data units.
    func curve(_ points: [Point], _ style: String) -> Markup { Shape.path(points.map { point($0.x, $0.y) }, style) }

    /// The area between two curves over the same positions.
    func band(_ points: [(x: Double, low: Double, high: Double)], _ style: String) -> Markup {
        Shape.path(
            points.map { point($0.x, $0.high) } + points.reversed().map { point($0.x, $0.low) }, style, isClosed: true)
    }

    /// The values of y, each with a hairline; its title above the topmost.
    ///
    /// - Parameter limit: no values beyond, although the scale goes on: there is no share above 1.
    func yAxis(title: String, about count: Int = 5, upTo limit: Double = .infinity, format: (Double, Int) -> String) -> [Markup] {
        let ticks = Ticks.nice(y.domain, about: count)
        var parts: [Markup] = []
        for value in ticks.values where value <= limit + 1e-9 {
            parts.append(Shape.line(Point(left, y(value)), Point(right, y(value)), "grid"))
            parts.append(Shape.label(format(value, ticks.decimals), at: Point(left - 7, y(value) + 4), "tick", anchor: .end))
        }
        if !title.isEmpty { parts.append(Shape.label(title, at: Point(0, 13), "axis-title")) }
        return parts
    }

    /// The values of x under the baseline; its title at the right end below.
    func xAxis(title: String, about count: Int = 5, format: (Double, Int) -> String) -> [Markup] {
        let ticks = Ticks.nice(x.domain, about: count)
        return xAxis(title: title, at: ticks.values.map { ($0, format($0, ticks.decimals)) })
    }

    /// The same with marks of one's own.
    func xAxis(title: String, at marks: [(value: Double, text: String)]) -> [Markup] {
        var parts = [Shape.line(Point(left, bottom), Point(right, bottom), "axis")]
        for (value, text) in marks {
            parts.append(Shape.line(Point(x(value), bottom), Point(x(value), bottom + 5), "axis"))
            // The outermost values stay inside the picture.
            let half = Shape.textWidth(text, size: 12) / 2
            let anchor: Shape.Anchor = x(value) + half > width ? .end : x(value) - half < 0 ? .start : .middle
            let position = anchor == .end ? width : anchor == .start ? 0 : x(value)
            parts.append(Shape.label(text, at: Point(position, bottom + 18), "tick", anchor: anchor))
        }
        if !title.isEmpty { parts.append(Shape.label(title, at: Point(right, bottom + 36), "axis-title", anchor: .end)) }
        return parts
    }
}
