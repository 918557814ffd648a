import Foundation
import NIOCore
import NIOPosix
import SambaSupport
import Testing

/// The real program against real Samba through a relay: another port, IPv6.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct RelayTests {
    @Test func `a server behind IPv6 and another port is reached by its map`() async throws {
        let namespace = try SambaNamespace.shared.get()
        let address = try #require(namespace.addresses["fs1"])
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let relay = try await Relay.listen(on: "::1", to: address, group: group)
        let port = try #require(relay.localAddress?.port)
        var environment = namespace.environment
        environment["GRIDLOCK_MAP"] = "fs1=[::1]:\(port)"
        let out = "/tmp/gridlock-test-out-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let variables = environment
        let result = try await NIOThreadPool.singleton.runIfActive {
            try Program.run(
                Program.gridlock,
                [
                    "run", "samba-smoke", "--target", #"\\fs1\data"#, "--sessions", "3",
                    "--duration", "200ms", "--out", out,
                ],
                environment: variables
            )
        }
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains(" 0 errors"))
        try await relay.close()
        try await group.shutdownGracefully()
    }
}
