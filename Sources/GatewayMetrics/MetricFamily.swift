/// The type line of a family in the text exposition.
public enum MetricType: String, Sendable, Hashable {
    case counter
    case gauge
    case histogram
}

/// What a family is, apart from its numbers.
public struct MetricDescriptor: Sendable, Hashable {
    /// One label and every value it can take, in slot order.
    public struct Label: Sendable, Hashable {
        public let name: String
        public let values: [String]
    }

    /// Full name including the prefix and, for counters, `_total`.
    public let name: String
    public let type: MetricType
    public let help: String
    public let labels: [Label]
    /// Upper bounds of a histogram's buckets, ascending and without `+Inf`; empty for other types.
    public let buckets: [Double]
}

/// How a family's words are to be read.
enum MetricKind {
    /// One integer word a series.
    case integerCounter
    /// One word a series, a Double's bit pattern.
    case doubleCounter
    /// One word a series, a Double's bit pattern.
    case gauge
    /// `buckets + 1` integer words and the sum's bit pattern a series; series without an observation are left out of the exposition.
    case histogram(Histogram.Presence)
}

/// The series of one metric: every combination of its labels' values, allocated at registration.
final class MetricFamily: Sendable {
    let descriptor: MetricDescriptor
    let kind: MetricKind
    let words: AtomicWords
    /// Words of one series.
    let width: Int
    /// How far apart two neighbouring values of each label are, in series.
    let strides: [Int]
    /// `route="draft",status="ok"` per series; empty text for a family without labels.
    let labelTexts: [String]

    init(descriptor: MetricDescriptor, kind: MetricKind) {
        self.descriptor = descriptor
        self.kind = kind
        var strides = [Int](repeating: 1, count: descriptor.labels.count)
        var seriesCount = 1
        for index in descriptor.labels.indices.reversed() {
            strides[index] = seriesCount
            seriesCount *= descriptor.labels[index].values.count
        }
        self.strides = strides
        if case .histogram = kind {
            width = descriptor.buckets.count + 2
        } else {
            width = 1
        }
        words = AtomicWords(count: seriesCount * width)
        labelTexts = (0..<seriesCount).map { series in
            descriptor.labels.indices.map { index in
                let label = descriptor.labels[index]
                let value = label.values[series / strides[index] % label.values.count]
                return "\(label.name)=\"\(PrometheusText.escapedLabelValue(value))\""
            }.joined(separator: ",")
        }
    }

    /// The series of one combination of label values.
    func series<each Label: MetricLabel>(_ label: repeat each Label) -> Int {
        var series = 0
        var position = 0
        for value in repeat each label {
            series += strides[position] * value.slot
            position += 1
        }
        return series
    }
}
