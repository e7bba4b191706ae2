/// Why there is no picture of a page.
public enum BrowserError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No browser by these names on the search path.
    case missing(looked: [String])
    /// The one that was named cannot be started.
    case unstartable(path: String, reason: String)
    /// It did not answer within the time given.
    case timeout(step: String, seconds: Int)
    /// It ended before it was done.
    case ended(step: String)
    /// It refused a command.
    case refused(step: String, reason: String)
    /// It answered something else than a picture.
    case noPicture

    public var description: String {
        switch self {
        case .missing(let looked):
            "no browser for the PNG: none of \(looked.joined(separator: ", ")) is on PATH; install Chromium (Debian, Ubuntu: apt-get "
                + "install chromium) or name one with --browser"
        case .unstartable(let path, let reason): "the browser \(path) cannot be started: \(reason)"
        case .timeout(let step, let seconds): "the browser did not answer within \(seconds) seconds (\(step))"
        case .ended(let step): "the browser ended by itself (\(step)); run it by hand with --headless=new to see why"
        case .refused(let step, let reason): "the browser refused \(step): \(reason)"
        case .noPicture: "the browser sent no PNG"
        }
    }
}
