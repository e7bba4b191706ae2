/// A figure of the page: drawn for a column and for a phone, described for those who cannot see it, and told what to see in it.
struct Figure: Sendable {
    /// Stable; the `id` of the element and the name of the exported file.
    let id: String
    /// What it shows, a phrase.
    let title: String
    /// What a reader without eyes must be told: the numbers that matter.
    let description: String
    /// What to see in it.
    let caption: Markup
    let draw: @Sendable (FigureWidth) -> Drawing

    init(id: String, title: String, description: String, caption: Markup, draw: @escaping @Sendable (FigureWidth) -> Drawing) {
        self.id = id
        self.title = title
        self.description = description
        self.caption = caption
        self.draw = draw
    }

    /// The element of the page.
    func markup(number: Int) -> Markup {
        tag("figure", ["id": "fig-\(id)"]) {
            tag("div", ["class": "picture"]) {
                FigureWidth.allCases.map { width in
                    let name = "fig-\(id)-\(width.isNarrow ? "narrow" : "wide")"
                    return svg(draw(width), name: name, style: width.isNarrow ? "chart narrow" : "chart wide", isStandalone: false)
                }
            }
            tag("figcaption") {
                tag("b") { "Figure \(number). \(title)." }
                " "
                caption
            }
        }
    }

    /// The wide drawing as a file of its own.
    func standalone() -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + svg(draw(.wide), name: id, style: "chart standalone", isStandalone: true).text + "\n"
    }

    private func svg(_ drawing: Drawing, name: String, style: String, isStandalone: Bool) -> Markup {
        let (width, height) = (NumberText.coordinate(drawing.width), NumberText.coordinate(drawing.height))
        let content = Markup.joined([
            tag("title", ["id": "\(name)-title"]) { title },
            tag("desc", ["id": "\(name)-desc"]) { description },
            isStandalone ? Markup(stylesheet: Stylesheet.chart) : .empty,
            isStandalone ? Shape.rectangle(x: 0, y: 0, width: drawing.width, height: drawing.height, "paper") : .empty,
            drawing.content,
        ])
        let labels = "\(name)-title \(name)-desc"
        if isStandalone {
            return Markup(
                element: "svg",
                [
                    "xmlns": "http://www.w3.org/2000/svg", "class": style, "viewBox": "0 0 \(width) \(height)", "width": width,
                    "height": height,
                    "role": "img", "aria-labelledby": labels,
                ], content: content)
        }
        return Markup(
            element: "svg",
            ["class": style, "viewBox": "0 0 \(width) \(height)", "role": "img", "aria-labelledby": labels],
            content: content)
    }
}
