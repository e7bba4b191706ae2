import Testing
@Test func startup() {}
