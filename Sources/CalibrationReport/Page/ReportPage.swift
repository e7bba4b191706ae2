/// A calibration report as one HTML file: no script, no network, complete without either.
public enum ReportPage {
    /// The whole document. The same model gives the same bytes.
    public static func render(_ model: ReportModel) -> String {
        "<!DOCTYPE html>\n"
            + tag("html", ["lang": "en"]) {
                tag("head") {
                    tag("meta", ["charset": "utf-8"])
                    tag(
                        "meta",
                        [
                            "http-equiv": "Content-Security-Policy",
                            "content": ContentPolicy.value(allowing: [Stylesheet.chart, Stylesheet.page]),
                        ])
                    tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                    tag("meta", ["name": "color-scheme", "content": "light dark"])
                    tag("meta", ["name": "referrer", "content": "no-referrer"])
                    tag("title") { model.title }
                    Markup(stylesheet: Stylesheet.chart)
                    Markup(stylesheet: Stylesheet.page)
                }
                tag("body") {
                    tag("main") { sections(model) }
                }
            }.text + "\n"
    }

    /// The figures in the page's order, each a file of its own: name without its ending, and SVG.
    public static func figures(_ model: ReportModel) -> [(name: String, svg: String)] {
        ReportFigures(model).all.map { ($0.id, $0.standalone()) }
    }

    /// The `id` attributes of the figures that the page holds, in order.
    public static func figureIDs(_ model: ReportModel) -> [String] { ReportFigures(model).all.map { "fig-\($0.id)" } }

    private static func sections(_ model: ReportModel) -> [Markup] {
        let figures = ReportFigures(model)
        return [
            VerdictSection.markup(model),
            CostSection.markup(model, figures),
            GuaranteeSection.markup(model, figures),
            RiskSection.markup(model, figures),
            ClassSection.markup(model, figures),
            NumbersSection.markup(model, figures),
            ExampleSection.markup(model),
            ReadingSection.markup(model),
            ProvenanceSection.markup(model),
        ]
    }
}

/// The figures that the model has data for, in the order in which they are numbered.
struct ReportFigures {
    let all: [Figure]

    init(_ model: ReportModel) {
        var all: [Figure] = []
        if let deferral = model.deferral {
            all.append(DeferralFigure.figure(deferral))
            all.append(BaselineFigure.figure(deferral, scores: model.scores))
        }
        if model.frontier.count > 1 { all.append(FrontierFigure.figure(model.frontier)) }
        if !model.walks.isEmpty { all.append(WalkFigure.figure(model.walks)) }
        if let riskCoverage = model.riskCoverage { all.append(RiskCoverageFigure.figure(riskCoverage)) }
        if let violations = model.violations { all.append(ViolationFigure.figure(violations)) }
        if let reliability = model.reliability { all.append(ReliabilityFigure.figure(reliability)) }
        if !model.coefficients.isEmpty { all.append(CoefficientFigure.figure(model.coefficients)) }
        if !model.distributions.isEmpty { all.append(EntropyFigure.figure(model.distributions)) }
        self.all = all
    }

    /// The figure with its number; nothing when there is none.
    func markup(_ id: String) -> Markup {
        guard let index = all.firstIndex(where: { $0.id == id }) else { return .empty }
        return all[index].markup(number: index + 1)
    }

    func has(_ id: String) -> Bool { all.contains { $0.id == id } }
}
