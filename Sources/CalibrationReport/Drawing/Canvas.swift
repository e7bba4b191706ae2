/// Lengths in user units, which are CSS pixels at the width a figure is drawn for.
struct Point: Sendable, Hashable {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// A figure is drawn twice, for a column and for a phone, so that its letters have the same size on both.
enum FigureWidth: Sendable, Hashable, CaseIterable {
    case wide
    case narrow

    var pixels: Double { self == .wide ? 720 : 348 }
    var isNarrow: Bool { self == .narrow }
}

/// What a figure's drawing came to.
struct Drawing: Sendable {
    var width: Double
    var height: Double
    var content: Markup
}

/// SVG primitives. Colours come from the stylesheet's classes, so that both colour schemes share one drawing.
enum Shape {
    enum Anchor: String, Sendable {
        case start, middle, end
    }

    static func line(_ a: Point, _ b: Point, _ style: String) -> Markup {
        tag("line", ["class": style, "x1": text(a.x), "y1": text(a.y), "x2": text(b.x), "y2": text(b.y)])
    }

    static func circle(_ center: Point, radius: Double, _ style: String, title: String? = nil) -> Markup {
        tag("circle", ["class": style, "cx": text(center.x), "cy": text(center.y), "r": text(radius)]) {
            if let title { tag("title") { title } }
        }
    }

    static func rectangle(x: Double, y: Double, width: Double, height: Double, _ style: String, title: String? = nil) -> Markup {
        tag("rect", ["class": style, "x": text(x), "y": text(y), "width": text(max(0, width)), "height": text(max(0, height))]) {
            if let title { tag("title") { title } }
        }
    }

    /// A turned square, for points that are not data.
    static func diamond(_ center: Point, radius: Double, _ style: String) -> Markup {
        path(
            [
                Point(center.x, center.y - radius), Point(center.x + radius, center.y), Point(center.x, center.y + radius),
                Point(center.x - radius, center.y),
            ], style, isClosed: true)
    }

    static func path(_ points: [Point], _ style: String, isClosed: Bool = false) -> Markup {
        guard points.count > 1 else { return .empty }
        var data = ""
        for (index, point) in points.enumerated() {
            data += index == 0 ? "M" : index == 1 ? "L" : " "
            data += "\(text(point.x)) \(text(point.y))"
        }
        return tag("path", ["class": style, "d": data + (isClosed ? "Z" : "")])
    }

    static func label(_ content: String, at point: Point, _ style: String = "label", anchor: Anchor = .start) -> Markup {
        tag("text", ["class": style, "x": text(point.x), "y": text(point.y), "text-anchor": anchor.rawValue]) { content }
    }

    static func group(_ parts: [Markup], x: Double = 0, y: Double = 0) -> Markup {
        tag("g", ["transform": "translate(\(text(x)) \(text(y)))"]) { parts }
    }

    /// About how wide a text of this many characters is: enough to keep labels apart.
    static func textWidth(_ content: String, size: Double = 12) -> Double { Double(content.count) * size * 0.54 }

    private static func text(_ value: Double) -> String { NumberText.coordinate(value) }
}
