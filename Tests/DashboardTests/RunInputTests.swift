import Dashboard
import Emulator
import Primitives
import TerminalServer
import Testing

@Suite struct RunInputTests {
    private let faults = [DashboardModel.Fault(name: "slow link", isOn: true)]

    private func numbers(_ numbers: Int...) -> [SessionNumber] {
        numbers.map { SessionNumber($0) }
    }

    private func commands(_ input: RunInput?) -> [HostCommand] {
        input?.commands.map(\.command) ?? []
    }

    @Test func `new sessions count on from the last, and each host gets its own`() {
        var inputs = RunInputs(sessions: 5, hosts: 2)
        let input = inputs.input(for: .addSessions(3), faults: [])
        #expect(input?.commands.map(\.host) == [0, 1])
        #expect(commands(input) == [.add(numbers(6)), .add(numbers(5, 7))])
        #expect(input?.sentence == "sessions s5 to s7 log on")
    }

    @Test func `the newest sessions are removed first, and their numbers never come again`() {
        var inputs = RunInputs(sessions: 3, hosts: 1)
        let removed = inputs.input(for: .removeSessions(1), faults: [])
        #expect(commands(removed) == [.remove(numbers(2))])
        #expect(removed?.sentence == "session s2 ends and logs off")
        let added = inputs.input(for: .addSessions(1), faults: [])
        #expect(commands(added) == [.add(numbers(3))])
    }

    @Test func `the last session stays`() {
        var inputs = RunInputs(sessions: 3, hosts: 1)
        let two = inputs.input(for: .removeSessions(10), faults: [])
        #expect(commands(two) == [.remove(numbers(1, 2))])
        let nobody = inputs.input(for: .removeSessions(1), faults: [])
        #expect(commands(nobody).isEmpty)
        #expect(nobody?.sentence == "no session was removed: the last one stays; x ends the load")
    }

    @Test func `there is a most`() {
        var inputs = RunInputs(sessions: 99_999, hosts: 1)
        let one = inputs.input(for: .addSessions(100), faults: [])
        #expect(commands(one) == [.add(numbers(99_999))])
        let nobody = inputs.input(for: .addSessions(1), faults: [])
        #expect(nobody?.sentence == "no session was added: 100000 are the most")
    }

    @Test func `a fault is switched by its name`() {
        var inputs = RunInputs(sessions: 1, hosts: 1)
        let input = inputs.input(for: .setFault(0, isOn: false), faults: faults)
        #expect(input?.fault == .switchOff("slow link"))
        #expect(input?.sentence == "fault slow link is switched off")
        #expect(inputs.input(for: .setFault(1, isOn: true), faults: faults) == nil)
    }

    @Test func `what is no command of host or namespace is left to others`() {
        var inputs = RunInputs(sessions: 1, hosts: 1)
        for intent in [Intent.quit, .dump, .stop, .redraw] {
            #expect(inputs.input(for: intent, faults: faults) == nil)
        }
    }
}
