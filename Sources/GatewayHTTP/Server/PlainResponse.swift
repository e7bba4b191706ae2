import ChatAPI
import FastJSON
import HTTPTypes

/// A whole answer of one of the small endpoints, or an error.
struct PlainResponse {
    var status = 200
    var contentType = "application/json"
    var headers: [(HTTPField.Name, String)] = []
    var body: [UInt8] = []

    static func json(_ status: Int = 200, _ write: (inout JSONWriter) -> Void) -> PlainResponse {
        var json = JSONWriter()
        write(&json)
        return PlainResponse(status: status, body: json.bytes)
    }

    static func json(_ status: Int = 200, _ value: JSONValue) -> PlainResponse {
        PlainResponse(status: status, body: value.serialized())
    }

    init(status: Int = 200, contentType: String = "application/json", headers: [(HTTPField.Name, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// - Parameter methods: for 405: those that are allowed.
    init(_ error: APIError, allowing methods: [HTTPRequest.Method] = []) {
        status = error.status
        body = error.body()
        if let seconds = error.retryAfterSeconds { headers.append((.retryAfter, String(seconds))) }
        if status == 405, !methods.isEmpty { headers.append((.allow, methods.map(\.rawValue).joined(separator: ", "))) }
        if status == 401 { headers.append((.wwwAuthenticate, "Bearer")) }
    }

    func head(requestID: String) -> HTTPResponse {
        var fields = HTTPFields()
        fields[.contentType] = contentType
        fields[.contentLength] = String(body.count)
        fields[.xRequestID] = requestID
        for (name, value) in headers { fields[name] = value }
        return HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
    }
}
