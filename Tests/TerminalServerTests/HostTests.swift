import Measurement
import Primitives
import Redirector
import SMBWire
import ServerSupport
import TerminalServer
import Testing

/// A whole host against a fake server, in virtual time.
@Suite struct HostTests {
    /// The host, its server, and what the host wanted done besides sending.
    private struct Rig {
        var host: Host
        var server = FakeServer(cipher: nil)
        var now = Instant.zero
        /// Effects in their order; what was sent as the command of its first message.
        var heard: [String] = []
        var said: [String] = []

        init(
            _ steps: [Step],
            sessions: Int = 2,
            files: Int = 0,
            change: (inout HostPlan) -> Void = { _ in }
        ) throws {
            var plan = HostPlan(
                number: 0,
                sessions: (0..<sessions).map {
                    SessionPlan(number: SessionNumber($0), user: $0, userName: "user0\($0 + 1)")
                },
                target: UNCPath(components: ["fs1", "data"]),
                script: try Script(steps),
                model: try CompiledModel(.fixed),
                runFolder: "gridlock-1",
                seed: 5,
                redirector: RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
            )
            plan.files = FilesPlan(count: files, size: 10, seed: 1)
            plan.duration = .seconds(1)
            var map = HostMap()
            _ = map.add("fs1=127.0.0.7")
            plan.map = map
            change(&plan)
            host = Host(plan)
            // The share is in no namespace.
            server.statuses[.ioctl] = Array(repeating: .notFound, count: 10)
        }

        /// Runs until the host has finished, or a minute has passed.
        mutating func run() {
            var effects: [HostEffect] = []
            host.start(at: now, into: &effects)
            perform(effects)
            while !host.isFinished, now < .zero + .seconds(60) {
                guard let deadline = host.nextDeadline else { return }
                now = max(now, deadline)
                var effects: [HostEffect] = []
                host.timerFired(at: now, into: &effects)
                perform(effects)
            }
        }

        private mutating func perform(_ first: [HostEffect]) {
            var effects = first
            while !effects.isEmpty {
                var next: [HostEffect] = []
                for effect in effects { perform(effect, into: &next) }
                effects = next
                // Each round trip takes a millisecond.
                now = now + .milliseconds(1)
            }
        }

        private mutating func perform(_ effect: HostEffect, into next: inout [HostEffect]) {
            switch effect {
            case .resolve(let connection, let name):
                heard.append("resolve \(name)")
                host.resolved(
                    connection,
                    name: name,
                    addresses: ["192.0.2.1"],
                    at: now,
                    into: &next
                )
            case .connect(let connection, let address, let port):
                heard.append("connect \(address):\(port)")
                host.transportConnected(connection, tuple: nil, at: now, into: &next)
            case .send(let connection, let bytes):
                let before = server.received.count
                let frames = server.answer(bytes)
                heard += server.received.dropFirst(before).map(\.command.name)
                for frame in frames { host.received(connection, frame, at: now, into: &next) }
            case .disconnect: heard.append("disconnect")
            case .token(let session, _, _, _):
                host.tokenReady(
                    session,
                    .output([1], isComplete: true, sessionKey: FakeServer.key),
                    at: now,
                    into: &next
                )
            case .tokenEnd: break
            case .manifest(let entry): heard.append("manifest \(entry.path.relativePath)")
            case .event(let event): said.append(event.sentence)
            case .assembled: break
            case .finished: heard.append("finished")
            }
        }
    }

    @Test func `each distinct user is proved before the load, one after the other`() throws {
        var rig = try Rig([.logon, .logoff])
        rig.run()
        #expect(
            rig.heard.prefix(9) == [
                "connect 127.0.0.7:445", "NEGOTIATE", "SESSION_SETUP", "TREE_CONNECT", "IOCTL",
                "TREE_CONNECT", "LOGOFF", "SESSION_SETUP", "TREE_CONNECT",
            ]
        )
        #expect(rig.host.outcome == .completed && rig.heard.last == "finished")
    }

    @Test func `a name is in the manifest before its CREATE is sent`() throws {
        var rig = try Rig(
            [.open(try PathTemplate("{run}\\{session}.dat"), .write), .close],
            files: 1
        )
        rig.run()
        let names = rig.heard.filter { $0.hasPrefix("manifest") }
        #expect(
            names == [
                "manifest gridlock-1", #"manifest gridlock-1\f0.dat"#,
                #"manifest gridlock-1\0.dat"#, #"manifest gridlock-1\1.dat"#,
            ]
        )
        for (index, word) in rig.heard.enumerated() where word.hasPrefix("manifest") {
            #expect(rig.heard[index + 1] == "CREATE" || rig.heard[index + 1].hasPrefix("manifest"))
        }
        // Each of the four is opened once more, to be deleted.
        #expect(rig.heard.count { $0 == "CREATE" } == 8)
    }

    @Test func `what is written, opened and closed is counted for session and operation`() throws {
        var rig = try Rig([
            .logon,
            .repeat(
                .times(3),
                [
                    .open(try PathTemplate("a.txt"), .read), .read(size: 3, count: 2, .sequential),
                    .close,
                ]
            ),
        ])
        rig.run()
        let snapshot = rig.host.snapshot(at: rig.now)
        let counts = OperationKind.allCases.map { snapshot.operations[$0.rawValue].count }
        // logon, open, read, write, flush, lock, unlock, close, list, stat, notify, logoff, rename,
        // delete, touch, volume
        #expect(counts == [2, 6, 12, 0, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 0])
        #expect(snapshot.sessions.map(\.statistics.operations) == [14, 14])
        #expect(snapshot.sessions.allSatisfy { $0.state == "ended" })
    }

    @Test func `a server outside the scope is never connected to`() throws {
        var rig = try Rig([.logon]) { $0.map = HostMap() }
        rig.run()
        #expect(rig.heard == ["resolve fs1", "finished"])
        guard case .outsideScope(let sentence) = rig.host.outcome else {
            Issue.record("\(rig.host.outcome)")
            return
        }
        #expect(sentence.contains("fs1 (192.0.2.1) is outside the allowed scope"))
    }

    @Test func `three refused users stop the run, and none is tried twice`() throws {
        var rig = try Rig([.logon], sessions: 5)
        rig.server.statuses[.sessionSetup] = Array(repeating: .logonFailure, count: 9)
        rig.run()
        #expect(rig.heard.count { $0 == "SESSION_SETUP" } == 3)
        guard case .refused = rig.host.outcome else {
            Issue.record("\(rig.host.outcome)")
            return
        }
    }

    @Test func `glances agree with the snapshot, percentiles within twenty of them`() throws {
        var rig = try Rig([.logon, .open(try PathTemplate("a.txt"), .read), .close], sessions: 30)
        rig.run()
        let snapshot = rig.host.snapshot(at: rig.now)
        var question = HostGlance.Question(number: 0)
        question.wanted = 7
        let glance = rig.host.glance(question, at: rig.now)
        let expected = snapshot.sessions.map(\.statistics)
        let told = glance.sessions.sorted { $0.index < $1.index }
        #expect(told.map(\.index) == Array(0..<30))
        #expect(told.map(\.operations) == expected.map(\.operations))
        #expect(told.map(\.last) == expected.map(\.last))
        #expect(told.map(\.maximum) == expected.map(\.response.maximum))
        #expect(told.allSatisfy { $0.activity == .ended && $0.kind == nil })
        #expect(rig.host.glance(question, at: rig.now).sessions.isEmpty)
        #expect(glance.detail?.response == expected[7].response)
        var p99 = [UInt64?](repeating: nil, count: 30)
        for number in 0..<20 {
            for figures in rig.host.glance(.init(number: number), at: rig.now).percentiles {
                p99[figures.session] = figures.p99
            }
        }
        #expect(p99 == expected.map { $0.response.percentile(99) })
    }

    @Test func `a glance tells who waits when it is asked to`() throws {
        var rig = try Rig([.open(try PathTemplate("a.txt"), .read)]) { $0.readOnly = true }
        rig.server.silent = [.create]
        rig.run()
        var question = HostGlance.Question(number: 0)
        question.asksForWaits = true
        let glance = rig.host.glance(question, at: rig.now)
        #expect(glance.sessions.map(\.kind) == [.open, .open])
        #expect(glance.waits?.waits.map(\.resource) == ["CREATE[fs1]", "CREATE[fs1]"])
        #expect(rig.host.glance(.init(number: 1), at: rig.now).waits == nil)
    }

    @Test func `a request that is never answered ends the run after its grace`() throws {
        var rig = try Rig([.open(try PathTemplate("a.txt"), .read)]) {
            $0.readOnly = true
            $0.grace = .seconds(4)
        }
        rig.server.silent = [.create]
        rig.run()
        #expect(rig.host.outcome == .stuck(2))
        let snapshot = rig.host.snapshot(at: rig.now)
        #expect(snapshot.sessions[0].inFlight?.operation == "open")
        #expect(rig.host.oldestWait != nil)
        #expect((5...6).contains(rig.now.nanoseconds / 1_000_000_000))
    }

    @Test func `preparing that nobody answers ends the run, and says what is left`() throws {
        var rig = try Rig([.logon], files: 3) { $0.setupLimit = .seconds(7) }
        rig.server.silent = [.write]
        rig.run()
        #expect((7...8).contains(rig.now.nanoseconds / 1_000_000_000))
        guard case .unreachable(let sentence) = rig.host.outcome else {
            Issue.record("\(rig.host.outcome)")
            return
        }
        #expect(sentence.hasPrefix("fs1: WRITE was not answered within 7 s, when the files were"))
        // The folder and the first file.
        #expect(rig.host.snapshot(at: rig.now).uncleaned == 2)
    }

    @Test func `the same failure of the same server is said once, then counted`() throws {
        var rig = try Rig(
            [.repeat(.forever, [.stat(try PathTemplate("a")), .think(.fixed(.milliseconds(10)))])]
        ) {
            $0.readOnly = true
            $0.duration = .seconds(25)
        }
        rig.server.statuses[.create] = Array(repeating: .objectNameNotFound, count: 100_000)
        rig.run()
        #expect(rig.said.count { $0.hasPrefix("stat ") } == 1)
        let counts = rig.said.filter { $0.contains(" times more") }
        #expect(counts.count == 3)
        let status = "fs1: STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034, "
        #expect(counts.allSatisfy { $0.hasPrefix(status) })
        let numbers = counts.compactMap { Int($0.dropFirst(status.count).prefix { $0 != " " }) }
        let errors = rig.host.snapshot(at: rig.now).operations[OperationKind.stat.rawValue].errors
        #expect(numbers.reduce(1, +) == errors && errors > 1_000)
    }

    @Test func `an open that failed skips what needs it, and the script goes on`() throws {
        var rig = try Rig(
            [
                .open(try PathTemplate("a.txt"), .read), .read(size: 1, count: 5, .sequential),
                .close,
                .stat(try PathTemplate("b.txt")),
            ],
            sessions: 1
        ) { $0.readOnly = true }
        rig.server.statuses[.create] = [.sharingViolation]
        rig.run()
        let snapshot = rig.host.snapshot(at: rig.now)
        #expect(snapshot.operations[OperationKind.open.rawValue].errors == 1)
        #expect(snapshot.operations[OperationKind.read.rawValue].count == 0)
        #expect(snapshot.operations[OperationKind.stat.rawValue].count == 1)
        #expect(snapshot.sessions[0].lastError?.contains("STATUS_SHARING_VIOLATION") == true)
    }

    @Test func `the same seed gives the same run`() throws {
        let steps: [Step] = [
            .repeat(
                .forever,
                [
                    .choose([
                        .init(weight: 1, steps: [.stat(try PathTemplate("a"))]),
                        .init(weight: 1, steps: [.list(try PathTemplate("b"))]),
                    ]), .think(.uniform(.milliseconds(1), .milliseconds(50))),
                ]
            )
        ]
        var first = try Rig(steps)
        var second = try Rig(steps)
        first.run()
        second.run()
        #expect(first.heard == second.heard && first.heard.count > 100)
        #expect(first.host == second.host)
    }
}
