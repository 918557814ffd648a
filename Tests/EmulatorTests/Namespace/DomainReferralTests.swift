import Dfs
import Emulator
import SMBWire
import Testing

@Suite struct DomainReferralTests {
    private let service = ExampleNamespace.service("dc1")

    @Test func `all domains are named in both forms`() throws {
        let names = [#"\EXAMPLE"#, #"\example.test"#, #"\FAR"#, #"\far.test"#]
        let response = try service.ask("")
        #expect(response.targets == names)
        #expect(response.entries.allSatisfy { $0.timeToLive == 600 && $0.version == 3 })
        #expect(try service.ask("", version: .max) == response)
    }

    @Test func `a buffer too small for all domains is an overflow`() throws {
        let size = UInt32(try service.ask("").bytes.count)
        #expect(throws: Never.self) { try service.ask("", outputMax: size) }
        #expect(throws: NamespaceService.Refused(status: .bufferOverflow)) {
            try service.ask("", outputMax: size - 1)
        }
    }

    @Test func `controllers are named in the form in which the domain is`() throws {
        let dns = [#"\dc1.example.test"#, #"\dc2.example.test"#]
        #expect(try service.ask(#"\Example.Test"#).targets == dns)
        #expect(try service.ask("example.test").targets == dns)
        #expect(try service.ask(#"\EXAMPLE"#).targets == [#"\DC1"#, #"\DC2"#])
        #expect(try service.ask(#"\EXAMPLE"#, site: "South").targets == [#"\DC2"#, #"\DC1"#])
    }

    @Test func `controllers that do not fit are left out, down to one`() throws {
        let size = UInt32(try service.ask(#"\EXAMPLE"#).bytes.count)
        let one = try service.ask(#"\EXAMPLE"#, outputMax: size - 1)
        #expect(one.targets == [#"\DC1"#])
        #expect(throws: NamespaceService.Refused(status: .bufferOverflow)) {
            try service.ask(#"\EXAMPLE"#, outputMax: UInt32(one.bytes.count) - 1)
        }
    }

    @Test func `SYSVOL leads to every controller, those of the client's site first`() throws {
        let response = try service.ask(#"\example.test\sysvol"#, site: "South")
        #expect(response.targets == [#"\dc2.example.test\SYSVOL"#, #"\dc1.example.test\SYSVOL"#])
        #expect(response.boundaries == [true, true])
        #expect(response.entries.allSatisfy { $0.timeToLive == 900 })
        #expect(response.pathConsumed == 40)
        let names = try service.ask(#"\EXAMPLE\NETLOGON"#).targets
        #expect(names == [#"\DC1\NETLOGON"#, #"\DC2\NETLOGON"#])
    }

    @Test func `old versions and unknown domains are refused`() {
        #expect(service.status("", version: 2) == .unsuccessful)
        #expect(service.status(#"\example.test"#, version: 2) == .unsuccessful)
        #expect(service.status(#"\nowhere.test"#) == .invalidParameter)
        #expect(service.status(#"\nowhere.test\SYSVOL"#) == .notFound)
    }
}
