import Testing

@testable import CalibrationReport

@Suite("Picture of a page")
struct PageCaptureTests {
    @Test("paths become file URLs", arguments: [("/a/b.html", "/a/b.html"), ("/a b/ü#?.html", "/a%20b/%C3%BC%23%3F.html")])
    func paths(_ path: String, _ escaped: String) { #expect(PageCapture.escapedPath(path) == escaped) }

    @Test("a browser that cannot be started is an error that names it, and leaves nothing behind")
    func unstartable() throws {
        let capture = try PageCapture(browser: "/nonexistent/browser")
        #expect(throws: BrowserError.unstartable(path: "/nonexistent/browser", reason: "No such file or directory")) {
            try capture.png(ofPage: "/nonexistent/page.html")
        }
    }

    @Test("a browser that ends or says nothing is an error within the time given", arguments: ["/bin/true", "/bin/cat"])
    func silent(_ path: String) throws {
        let capture = try PageCapture(browser: path, timeoutSeconds: 1)
        let error = #expect(throws: BrowserError.self) { try capture.png(ofPage: "/nonexistent/page.html") }
        switch error {
        case .ended, .timeout: break
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test("the message for a missing browser says what to install")
    func missing() {
        #expect(BrowserError.missing(looked: PageCapture.names).description.contains("apt-get install chromium"))
    }
}
