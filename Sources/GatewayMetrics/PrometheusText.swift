/// Writing the Prometheus text exposition format, version 0.0.4.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// `\`, `"` and line feeds must be escaped in a label value.
    static func escapedLabelValue(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `\` and line feeds must be escaped in a help text.
    static func escapedHelp(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Go's `ParseFloat` reads what this writes: whole numbers without a fraction, otherwise the shortest text that round-trips.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    /// A name from elsewhere as a legal metric name: characters outside `[a-zA-Z0-9_:]` become `_`, a leading digit gets one in front.
    static func metricName(_ name: String) -> String {
        legalName(name, allowingColon: true)
    }

    /// A name from elsewhere as a legal label name: as ``metricName(_:)`` without `:`; a leading `__` is reserved and shortened to `_`.
    static func labelName(_ name: String) -> String {
        var result = legalName(name, allowingColon: false)
        while result.hasPrefix("__") { result.removeFirst() }
        return result
    }

    private static func legalName(_ name: String, allowingColon: Bool) -> String {
        var result = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if result.isEmpty { result = "_" }
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ":") where allowingColon:
                result.append(":")
            default:
                result.append("_")
            }
        }
        return result.isEmpty ? "_" : result
    }
}
