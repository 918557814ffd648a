import Primitives
import Testing
import Watchdog

/// Verdicts on requests whose answer nobody in view brings.
@Suite struct AnswerRulesTests {
    /// One session waits for one answer since 10 s, seen at 25 s; nothing else is known to hang.
    private func scene(
        lastReceived: Double?,
        latestAnsweredSent: Double? = nil,
        sent: Double? = 10,
        isInterim: Bool = false,
        isIndefinite: Bool = false
    ) -> Scene {
        var scene = Scene(now: 25)
        scene.resource("SERVER[fs2]", .answer)
        let connection = scene.connection(
            "fs2",
            lastReceived: lastReceived,
            latestAnsweredSent: latestAnsweredSent
        )
        let request = scene.request(on: connection, sent: sent, isInterim: isInterim)
        scene.waits(1, "SERVER[fs2]", .pass, request: request, isIndefinite: isIndefinite)
        return scene
    }

    @Test func `a request that later ones have overtaken has lost its response`() throws {
        let scene = scene(lastReceived: 24.9, latestAnsweredSent: 24)
        let hang = try #require(scene.hangs.first)
        #expect(hang.verdict == .lostResponse)
        #expect(hang.exitCode == 97 && !hang.isProved)
        #expect(hang.server == "fs2")
        #expect(hang.cycle.first?.wants.first?.request?.messageID == 77)
        #expect(
            hang.evidence
                == #"READ of \\fs2\eng\a.txt (MessageId 77) was sent +10.000 s; fs2 has answered"#
                + " requests sent up to +24.000 s on the same connection, not this one"
                + " (119 of 120 answered)"
        )
    }

    @Test func `twenty times the 99th percentile must have passed before it is lost`() {
        var scene = scene(lastReceived: 24.9, latestAnsweredSent: 24)
        scene.snapshot.connections[0].p99 = 800_000_000
        #expect(scene.findings.map(\.verdict) == [.slowServer])
    }

    @Test func `a request never written is never sent`() {
        #expect(scene(lastReceived: 24.9, sent: nil).findings.map(\.verdict) == [.neverSent])
    }

    @Test func `a connection without a byte since the request is a dead server`() throws {
        let hang = try #require(scene(lastReceived: 9).hangs.first)
        #expect(hang.verdict == .deadServer)
        #expect(!hang.isProved && hang.exitCode == 97)
        #expect(hang.evidence.contains("from fs2 the last bytes came +9.000 s"))
        #expect(scene(lastReceived: nil).findings.map(\.verdict) == [.deadServer])
    }

    @Test func `a server that answers others is slow`() {
        let scene = scene(lastReceived: 24, latestAnsweredSent: 9.5)
        #expect(scene.findings.map(\.verdict) == [.slowServer])
    }

    @Test func `a request that STATUS_PENDING has come for is slow, not lost`() {
        let scene = scene(lastReceived: 24, latestAnsweredSent: 24, isInterim: true)
        #expect(scene.findings.map(\.verdict) == [.slowServer])
    }

    @Test func `a change notify is no stall`() {
        #expect(scene(lastReceived: 9, isIndefinite: true).findings.isEmpty)
    }

    @Test func `a request younger than the stall limit is none`() {
        var scene = scene(lastReceived: 9)
        scene.snapshot.instant = Scene.instant(19.9)
        #expect(scene.findings.isEmpty)
    }

    @Test func `all requests to one dead server are one hang, with everybody behind them`() throws {
        var scene = Scene(now: 25)
        scene.resource("SERVER[fs2]", .answer)
        for number in 1...3 {
            let connection = scene.connection("fs2", key: UInt64(number), lastReceived: 9)
            let request = scene.request(on: connection)
            scene.waits(number, "SERVER[fs2]", .pass, request: request)
        }
        scene.holds(2, "FCB[a]")
        scene.waits(8, "FCB[a]")
        let hang = try #require(scene.hangs.first)
        #expect(scene.hangs.count == 1)
        #expect(hang.component.map(\.rawValue) == [1, 2, 3])
        #expect(hang.behind.map(\.rawValue) == [8])
    }

    @Test func `a lost response names its request alone and blames no connection`() {
        var scene = scene(lastReceived: 24.9, latestAnsweredSent: 24)
        let request = scene.request(on: 0, created: 24.8, sent: 24.8, messageID: 78)
        scene.waits(2, "SERVER[fs2]", .pass, since: 24.8, request: request)
        #expect(scene.findings.map(\.members.count) == [1])
    }

    @Test func `other connections that live are mentioned`() throws {
        var scene = scene(lastReceived: 9)
        _ = scene.connection("fs2", key: 2, lastReceived: 24.9)
        let hang = try #require(scene.hangs.first)
        #expect(hang.evidence.hasSuffix("; other connections to it live"))
    }
}
