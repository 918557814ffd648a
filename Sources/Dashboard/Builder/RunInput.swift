package import Emulator
internal import Primitives
package import TerminalServer

/// Something that a person does to a run: commands of hosts and of the emulated namespace.
package struct RunInput {
    package private(set) var commands: [(host: Int, command: HostCommand)] = []
    package private(set) var fault: FaultCommand?
    /// What is done, or why nothing is.
    package let sentence: String
}

/// Makes inputs of what a person wants; knows which sessions there are.
package struct RunInputs {
    private var present: [SessionNumber]
    private var nextNumber: Int
    private let hosts: Int

    /// As many as `--sessions` takes.
    package static let sessionsMax = 100_000

    package init(sessions: Int, hosts: Int) {
        present = (0..<sessions).map { SessionNumber($0) }
        nextNumber = sessions
        self.hosts = hosts
    }

    /// Nil for what is no command of host or namespace.
    package mutating func input(
        for intent: Intent,
        faults: [DashboardModel.Fault]
    ) -> RunInput? {
        switch intent {
        case .pause: toAll(.pause, "the load is paused")
        case .resume: toAll(.resume, "the load goes on")
        case .addSessions(let count): add(count)
        case .removeSessions(let count): remove(count)
        case .setFault(let index, let isOn) where faults.indices.contains(index):
            RunInput(
                fault: isOn ? .switchOn(faults[index].name) : .switchOff(faults[index].name),
                sentence: "fault \(faults[index].name) is switched \(isOn ? "on" : "off")"
            )
        default: nil
        }
    }

    private func toAll(_ command: HostCommand, _ sentence: String) -> RunInput {
        RunInput(commands: (0..<hosts).map { ($0, command) }, sentence: sentence)
    }

    private mutating func add(_ wanted: Int) -> RunInput {
        let count = min(wanted, Self.sessionsMax - present.count)
        guard count > 0 else {
            return RunInput(sentence: "no session was added: \(Self.sessionsMax) are the most")
        }
        let added = (nextNumber..<nextNumber + count).map { SessionNumber($0) }
        nextNumber += count
        present += added
        return RunInput(
            commands: byHost(added).map { ($0, .add($1)) },
            sentence: "\(Self.names(added)) \(count == 1 ? "logs" : "log") on"
        )
    }

    private mutating func remove(_ wanted: Int) -> RunInput {
        let count = min(wanted, present.count - 1)
        guard count > 0 else {
            return RunInput(sentence: "no session was removed: the last one stays; x ends the load")
        }
        let removed = Array(present.suffix(count))
        present.removeLast(count)
        return RunInput(
            commands: byHost(removed).map { ($0, .remove($1)) },
            sentence: "\(Self.names(removed)) \(count == 1 ? "ends" : "end") and "
                + "\(count == 1 ? "logs" : "log") off"
        )
    }

    /// Session i lives on host i modulo their number.
    private func byHost(_ numbers: [SessionNumber]) -> [(Int, [SessionNumber])] {
        (0..<hosts).map { host in (host, numbers.filter { $0.rawValue % hosts == host }) }
            .filter { !$0.1.isEmpty }
    }

    private static func names(_ numbers: [SessionNumber]) -> String {
        guard let first = numbers.first, let last = numbers.last, first != last else {
            return "session \(numbers.first.map { "\($0)" } ?? "")"
        }
        return "sessions \(first) to \(last)"
    }
}
