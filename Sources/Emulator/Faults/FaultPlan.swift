package import Primitives
package import SMBWire

/// One fault of a profile: when it strikes, and what it does then.
///
/// Everything is a question of the emulated servers' clock and of one generator of their own, so
/// the same seed gives the same faults.
package struct FaultPlan: Hashable, Sendable {
    /// What a person switches it on and off by.
    package var name: String
    package var when: FaultCondition
    package var action: FaultAction
    /// Whether it is switched on from the start.
    package var isOn = true

    package init(name: String, when: FaultCondition, action: FaultAction) {
        self.name = name
        self.when = when
        self.action = action
    }
}

/// When a fault strikes; what is not said does not matter.
package struct FaultCondition: Hashable, Sendable {
    /// The server's name in capitals.
    package var server: String?
    /// The message that is seen; empty for any.
    ///
    /// Sealed messages show no name, so only conditions without one meet them.
    package var messages: [MessageName] = []
    /// Only the message of this number, counted from 1 among those that fit.
    package var nth: Int?
    /// Only messages of the SMB session that was the n-th on its server, counted from 1.
    package var session: Int?
    /// From 0 to 1, asked anew for each message.
    package var probability = 1.0
    /// Since the beginning of the run.
    package var from = Duration.zero
    /// Since the beginning of the run; nil for until the end.
    package var until: Duration?

    package init() {}
}

/// A message as faults, dumps and counters name it: an SMB2 command or a referral request.
package enum MessageName: Hashable, Sendable {
    case command(Command)
    /// IOCTL with FSCTL_DFS_GET_REFERRALS or its EX form.
    case getReferral

    package var name: String {
        switch self {
        case .command(let command): command.name
        case .getReferral: "GET_REFERRAL"
        }
    }

    package static let all = Command.allCases.map { MessageName.command($0) } + [.getReferral]
}

/// What becomes of a held message.
package enum HoldEnd: Hashable, Sendable {
    /// It goes on as if nothing had been.
    case release
    /// Its connection is reset, it never arrives.
    case reset
    /// It never arrives.
    case drop
    case answer(NTStatus)
}

/// Until when a message is held.
package enum HoldUntil: Hashable, Sendable {
    case after(Duration)
    /// Until another message is seen on the server of that name, or on any.
    case message(MessageName, server: String?)
    case forEver
}

/// What a fault does.
package enum FaultAction: Hashable, Sendable {
    /// The answer takes longer.
    case delay(DurationDistribution)
    /// The request never arrives; NEGOTIATE among them makes a server that never negotiates.
    case loseRequest
    /// The server acts, and its answer never arrives.
    case loseAnswer
    /// The server does nothing at all in the window; then it goes on with what came meanwhile.
    case freeze
    /// The connection is reset instead of an answer.
    case reset
    /// New connections are refused.
    case refuse
    /// The connection stays up, and nothing passes in either direction any more.
    case halfOpen
    /// Bytes a second at which answers trickle.
    case drip(Int)
    case hold(HoldUntil, then: HoldEnd)
    case answer(NTStatus)
    /// Answers lose their second half.
    case truncate
    /// Answers have random bytes in them.
    case garble
    /// No credits are granted beyond the one that keeps a connection alive.
    case starveCredits
    /// Requests are refused with STATUS_NETWORK_SESSION_EXPIRED until authentication is renewed.
    case expireSession
    /// Break notifications are not sent.
    case dropBreak
    /// Referrals name the targets in the wrong state: those that are off line.
    case staleReferral
    /// PathConsumed is wrong by this many bytes.
    case pathConsumed(Int)
}

/// What a person or a script does to the faults of a running namespace.
package enum FaultCommand: Hashable, Sendable {
    case switchOn(String)
    case switchOff(String)
}

/// A fault of a running namespace, and whether it strikes.
package struct FaultSwitch: Hashable, Sendable {
    package let name: String
    package let isOn: Bool
}
