import Emulator
import Measurement
import Primitives
import SMBWire
import Simulation
import TerminalServer
import Testing

/// What the steps of a script do to files, as later steps see it.
@Suite struct StepTests {
    private func run(_ steps: [Step], sessions: Int = 1) -> (World, HostSnapshot) {
        var small = SmallWorld()
        small.sessions = sessions
        small.script = steps
        let world = small.run()
        return (world, world.hosts[0].snapshot(at: world.now))
    }

    private func path(_ text: String) -> PathTemplate { SmallWorld.template(text) }

    private func count(_ snapshot: HostSnapshot, _ kind: OperationKind) -> [UInt64] {
        let statistics = snapshot.operations[kind.rawValue]
        return [statistics.count, statistics.errors]
    }

    private var written: [Step] {
        [.logon, .open(path("{run}\\a"), .write), .write(size: 512, count: 2, .sequential), .close]
    }

    @Test func `a renamed file is under its new name only, and what had it is gone`() {
        let (world, snapshot) = run(
            written + [
                .open(path("{run}\\b"), .write), .close,
                .onPath(.rename(to: path("{run}\\b")), path("{run}\\a")),
                .open(path("{run}\\b"), .read), .read(size: 512, count: 2, .sequential), .close,
                .stat(path("{run}\\a")),
            ]
        )
        #expect(count(snapshot, .rename) == [1, 0])
        #expect(count(snapshot, .read) == [2, 0])
        #expect(count(snapshot, .stat) == [1, 1])
        #expect(snapshot.sessions[0].lastError?.contains("OBJECT_NAME_NOT_FOUND") == true)
        // The bytes of the old file, and not the nothing that the new name had.
        #expect(world.checkers.violations.isEmpty)
        #expect(snapshot.uncleaned == 0)
    }

    @Test func `a new name stands in the manifest before it is made`() {
        let (world, _) = run(
            written + [.onPath(.rename(to: path("{run}\\z")), path("{run}\\a"))]
        )
        #expect(world.manifest.last?.path.components.last == "z")
    }

    @Test func `a deleted file is gone`() {
        let (_, snapshot) = run(
            written + [.onPath(.delete, path("{run}\\a")), .onPath(.stat, path("{run}\\a"))]
        )
        #expect(count(snapshot, .delete) == [1, 0])
        #expect(count(snapshot, .stat) == [1, 1])
    }

    @Test func `an answer that the script accepts is no error, any other one is`() {
        let missing = NTStatus.objectNameNotFound
        var options = Step.OpenOptions()
        options.accepts = [missing]
        let (_, snapshot) = run([
            .logon, .open(path("{run}\\none"), .read, options),
            .read(size: 1, count: 1, .sequential),
            .close,
            .onPath(.stat, path("{run}\\none"), accepts: [missing]),
            .onPath(.stat, path("{run}\\none\\none"), accepts: [missing]),
        ])
        #expect(count(snapshot, .open) == [1, 0])
        #expect(count(snapshot, .read) == [0, 0])
        #expect(count(snapshot, .stat) == [2, 1])
    }

    @Test func `a volume is asked for its room, and a time is set`() {
        let (_, snapshot) = run(
            [.logon, .touch, .onPath(.volume, path("{run}"))]
                + [.open(path("{run}\\a"), .write), .touch, .close]
        )
        #expect(count(snapshot, .volume) == [1, 0])
        // Nothing was open at the first one.
        #expect(count(snapshot, .touch) == [1, 0])
    }

    @Test func `a pattern that fits nothing is an answer`() {
        let (_, snapshot) = run([
            .logon, .onPath(.list(pattern: "*.none"), path("{run}")),
            .onPath(.list(pattern: "f*.dat"), path("{run}")),
        ])
        #expect(count(snapshot, .list) == [2, 0])
    }

    @Test func `an update keeps what is in the file, a write empties it`() {
        let (_, kept) = run(
            written + [.open(path("{run}\\a"), .update), .read(size: 1_024, count: 1, .sequential)]
        )
        #expect(count(kept, .read) == [1, 0])
        let (world, _) = run(
            [
                .logon, .open(path("{run}\\a"), .update),
                .write(size: 4_096, count: 40, .within(1_048_576)), .close,
            ],
            sessions: 3
        )
        #expect(world.checkers.violations.isEmpty)
        #expect(world.hosts[0].outcome == .completed)
    }
}
