extension MetricFamily {
    /// Appends the family's help, type and series. Series of a histogram that must be recorded first are left out; a family
    /// without a series left shows nothing at all.
    func render(into text: inout [UInt8]) {
        var samples: [UInt8] = []
        renderSamples(into: &samples)
        guard !samples.isEmpty else { return }
        descriptor.renderHead(into: &text)
        text += samples
    }

    /// The series alone.
    func renderSamples(into text: inout [UInt8]) {
        for series in labelTexts.indices {
            switch kind {
            case .integerCounter:
                appendSample("", labelTexts[series], String(words.load(series)), to: &text)
            case .doubleCounter, .gauge:
                appendSample("", labelTexts[series], PrometheusText.number(words.loadDouble(series)), to: &text)
            case .histogram(let presence):
                renderHistogram(series, presence, into: &text)
            }
        }
    }

    /// The count is the sum of the buckets just read, so that it always equals the `+Inf` bucket.
    private func renderHistogram(_ series: Int, _ presence: Histogram.Presence, into body: inout [UInt8]) {
        let base = series * width
        let bounds = descriptor.buckets
        let counts = (0...bounds.count).map { words.load(base + $0) }
        let count = counts.reduce(0, &+)
        if presence == .onceRecorded, count == 0 { return }
        let separator = labelTexts[series].isEmpty ? "" : ","
        var cumulative: UInt64 = 0
        for index in 0...bounds.count {
            cumulative &+= counts[index]
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            appendSample("_bucket", "\(labelTexts[series])\(separator)le=\"\(bound)\"", String(cumulative), to: &body)
        }
        appendSample("_sum", labelTexts[series], PrometheusText.number(words.loadDouble(base + bounds.count + 1)), to: &body)
        appendSample("_count", labelTexts[series], String(count), to: &body)
    }

    private func appendSample(_ suffix: String, _ labels: String, _ value: String, to body: inout [UInt8]) {
        body += descriptor.name.utf8
        body += suffix.utf8
        if !labels.isEmpty {
            body.append(UInt8(ascii: "{"))
            body += labels.utf8
            body.append(UInt8(ascii: "}"))
        }
        body.append(UInt8(ascii: " "))
        body += value.utf8
        body.append(UInt8(ascii: "\n"))
    }
}

extension MetricDescriptor {
    /// The two comment lines above a family's series.
    func renderHead(into text: inout [UInt8]) {
        text += "# HELP \(name) \(PrometheusText.escapedHelp(help))\n".utf8
        text += "# TYPE \(name) \(type.rawValue)\n".utf8
    }

    /// Every name under which the family's samples appear.
    var sampleNames: [String] {
        type == .histogram ? ["\(name)_bucket", "\(name)_sum", "\(name)_count", name] : [name]
    }
}
