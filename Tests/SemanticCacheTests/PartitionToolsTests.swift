import Cascade
import Testing

@testable import SemanticCache

@Suite struct PartitionToolsTests {
    private func bypass(_ members: String, rules: PartitionRules = PartitionRules()) throws -> CacheBypass? {
        let reading = try PartitionRequests.reading(PartitionRequests.question("Capital of France?", members + ","), rules: rules)
        return reading.bypass
    }

    private func function(_ name: String, _ more: String = "") -> String {
        #"{"type":"function","function":{"name":"\#(name)"\#(more)}}"#
    }

    @Test(arguments: [
        "get_weather", "getWeather", "GetWeather", "get-weather", "get", "list_orders", "search", "findUser", "lookup_word", "lookUpWord",
        "look_up",
        "read_file", "fetchURL", "query_database", "calculate", "convert_units", "describe_table", "check_stock", "show_map", "count_rows",
        "translate_text", "get_order", "get_update", "search_and_list", "find_or_get", "calendar.list_events", "github__list_issues",
        "mcp__server__get_issue", "ns/readFile", "get_check_in_time", "GETUser", "isPrime", "has_access", "_get_x",
    ])
    func namesThatSoundLikeReading(_ name: String) throws {
        #expect(try bypass(#""tools":[\#(function(name))]"#) == nil)
        #expect(try bypass(#""functions":[{"name":"\#(name)"}]"#) == nil)
    }

    @Test(arguments: [
        "send_email", "createUser", "delete", "update_record", "write_file", "execute_sql", "run", "book_flight", "pay", "order_pizza",
        "set_alarm",
        "getaway_booking", "listen", "readiness_toggle", "get_and_delete", "getOrCreate", "find_and_replace", "search_then_buy", "check_in",
        "checkOut",
        "check_out_cart", "get_rid_of", "read_write", "calendar.create_event", "get__delete_issue", "list.", "", "123", "gеt_weather",
        "do_get",
        "mark_read", "transfer", "get_and_", "submit-form",
    ])
    func namesThatDoNot(_ name: String) throws {
        // "get_and_" ends before its second verb: there is none to fear.
        let expected: CacheBypass? = name == "get_and_" ? nil : .tools
        #expect(try bypass(#""tools":[\#(function(name))]"#) == expected)
        #expect(try bypass(#""functions":[{"name":"\#(name)"}]"#) == expected)
    }

    @Test func oneUnsafeToolIsEnough() throws {
        #expect(try bypass(#""tools":[\#(function("get_weather")),\#(function("send_email")),\#(function("list"))]"#) == .tools)
        #expect(try bypass(#""tools":[\#(function("get_weather"))],"functions":[{"name":"send_email"}]"#) == .tools)
    }

    @Test func toolsThatMayNotBeCalledAreHarmless() throws {
        let tool = function("send_email")
        #expect(try bypass(#""tools":[\#(tool)],"tool_choice":"none""#) == nil)
        #expect(try bypass(#""functions":[{"name":"send_email"}],"function_call":"none""#) == nil)
        #expect(try bypass(#""tools":[\#(tool)],"tool_choice":"auto""#) == .tools)
        #expect(try bypass(#""tools":[\#(tool)],"tool_choice":"auto","function_call":"none""#) == .tools)
        #expect(try bypass(#""tools":[\#(tool)],"tool_choice":{"type":"function","function":{"name":"get_x"}}"#) == .tools)
        let members = [#""tools":[\#(tool)],"tool_choice":"none","#, ""]
        let prints = try members.map { try PartitionRequests.fingerprint(PartitionRequests.question("Hi", $0))?.partition }
        #expect(Set(prints).count == 2)
    }

    @Test(arguments: [
        #"{"type":"web_search"}"#, #"{"type":"code_interpreter","container":{"type":"auto"}}"#, #"{"type":"mcp","server_url":"x"}"#,
        #"{"type":"function"}"#, #"{"type":"function","function":{"name":5}}"#, #"{"type":"web_search","function":{"name":"get_x"}}"#,
        #"{"type":"custom","custom":{"name":"run_code"}}"#, #"{"type":5,"function":{"name":"get_x"}}"#, "{}", #"{"name":"get_x"}"#,
    ])
    func hostedAndUnknownToolsAreNotTrusted(_ tool: String) throws {
        let body = PartitionRequests.question("Hi", #""tools":[\#(tool)],"#)
        // Some of them are refused before the cache is asked.
        guard let reading = try? PartitionRequests.reading(body) else { return }
        #expect(reading.bypass == .tools)
    }

    @Test(arguments: [
        (#"{"type":"custom","custom":{"name":"search_docs"}}"#, true), (#"{"function":{"name":"get_x"}}"#, true),
        (#"{"type":"function","function":{"name":"run"},"annotations":{"readOnlyHint":true}}"#, true),
        (#"{"type":"function","function":{"name":"run","annotations":{"readOnlyHint":true}}}"#, true),
        (#"{"type":"function","function":{"name":"get_x","annotations":{"readOnlyHint":false}}}"#, false),
        (#"{"type":"function","function":{"name":"run","annotations":{"readOnlyHint":"true"}}}"#, false),
        (#"{"type":"function","function":{"name":"run","annotations":{"destructiveHint":false}}}"#, false),
        (#"{"type":"web_search","annotations":{"readOnlyHint":true}}"#, false),
    ])
    func toolsMaySayThatTheyOnlyRead(_ tool: String, _ isReadOnly: Bool) throws {
        #expect(try bypass(#""tools":[\#(tool)]"#) == (isReadOnly ? nil : .tools))
    }

    @Test func operatorsListToolsByNameOrPrefix() throws {
        let rules = PartitionRules(readOnlyTools: ["run_report", "crm_*"])
        let expected: [(String, CacheBypass?)] = [
            ("run_report", nil), ("crm_open", nil), ("crm_", nil), ("run_reports", .tools), ("run", .tools), ("xcrm_open", .tools),
            ("CRM_open", .tools),
        ]
        for (name, reason) in expected { #expect(try bypass(#""tools":[\#(function(name))]"#, rules: rules) == reason, "\(name)") }
        let all = PartitionRules(readOnlyTools: ["*"])
        #expect(try bypass(#""tools":[\#(function("anything"))]"#, rules: all) == nil)
    }
}
