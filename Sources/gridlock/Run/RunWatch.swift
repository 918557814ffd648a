internal import Primitives
internal import TerminalServer
internal import Transport
internal import Watchdog

/// The watchdog of a run in real time: on the main thread, with a clock of its own.
///
/// It asks the hosts' loops and never waits for them, so a loop that is stuck is seen as what it
/// is.
final class RunWatch {
    private var watchdog: Watchdog
    private let chosen: OnHang?
    /// What becomes of a hang where nobody said.
    var standard = OnHang.stop
    private let keeper: HangKeeper
    private let mailbox: Mailbox
    private var effects: [Watchdog.Effect] = []
    private var loops: [HostLoop] = []
    /// Snapshots and frames that were asked for and have not come.
    private var awaited = 0
    private let clock: RunClock
    private var origin: ContinuousClock.Instant
    private var lastPulse: ContinuousClock.Instant
    private static let pulseEvery = Duration.milliseconds(100)

    /// `origin` is where the hosts' instants begin.
    init(
        _ plan: RunPlan,
        hosts: Int,
        keeper: HangKeeper,
        mailbox: Mailbox,
        clock: RunClock
    ) {
        self.clock = clock
        origin = clock.now()
        lastPulse = origin
        self.keeper = keeper
        self.mailbox = mailbox
        chosen = plan.settings.onHang
        var settings = Watchdog.Settings()
        settings.limits = plan.settings.watchdogLimits
        watchdog = Watchdog(
            settings,
            sources: (0..<hosts).map { .init(number: $0, name: "host \($0)") },
            at: .zero
        )
    }

    func watch(_ loops: [HostLoop]) { self.loops = loops }

    /// Whether some loop does not answer.
    var isStuck: Bool { !watchdog.stuckGenerators.isEmpty }

    func isStuck(_ host: Int) -> Bool {
        watchdog.stuckGenerators.contains { $0.source == host }
    }

    private var now: Instant {
        let elapsed = (clock.now() - origin).wholeNanoseconds
        return Instant(nanoseconds: UInt64(max(0, elapsed)))
    }

    /// What is due; called at least every tenth of a second.
    func tick() {
        if clock.now() - lastPulse >= Self.pulseEvery {
            lastPulse = clock.now()
            pulse()
        }
        if let deadline = watchdog.nextDeadline, deadline <= now {
            watchdog.timerFired(at: now, into: &effects)
        }
        perform()
    }

    private func pulse() {
        let mailbox = mailbox
        for (host, loop) in loops.enumerated() {
            watchdog.noted(lastInput: loop.lastInput, of: host)
            loop.pulse { oldestWait, lastInput in
                mailbox.post(.alive(host: host, oldestWait: oldestWait, lastInput: lastInput))
            }
        }
    }

    func alive(_ host: Int, oldestWait: Instant?, lastInput: String) {
        watchdog.alive(
            source: host,
            oldestWait: oldestWait,
            lastInput: lastInput,
            at: now,
            into: &effects
        )
        perform()
    }

    var awaitsAnswers: Bool { awaited > 0 }

    func received(_ waits: WaitSnapshot) {
        awaited -= 1
        watchdog.received(waits, at: now, into: &effects)
        perform()
    }

    /// Frames of one host have come, if only none.
    func receivedFrames() { awaited -= 1 }

    /// Looks at once, because somebody asks or because the run is over.
    func look() {
        watchdog.look(at: now, into: &effects)
        perform()
    }

    /// What hangs now, by id.
    var openHangs: [Hang] { watchdog.openHangs }

    /// The process stood still for so long, and the hosts' time with it.
    func leaveOut(_ gap: Duration) {
        origin += gap
        lastPulse += gap
    }

    /// Ends the operation of one session of a hang.
    func breakHang(_ id: Int, byCancelling session: SessionNumber) {
        for loop in loops { loop.command(.cancel(session)) }
        watchdog.broke(id, byCancelling: session, at: now, into: &effects)
        perform()
    }

    private func perform() {
        while !effects.isEmpty {
            let batch = effects
            effects = []
            for effect in batch {
                keeper.take(effect, at: now)
                switch effect {
                case .takeSnapshots: ask()
                case .found(let hang):
                    askForFrames(of: hang)
                    react(to: hang)
                default: break
                }
            }
        }
    }

    private func ask() {
        let mailbox = mailbox
        awaited += loops.count
        for loop in loops { loop.waits { mailbox.post(.waits($0)) } }
    }

    /// Before anything is done about the hang: what ends sends and receives.
    private func askForFrames(of hang: Hang) {
        let mailbox = mailbox
        awaited += loops.count
        for loop in loops {
            loop.frames(of: hang.component, limit: Hang.framesMax) { frames in
                mailbox.post(.frames(hang: hang.id, frames))
            }
        }
    }

    private func react(to hang: Hang) {
        switch (chosen ?? standard).reaction(to: hang) {
        case .nothing: break
        case .stop: for loop in loops { loop.stop(grace: .zero) }
        case .cancel(let session):
            breakHang(hang.id, byCancelling: session)
        }
    }
}
