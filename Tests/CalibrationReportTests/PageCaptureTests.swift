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

/// With the browser of this machine; says so where there is none.
@Suite("Picture of a page, with Chromium")
struct ChromiumCaptureTests {
    private static let browser: String? = {
        let found = ExecutableSearch.first(of: PageCapture.names)
        if found == nil { print("skipped: no Chromium on PATH") }
        return found
    }()

    @Test("the whole page is in the picture, at the width asked for", .enabled(if: browser != nil))
    func wholePage() throws {
        let folder = try TemporaryFolder()
        let page = folder.path + "/a page.html"
        try folder.write("<!DOCTYPE html><body style='margin:0'><div style='height:2345px'>x</div></body>", to: page)
        let png = try PageCapture(browser: Self.browser, width: 640).png(ofPage: page)
        // PNG, section 11.2.2: width and height of the header chunk.
        func number(at offset: Int) -> Int { png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(number(at: 16) == 640)
        #expect(number(at: 20) == 2_345)
    }

    @Test("a page that is not there is refused", .enabled(if: browser != nil))
    func noPage() throws {
        let capture = try PageCapture(browser: Self.browser)
        let error = #expect(throws: BrowserError.self) { try capture.png(ofPage: "/nonexistent/page.html") }
        #expect(error == .refused(step: "loading the page", reason: "net::ERR_FILE_NOT_FOUND"))
    }
}
