import Testing
import Transport

@Suite struct NameResolverTests {
    @Test func `an address resolves to itself`() {
        #expect(NameResolver.addresses(of: "127.0.0.9") == ["127.0.0.9"])
        #expect(NameResolver.addresses(of: "::1") == ["::1"])
    }

    @Test func `a name that cannot exist has no address`() {
        #expect(NameResolver.addresses(of: "no such host.invalid").isEmpty)
    }
}
