internal import Primitives
internal import SMBWire

/// Decides which faults strike a message; what they do then is the emulator's business.
///
/// Has dice of its own, so that a fault more or less does not move the servers' dice.
struct FaultEngine: Hashable, Sendable {
    /// Where a fault can strike.
    enum Station: Hashable, Sendable {
        case connect
        case request
        case answer
    }

    private struct Fault: Hashable, Sendable {
        let plan: FaultPlan
        /// Kept, for every message asks.
        let station: Station?
        var isOn: Bool
        /// Messages that fitted so far.
        var seen = 0
    }

    private var faults: [Fault]
    /// Those among them that freeze servers.
    private let freezes: [Int]
    private var random: SplitMix64
    /// The SMB sessions of each server in the order of their first message.
    private var sessions: [[SMBSessionID]]
    /// Whether some fault asks for one; without, a look at thousands for each message is saved.
    private let countsSessions: Bool

    init(_ plans: [FaultPlan], servers: Int, random: SplitMix64) {
        faults = plans.map { Fault(plan: $0, station: $0.action.station, isOn: $0.isOn) }
        freezes = plans.indices.filter { plans[$0].action == .freeze }
        self.random = random
        sessions = Array(repeating: [], count: servers)
        countsSessions = plans.contains { $0.when.session != nil }
    }

    var isEmpty: Bool { faults.isEmpty }

    mutating func command(_ command: FaultCommand) {
        switch command {
        case .switchOn(let name): turn(name, isOn: true)
        case .switchOff(let name): turn(name, isOn: false)
        }
    }

    private mutating func turn(_ name: String, isOn: Bool) {
        for index in faults.indices where faults[index].plan.name == name {
            faults[index].isOn = isOn
        }
    }

    var switches: [FaultSwitch] { faults.map { FaultSwitch(name: $0.plan.name, isOn: $0.isOn) } }

    /// The faults that strike here and now, in the order of the plan.
    mutating func strike(
        _ station: Station,
        server: Int,
        named name: String,
        _ sight: MessageSight?,
        at now: Instant
    ) -> [FaultPlan] {
        if countsSessions, let session = sight?.session, session != .none,
            station == .request, !sessions[server].contains(session)
        {
            sessions[server].append(session)
        }
        var struck: [FaultPlan] = []
        for index in faults.indices where faults[index].isOn && faults[index].station == station {
            let when = faults[index].plan.when
            guard isOpen(when, at: now), fits(when, server, name, sight) else { continue }
            faults[index].seen += 1
            if let nth = when.nth, faults[index].seen != nth { continue }
            if when.probability < 1 {
                let roll = Double.random(in: 0..<1, using: &random)
                guard roll < when.probability else { continue }
            }
            struck.append(faults[index].plan)
        }
        return struck
    }

    /// Whether a server does nothing at all now.
    func isFrozen(_ name: String, at now: Instant) -> Bool {
        freezes.contains { freezes($0, name, at: now) }
    }

    /// When that server, frozen at `instant`, goes on by itself; nil if somebody has to let it.
    func thaw(_ name: String, frozenAt instant: Instant) -> Instant? {
        var at = instant
        // Each round passes the end of a window at least.
        for _ in 0...freezes.count where isFrozen(name, at: at) {
            for index in freezes where freezes(index, name, at: at) {
                guard let until = faults[index].plan.when.until else { return nil }
                at = max(at, .zero + until)
            }
        }
        return at
    }

    private func freezes(_ index: Int, _ name: String, at now: Instant) -> Bool {
        faults[index].isOn && isOpen(faults[index].plan.when, at: now)
            && (faults[index].plan.when.server ?? name) == name
    }

    private func isOpen(_ condition: FaultCondition, at now: Instant) -> Bool {
        guard now >= .zero + condition.from else { return false }
        return condition.until.map { now < .zero + $0 } ?? true
    }

    private func fits(
        _ condition: FaultCondition,
        _ server: Int,
        _ name: String,
        _ sight: MessageSight?
    ) -> Bool {
        if let wanted = condition.server, wanted != name { return false }
        if !condition.messages.isEmpty {
            guard let message = sight?.name, condition.messages.contains(message) else {
                return false
            }
        }
        guard let nth = condition.session else { return true }
        guard let session = sight?.session, sessions[server].count >= nth else { return false }
        return sessions[server][nth - 1] == session
    }

    /// A length of time by the dice of the faults.
    mutating func length(of delay: DurationDistribution) -> Duration {
        delay.sample(using: &random)
    }

    /// Random bytes over a part of a frame, its prefix excepted.
    mutating func garble(_ frame: [UInt8]) -> [UInt8] {
        guard frame.count > DirectTCP.prefixSize else { return frame }
        var frame = frame
        for _ in 0..<1 + frame.count / 32 {
            let place = Int.random(in: DirectTCP.prefixSize..<frame.count, using: &random)
            frame[place] = UInt8(truncatingIfNeeded: random.next())
        }
        return frame
    }
}

extension FaultAction {
    /// Where it strikes.
    var station: FaultEngine.Station? {
        switch self {
        case .refuse: .connect
        case .loseRequest, .reset, .halfOpen, .hold, .answer, .expireSession, .starveCredits,
            .staleReferral, .pathConsumed:
            .request
        case .delay, .loseAnswer, .drip, .truncate, .garble, .dropBreak: .answer
        case .freeze: nil
        }
    }
}
