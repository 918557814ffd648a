package import Emulator
package import TerminalServer
package import Watchdog

/// Everything a simulated world is made of; the same plan always makes the same world.
package struct WorldPlan: Hashable, Sendable {
    package var hosts: [HostPlan]
    package var namespace: NamespacePlan
    /// The address that leads to each server, in the order of the namespace's plan.
    package var addresses: [String]
    package var userNames: [String]
    package var password: String
    package var seed: UInt64
    /// How long a frame is on its way, in either direction.
    package var linkLatency = Duration.microseconds(100)
    /// When all faults are switched off, since the beginning; nil if they end by themselves.
    ///
    /// From there on every session must finish: whoever has not when the run ends, hangs, and that
    /// is a broken rule.
    package var faultsEnd: Duration?
    /// A deliberate bug of the world, so that tests can see the checkers see it.
    package var plantedBug: PlantedBug?
    package var watchdog = Watchdog.Settings(silenceAfter: nil, isAtomic: true)
    package var onHang = OnHang.continue
    /// Whether the newest frames of each host are kept, for a hang's own capture.
    package var keepsFrames = false
    /// Whether every frame is kept until `takeCaptured`.
    package var capturesFrames = false

    package init(
        hosts: [HostPlan],
        namespace: NamespacePlan,
        addresses: [String],
        userNames: [String],
        password: String,
        seed: UInt64
    ) {
        self.hosts = hosts
        self.namespace = namespace
        self.addresses = addresses
        self.userNames = userNames
        self.password = password
        self.seed = seed
    }
}

/// A bug that the world has on request.
package enum PlantedBug: Hashable, Sendable {
    /// The answer of that number, counted from 1, disappears.
    case droppedAnswer(Int)
    /// The answer of that number arrives twice.
    case doubledAnswer(Int)
    /// The answer of that number grants credits that its server never counted.
    case forgedCredits(Int)
    /// The credits of the answer of that number are taken out of it.
    case lostCredits(Int)
    /// The oplock or lease is taken out of the CREATE answer of that number among those with one.
    case lostOplock(Int)
    /// The LOCK answer of that number among those that had to wait disappears.
    case lostRange(Int)
    /// The request of that number goes out once more.
    case repeatedRequest(Int)
    /// A byte that the READ of that number brought is another one.
    case changedByte(Int)
}
