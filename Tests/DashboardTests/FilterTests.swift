import Dashboard
import DashboardSupport
import Testing

@Suite struct FilterTests {
    private let model = SampleModels.stall()

    @Test(arguments: [
        ("state=stall", 6), ("state=stall and age>15s", 4), ("age>15s op=read", 1),
        ("not (state=stall)", 994), ("state=stall or id=3", 7), ("s17", 1), ("17", 1),
        ("wait=fs2", 6), ("u0042", 1), ("id>=10 and id<20", 10), ("age>=20800ms", 2),
        ("host!=0 and host!=1 and host!=2", 250), ("(state=stall or id=3) and op=open", 6),
    ])
    func `a filter keeps what it says`(_ text: String, _ count: Int) throws {
        let filter = try Filter(text)
        #expect(model.sessions.count { filter.passes($0) } == count)
    }

    @Test(arguments: [
        ("stat=stall", "unknown word “stat”; did you mean “state”?"),
        ("age>banana", "“banana” is no duration; such as 250ms or 10s"),
        ("id>x", "“x” is no number"), ("state>stall", "“state” takes = or !="),
        ("(state=stall", "a “)” is missing"), ("age>", "“age>” needs a value"),
        ("state=stall)", "“)” is one too many"), ("and", "a condition is missing"),
        ("not", "a condition is missing, such as state=stall"),
        (String(repeating: "(", count: 99), "nested too deeply"),
    ])
    func `a filter that cannot be read says why`(_ text: String, _ why: String) {
        let error = #expect(throws: FilterError.self) { try Filter(text) }
        #expect(error?.description.hasPrefix(why) == true, "\(error?.description ?? "")")
    }
}
