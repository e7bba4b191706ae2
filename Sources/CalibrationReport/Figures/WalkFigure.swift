/// How the threshold was found: loss rates and their upper bounds at every level of the grid, up to the first that breaks the limit.
enum WalkFigure {
    static func figure(_ walks: [CertificationWalk]) -> Figure {
        let found = walks.map { walk in
            let level = walk.certified.map {
                "level \(NumberText.percentOfLevel(walk.steps[$0].level)), bound \(NumberText.percent(walk.steps[$0].bound, 2))"
            }
            return "\(walk.name): \(level ?? "no level")"
        }
        return Figure(
            id: "walk", title: "The walk to the threshold, on the calibration split",
            description: "Limit \(NumberText.percent(walks.first?.limit ?? 0)). \(found.joined(separator: "; ")).",
            caption: Markup(
                "From strict to loose: the dot is the loss rate that was seen, the line rises to its upper confidence bound. The walk "
                    + "goes on while the bound stays under the limit and takes the last level that did. It must not look beyond the "
                    + "first failure (grey), however good a later level seems."),
            draw: { draw(walks, $0) })
    }

    private static func draw(_ walks: [CertificationWalk], _ width: FigureWidth) -> Drawing {
        let columns = walks.count > 1 && !width.isNarrow ? 2 : 1
        let gap = 28.0
        let panelWidth = (width.pixels - gap * Double(columns - 1)) / Double(columns)
        let panelHeight = walks.count > 1 ? 230.0 : width.isNarrow ? 290 : 320
        let parts = walks.enumerated().map { index, walk in
            Shape.group(
                panel(walk, width: panelWidth, height: panelHeight, isAlone: walks.count == 1),
                x: Double(index % columns) * (panelWidth + gap), y: Double(index / columns) * (panelHeight + 12))
        }
        let rows = (walks.count + columns - 1) / columns
        return Drawing(width: width.pixels, height: Double(rows) * (panelHeight + 12) - 12, content: .joined(parts))
    }

    private static func panel(_ walk: CertificationWalk, width: Double, height: Double, isAlone: Bool) -> [Markup] {
        let steps = walk.steps
        let certifiedBound = walk.certified.map { steps[$0].bound } ?? 0
        let top = min(1, max(3 * walk.limit, 1.4 * certifiedBound))
        let plot = Plot(width: width, height: height, x: -0.6...(Double(max(steps.count, 1)) - 0.4), y: 0...top)
        var parts = plot.yAxis(title: isAlone ? "loss rate and its upper bound" : walk.name, about: 4) {
            NumberText.percent($0, max(0, $1 - 2))
        }
        let every = max(1, Int((44 / ((plot.right - plot.left) / Double(max(steps.count, 1)))).rounded(.up)))
        parts += plot.xAxis(
            title: "ship up to this risk",
            at: steps.indices.filter { $0.isMultiple(of: every) || $0 == walk.certified && every < 3 }.map {
                (Double($0), NumberText.percentOfLevel(steps[$0].level))
            })
        parts.append(Shape.line(Point(plot.left, plot.y(walk.limit)), Point(plot.right, plot.y(walk.limit)), "limit"))
        parts.append(
            Shape.label(
                "limit \(NumberText.percentOfLevel(walk.limit))", at: Point(plot.left + 6, plot.y(walk.limit) - 6), "label accent-text"))
        for (index, step) in steps.enumerated() where step.trials > 0 {
            let isHeld = walk.certified.map { index <= $0 } ?? false
            let x = plot.x(Double(index))
            let title =
                "risk up to \(NumberText.percentOfLevel(step.level)): \(step.losses) losses of \(step.trials), bound "
                + NumberText.percent(step.bound, 2)
            parts.append(Shape.line(Point(x, plot.y(step.rate)), Point(x, plot.y(step.bound)), isHeld ? "whisker" : "whisker off"))
            if step.bound <= top {
                parts.append(
                    Shape.line(Point(x - 4, plot.y(step.bound)), Point(x + 4, plot.y(step.bound)), isHeld ? "whisker" : "whisker off"))
            }
            if step.rate <= top {
                parts.append(
                    Shape.circle(
                        Point(x, plot.y(step.rate)), radius: index == walk.certified ? 5.5 : 3, isHeld ? "dot" : "dot off", title: title))
            }
        }
        if let certified = walk.certified {
            let x = plot.x(Double(certified))
            let isRight = x > (plot.left + plot.right) / 2
            parts.append(Shape.line(Point(x, plot.top + 2), Point(x, plot.y(steps[certified].bound) - 4), "leader"))
            parts.append(
                Shape.label(
                    "certified: \(NumberText.percentOfLevel(steps[certified].level))", at: Point(x + (isRight ? -6 : 6), plot.top + 11),
                    "label strong", anchor: isRight ? .end : .start))
        } else {
            parts.append(Shape.label("no level holds the limit", at: Point(plot.left + 6, plot.top + 11), "label strong"))
        }
        return parts
    }
}
