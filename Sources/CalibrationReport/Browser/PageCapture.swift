import FastJSON

/// Takes a picture of a whole local page with headless Chromium. The browser gets a profile of its own, which is removed, resolves no
/// names, and is ended whatever happens.
public struct PageCapture: Sendable {
    /// The names that are looked for on PATH, in order.
    public static let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
    /// Longer pages are cut: Chromium paints no surface that is taller.
    public static let maxHeight = 16_384

    /// Of the executable.
    public let browser: String
    /// CSS pixels of the window, 200...4,000.
    public let width: Int
    /// Dark colours.
    public let isDark: Bool
    /// For everything together, default 60 seconds.
    public let timeoutSeconds: Int

    /// - Parameters:
    ///   - browser: `nil` looks for ``names`` on PATH.
    /// - Throws: ``BrowserError/missing(looked:)``.
    public init(browser: String? = nil, width: Int = 1_200, isDark: Bool = false, timeoutSeconds: Int = 60) throws(BrowserError) {
        guard let found = browser ?? ExecutableSearch.first(of: Self.names) else { throw .missing(looked: Self.names) }
        self.browser = found
        self.width = min(4_000, max(200, width))
        self.isDark = isDark
        self.timeoutSeconds = max(1, timeoutSeconds)
    }

    /// The page as a PNG, from its top to its end. Blocks the thread until it is there, at most ``timeoutSeconds`` and some for the end
    /// of the browser.
    ///
    /// - Parameter path: absolute, of an HTML file.
    public func png(ofPage path: String) throws(BrowserError) -> [UInt8] {
        let connection = try DevToolsConnection(browser: browser, timeoutSeconds: timeoutSeconds)
        let target = try connection.send("Target.createTarget", ["url": "about:blank"], step: "opening a page")
        guard let targetID = target["targetId"]?.string else { throw .refused(step: "opening a page", reason: "no target") }
        let attached = try connection.send(
            "Target.attachToTarget", ["targetId": .string(targetID), "flatten": true], step: "attaching to the page")
        guard let session = attached["sessionId"]?.string else { throw .refused(step: "attaching to the page", reason: "no session") }
        try connection.send("Page.enable", [:], session: session, step: "listening to the page")
        try connection.send(
            "Emulation.setDeviceMetricsOverride",
            ["width": .int(Int64(width)), "height": 900, "deviceScaleFactor": 1, "mobile": false], session: session,
            step: "setting the width")
        try connection.send(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": .string(isDark ? "dark" : "light")]]], session: session,
            step: "choosing the colours")
        let navigation = try connection.send(
            "Page.navigate", ["url": .string("file://" + Self.escapedPath(path))], session: session, step: "loading the page")
        if let reason = navigation["errorText"]?.string { throw .refused(step: "loading the page", reason: reason) }
        try connection.wait(for: "Page.loadEventFired", session: session, step: "loading the page")
        let metrics = try connection.send("Page.getLayoutMetrics", [:], session: session, step: "measuring the page")
        guard let height = metrics["cssContentSize"]?["height"]?.double else {
            throw .refused(step: "measuring the page", reason: "no height")
        }
        let clip: JSONValue = [
            "x": 0, "y": 0, "width": .int(Int64(width)), "height": .int(Int64(min(Double(Self.maxHeight), max(1, height.rounded(.up))))),
            "scale": 1,
        ]
        let picture = try connection.send(
            "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true, "clip": clip], session: session,
            step: "taking the picture")
        guard let data = picture["data"]?.string, let png = Base64.decoded(data.utf8), png.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
            throw .noPicture
        }
        return png
    }

    /// RFC 3986: whatever is not unreserved or a slash as %XX.
    static func escapedPath(_ path: String) -> String {
        var result = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}
