import Foundation
import Synchronization
import Testing
import gridlock

/// An event loop that stands still is Gridlock's own trouble, and said as that.
@Suite struct StuckLoopTests {
    /// A clock that goes on when it is told, beside the real one.
    private final class HandClock: Sendable {
        private let ahead = Mutex(Duration.zero)

        func advance(_ step: Duration) { ahead.withLock { $0 += step } }

        var clock: RunClock { RunClock { ContinuousClock.now + self.ahead.withLock { $0 } } }
    }

    /// Holds whoever comes by until it is opened.
    private final class Gate: Sendable {
        private let held = DispatchSemaphore(value: 0)
        private let open = DispatchSemaphore(value: 0)

        func pass() {
            held.signal()
            open.wait()
            open.signal()
        }

        var isHolding: Bool { held.wait(timeout: .now()) == .success }

        func letGo() { open.signal() }
    }

    /// A session that opens what is not there: the host says so, on its loop.
    private static let profile = """
        summary: a session that fails at once
        target: '\\\\ns1\\data'
        sessions: 1
        duration: 500ms
        grace: 100ms
        read-only: true
        thresholds: [ 'errors < 100%' ]
        namespace: { servers: { ns1: { shares: { data: {} } } } }
        script:
          - logon
          - open: missing.txt
        """

    private let path = "/tmp/gridlock-test-stuck-\(UUID().uuidString.prefix(8)).yaml"

    private func run(by clock: HandClock) throws -> LoadRun {
        try Data(Self.profile.utf8).write(to: URL(filePath: path))
        return try LoadRun(emulating: path, clock: clock.clock)
    }

    /// Lets the run go on until its loop stands still and the watchdog has said so.
    private func block(_ run: LoadRun, _ gate: Gate, _ clock: HandClock) {
        run.begin(isQuiet: true) { _ in gate.pass() }
        while !gate.isHolding { run.hear(within: .milliseconds(20)) }
        // What the loop said before is heard first.
        while run.hear(within: .milliseconds(20)) {}
        clock.advance(.seconds(3))
        while run.stuckLoops.isEmpty { run.hear(within: .milliseconds(20)) }
    }

    @Test func `a loop that is silent at the end is 96, names its last input, and is no deadlock`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (clock, gate) = (HandClock(), Gate())
        let run = try run(by: clock)
        block(run, gate, clock)
        #expect(!run.isOver)
        clock.advance(.seconds(600))
        #expect(run.isOver)
        let (code, reasons) = run.finish()
        gate.letGo()
        #expect(code.rawValue == 96)
        #expect(
            reasons.contains {
                $0.hasPrefix("generator stuck: loop of host 0, last input bytes of")
            }
        )
        #expect(!reasons.contains { $0.contains("deadlock") })
    }

    @Test func `a loop that goes on again is no reason to doubt the run`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (clock, gate) = (HandClock(), Gate())
        let run = try run(by: clock)
        block(run, gate, clock)
        gate.letGo()
        while !run.stuckLoops.isEmpty { run.hear(within: .milliseconds(20)) }
        while !run.isOver { run.hear(within: .milliseconds(20)) }
        let (code, reasons) = run.finish()
        #expect(!reasons.contains { $0.contains("stuck") }, "\(reasons)")
        #expect(code.rawValue != 96)
    }
}
