/// Drafts to look at.
enum ExampleSection {
    static func markup(_ model: ReportModel) -> Markup {
        tag("section", ["id": "examples"]) {
            tag("h2") { "Drafts, token by token" }
            if model.examples.isEmpty {
                tag("p", ["class": "text"]) { "No labelled test drafts to show." }
            } else {
                tag("p", ["class": "text"]) {
                    "Each token stands on the colour of the drafter's entropy at that place; the strip above shows the same as bars, on "
                        + "a logarithmic scale. Line ends are written ↵, tabs ⇥, spaces that would not be seen ·, and bytes that are "
                        + "no text as \\x and two digits. The examples are drawn by the order of a hash, not chosen for their looks."
                }
                HeatMap.key()
                model.examples.enumerated().map { HeatMap.markup($1, number: $0 + 1) }
            }
        }
    }
}

/// The words of the page.
enum ReadingSection {
    private static let entries: [(term: String, meaning: String)] = [
        (
            "Bad, loss",
            "A draft is bad when its verdict says that it is unacceptable. A loss is what the certificate counts: a bad draft that was "
                + "shipped (joint), one where the heavyweight would have been good (recoverable), or a bad one among the shipped "
                + "(selective)."
        ),
        (
            "alpha and delta",
            "The certificate says: unless the calibration drafts were an unusual sample, which happens with probability delta at most, "
                + "the true loss rate is at most alpha. A single test split may show more than alpha by chance; its bound says how much "
                + "is chance."
        ),
        (
            "Risk",
            "A logistic model of the draft's token entropies, its length and its class. The gateway computes it while the draft "
                + "streams, with the same code that made this page."
        ),
        (
            "Coverage, deferral", "Coverage is the share of drafts that are shipped. The rest is deferred: the heavyweight answers."
        ),
        ("AUROC", "Probability that a bad draft has a higher risk than a good one: 0.5 is chance, 1 is perfect."),
        (
            "APGR, CPT",
            "Average performance gap recovered, and the share of heavyweight calls that recovers half or four fifths of the gap "
                + "(RouteLLM). A random order has an APGR of 0.5 and needs 50 % and 80 %."
        ),
        ("AURC", "Area under the curve of bad shares over coverage: the mean risk over all levels of caution. Lower is better."),
        (
            "ECE, Brier",
            "How far the risk is from the observed share of bad drafts, and its mean squared error. They describe the model; the "
                + "guarantee does not rest on them."
        ),
        (
            "Intervals",
            "Shares have exact intervals (Clopper and Pearson); curves, AUROC and APGR have percentile intervals of a seeded bootstrap "
                + "over the test drafts."
        ),
    ]

    static func markup(_ model: ReportModel) -> Markup {
        tag("section", ["id": "reading"]) {
            tag("h2") { "How to read this" }
            tag("dl", ["class": "read text"]) {
                entries.map { entry in
                    tag("dt") { entry.term } + tag("dd") { entry.meaning }
                }
            }
        }
    }
}

/// Where the numbers come from.
enum ProvenanceSection {
    static func markup(_ model: ReportModel) -> Markup {
        tag("section", ["id": "provenance"]) {
            tag("h2") { "Provenance" }
            if !model.remarks.isEmpty {
                tag("ul", ["class": "text"]) { model.remarks.map { remark in tag("li") { remark } } }
            }
            tag("div", ["class": "tablebox provenance", "tabindex": "0", "role": "region", "aria-label": "Provenance"]) {
                tag("table") {
                    tag("tbody") {
                        model.provenance.map { line in
                            tag("tr") {
                                tag("th", ["scope": "row"]) { line.name }
                                tag("td") { tag("code") { line.value } }
                            }
                        }
                    }
                }
            }
        }
    }
}
