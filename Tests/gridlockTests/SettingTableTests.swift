import Testing
import gridlock

@Suite struct SettingTableTests {
    @Test func `variables beat defaults and name themselves as origin`() throws {
        var table = SettingTable()
        try table.apply(environment: ["GRIDLOCK_SESSIONS": "7", "PATH": "/bin"])
        #expect(table[.sessions] == RawSetting(["7"], from: .variable("GRIDLOCK_SESSIONS")))
        #expect(try table.integer(.sessions, in: 1...10) == 7)
        #expect(table[.duration]?.origin == .standard)
    }

    @Test func `a misspelt variable is an error with a suggestion`() {
        var table = SettingTable()
        #expect(
            throws: SettingError(
                "unknown variable GRIDLOCK_SESIONS; did you mean “GRIDLOCK_SESSIONS”?",
                from: .variable("GRIDLOCK_SESIONS")
            )
        ) { try table.apply(environment: ["GRIDLOCK_SESIONS": "7"]) }
    }

    @Test func `a value that does not fit names key, expectation and finding`() {
        var table = SettingTable()
        table.set(.sessions, ["many"], from: .flag("--sessions"))
        #expect(
            throws: SettingError(
                "sessions: expected a whole number from 1 to 9, found “many”",
                from: .flag("--sessions")
            )
        ) { try table.integer(.sessions, in: 1...9) }
    }

    @Test func `a list in a variable is separated by commas`() throws {
        var table = SettingTable()
        try table.apply(environment: ["GRIDLOCK_ALLOW": "fs1, 10.0.0.0/8 ,fs2"])
        #expect(table[.allow]?.elements == ["fs1", "10.0.0.0/8", "fs2"])
    }

    @Test func `flags and variables follow from the key`() {
        #expect(SettingKey.filesCount.flag == "--files-count")
        #expect(SettingKey.dialectMinimum.variable == "GRIDLOCK_SMB_DIALECT_MIN")
    }

    @Test func `every default can be read as what it means`() throws {
        let table = SettingTable()
        _ = try table.duration(.grace)
        _ = try table.size(.filesSize)
        #expect(try !table.boolean(.readOnly))
    }
}
