import Primitives
import Redirector
import SMBWire
import ServerSupport
import TerminalServer
import Watchdog

/// A host against a fake server whose time stands still where the test wants to look.
struct SnapshotRig {
    var host: Host
    var server = FakeServer(cipher: nil)
    var now = Instant.zero
    private var connection: ConnectionNumber?
    /// False lets TCP connects hang.
    var accepts = true
    static let tuple = "127.0.0.1:50112 -> 127.0.0.2:445"

    init(
        _ steps: [Step],
        sessions: Int = 2,
        model: ClientModel = .fixed,
        change: (inout HostPlan) -> Void = { _ in }
    ) throws {
        var plan = HostPlan(
            number: 0,
            sessions: (0..<sessions).map {
                SessionPlan(number: SessionNumber($0), user: $0, userName: "user\($0)")
            },
            target: UNCPath(components: ["fs1", "data"]),
            script: try Script(steps),
            model: try CompiledModel(model),
            runFolder: "gridlock-1",
            seed: 5,
            redirector: RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
        )
        plan.readOnly = true
        plan.provesUsers = false
        plan.duration = .seconds(100)
        _ = plan.map.add("fs1=127.0.0.7")
        change(&plan)
        host = Host(plan)
        // The share is in no namespace.
        server.statuses[.ioctl] = Array(repeating: .notFound, count: 10_000)
    }

    mutating func start() {
        var effects: [HostEffect] = []
        host.start(at: now, into: &effects)
        perform(effects)
    }

    /// Frames that come in one after the other, before anything is done about them.
    mutating func deliver(_ frames: [[UInt8]]) {
        guard let connection else { return }
        var effects: [HostEffect] = []
        for frame in frames { host.received(connection, frame, at: now, into: &effects) }
        perform(effects)
    }

    /// Lets time pass, with all timers that are due.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let deadline = host.nextDeadline, deadline <= end {
            now = max(now, deadline)
            var effects: [HostEffect] = []
            host.timerFired(at: now, into: &effects)
            perform(effects)
        }
        now = end
    }

    private mutating func perform(_ first: [HostEffect]) {
        var effects = first
        while !effects.isEmpty {
            var next: [HostEffect] = []
            for effect in effects { perform(effect, into: &next) }
            effects = next
        }
    }

    private mutating func perform(_ effect: HostEffect, into next: inout [HostEffect]) {
        switch effect {
        case .connect(let connection, _, _):
            self.connection = connection
            guard accepts else { return }
            host.transportConnected(connection, tuple: Self.tuple, at: now, into: &next)
        case .send(let connection, let bytes):
            for frame in server.answer(bytes) {
                host.received(connection, frame, at: now, into: &next)
            }
        case .token(let session, _, _, _):
            host.tokenReady(
                session,
                .output([1], isComplete: true, sessionKey: FakeServer.key),
                at: now,
                into: &next
            )
        case .resolve, .disconnect, .tokenEnd, .manifest, .event, .assembled, .finished: break
        }
    }

    var snapshot: WaitSnapshot { host.waitSnapshot(at: now) }

    /// What the watchdog makes of it.
    var verdicts: [Verdict] { Diagnosis(snapshot).findings.map(\.verdict) }
}
