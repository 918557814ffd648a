import Crypto
import Primitives
import Redirector
import SMBWire
import ServerSupport
import Testing

@Suite struct CreditTests {
    @Test(arguments: UInt64(0)..<60) func `no id is used twice, and everything is answered`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var server = FakeServer()
        server.isAsync = Bool.random(using: &random)
        var pair = Pair(server) { $0.creditTarget = Int.random(in: 4...64, using: &random) }
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        var tags: [Int] = []
        for _ in 0..<100 {
            pair.server.grant = UInt16.random(in: 1...8, using: &random)
            let count = UInt32.random(in: 1...400_000, using: &random)
            tags.append(pair.submit(.read(open, offset: 0, count: count)))
        }
        // What still waits goes out as answers bring credits.
        pair.server.grant = 16
        for _ in 0..<60 {
            tags.append(pair.submit(.read(open, offset: 0, count: 1)))
        }
        let used = pair.server.usedIDs
        #expect(Set(used).count == used.count)
        #expect(used == Array(0..<UInt64(used.count)))
        #expect(tags.allSatisfy { pair.answers[$0] != nil })
    }

    @Test func `the reserve is for ECHO when nothing else may go`() throws {
        var server = FakeServer()
        server.grant = 1
        var pair = Pair(server)
        let (connection, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.server.grant = 2
        _ = pair.ask(.echo(connection))
        _ = pair.ask(.echo(connection))
        pair.server.silent = [.read]
        pair.submit(.read(open, offset: 0, count: 1))
        let second = pair.submit(.read(open, offset: 0, count: 1))
        #expect(pair.answers[second] == nil)
        let reads = pair.server.received.count { $0.command == .read }
        #expect(reads == 1)
        #expect(pair.ask(.echo(connection))?.isSuccess == true)
    }

    @Test func `a request beyond what the server will ever grant fails instead of waiting`() throws
    {
        var server = FakeServer()
        server.grant = 1
        var pair = Pair(server)
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        let answer = pair.ask(.read(open, offset: 0, count: 1_000_000))
        #expect(answer?.status == .insufficientResources)
        #expect(pair.ask(.read(open, offset: 0, count: 3))?.isSuccess == true)
    }

    @Test func `a large read takes a run of ids, and 2.0.2 has no charge`() throws {
        var pair = Pair()
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        _ = pair.ask(.read(open, offset: 0, count: 200_000))
        #expect(pair.server.received.last?.creditCharge == 4)
        let id = pair.server.received.last?.messageID.rawValue ?? 0
        _ = pair.ask(.close(open))
        #expect(pair.server.received.last?.messageID.rawValue == id + 4)
        var old = Pair(FakeServer(dialect: .smb202, signing: .hmacSHA256, cipher: nil))
        _ = try old.reach()
        #expect(old.server.received.allSatisfy { $0.creditCharge == 0 })
    }
}
