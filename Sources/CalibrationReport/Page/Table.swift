/// A table with its header cells in their scopes, in a box that scrolls by itself where the screen is narrow.
struct Table {
    struct Column {
        let title: String
        /// Text instead of numbers: set to the left, and broken where it is long.
        let isProse: Bool

        init(_ title: String, isProse: Bool = false) {
            self.title = title
            self.isProse = isProse
        }
    }

    struct Row {
        let cells: [Markup]
        /// The one the report is about.
        let isChief: Bool

        init(_ cells: [Markup], isChief: Bool = false) {
            self.cells = cells
            self.isChief = isChief
        }
    }

    let id: String
    let title: String
    let caption: String
    let columns: [Column]
    let rows: [Row]

    /// The first cell of a row is its header.
    func markup() -> Markup {
        tag("div", ["class": "tablebox", "id": "table-\(id)", "tabindex": "0", "role": "region", "aria-label": title]) {
            tag("table") {
                tag("caption") {
                    tag("b") { "\(title). " }
                    caption
                }
                tag("thead") {
                    tag("tr") {
                        columns.map { column in tag("th", ["scope": "col", "class": column.isProse ? "prose" : "number"]) { column.title } }
                    }
                }
                tag("tbody") {
                    rows.map { row in
                        tag("tr", ["class": row.isChief ? "chief" : "plain"]) {
                            row.cells.enumerated().map { index, cell in
                                if index == 0 { return tag("th", ["scope": "row"]) { cell } }
                                return tag("td", ["class": columns[index].isProse ? "prose" : "number"]) { cell }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Estimate {
    /// The value with its interval in a quieter tone.
    func markup(_ format: (Double) -> String) -> Markup {
        guard let interval else { return Markup(format(value)) }
        return Markup(format(value) + " ")
            + tag("span", ["class": "interval"]) { "\(format(interval.lowerBound))–\(format(interval.upperBound))" }
    }
}
