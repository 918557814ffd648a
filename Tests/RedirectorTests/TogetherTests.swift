import Primitives
import Redirector
import SMBWire
import ServerSupport
import Testing

/// Requests of one moment leave for their server in one go.
@Suite struct TogetherTests {
    private static func frames(of effects: [RedirectorEffect]) -> [[UInt8]] {
        effects.compactMap { if case .send(_, let frames) = $0 { frames } else { nil } }
    }

    @Test(arguments: FakeServer.protections) func `what leaves together is what leaves alone`(
        _ server: FakeServer
    ) throws {
        var pair = Pair(server)
        let (connection, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        let parameters = CreateParameters(name: "a.txt", access: .readData)
        let requests: [Request] = [
            .read(open, offset: 0, count: 3), .write(open, offset: 0, [1, 2, 3, 4, 5]),
            .compound(tree, parameters, [.read(offset: 0, count: 1), .close]),
            .echo(connection), .read(open, offset: 9, count: 9),
        ]
        var (alone, together) = (pair.redirector, pair.redirector)
        var (separate, joined): ([UInt8], [RedirectorEffect]) = ([], [])
        for (tag, request) in requests.enumerated() {
            var effects: [RedirectorEffect] = []
            alone.submit(request, tag: 1000 + tag, at: pair.now, into: &effects)
            separate += Self.frames(of: effects).joined()
            together.submit(request, tag: 1000 + tag, at: pair.now, into: &joined)
        }
        var effects: [RedirectorEffect] = []
        alone.cancel(tag: 1000, at: pair.now, into: &effects)
        separate += Self.frames(of: effects).joined()
        together.cancel(tag: 1000, at: pair.now, into: &joined)
        #expect(Self.frames(of: joined) == [separate])
        #expect(alone == together)
        #expect(separate.count > 6 * 64)
    }

    @Test func `what leaves together stays below two frames beyond 64 KiB`() throws {
        var pair = Pair { $0.creditTarget = 64 }
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        let data = [UInt8](repeating: 7, count: 40_000)
        var effects: [RedirectorEffect] = []
        for tag in 100..<105 {
            let offset = UInt64(tag)
            pair.redirector.submit(
                .write(open, offset: offset, data),
                tag: tag,
                at: pair.now,
                into: &effects
            )
        }
        let counts = Self.frames(of: effects).map { DirectTCP.frames(in: $0) }
        #expect(counts == [2, 2, 1])
    }

    @Test func `each server gets its own, in the order of the requests`() throws {
        var pair = Pair()
        let answers = ["fs1", "fs2"].map { pair.ask(.connect(server: $0))?.result }
        var effects: [RedirectorEffect] = []
        for (tag, place) in [0, 0, 1, 0].enumerated() {
            guard case .connection(let connection)? = answers[place] else {
                Issue.record("no connection \(place)")
                return
            }
            pair.redirector.submit(
                .echo(connection),
                tag: 100 + tag,
                at: pair.now,
                into: &effects
            )
        }
        #expect(Self.frames(of: effects).map { DirectTCP.frames(in: $0) } == [2, 1, 1])
    }
}

extension DirectTCP {
    /// How many frames were put together.
    fileprivate static func frames(in bytes: [UInt8]) -> Int {
        var count = 0
        forEachFrame(of: bytes) { _ in count += 1 }
        return count
    }
}
