internal import ArgumentParser
internal import Foundation
internal import Primitives
internal import Watchdog

/// CPU milliseconds that the watchdog needs for one look at very many sessions.
///
/// A session is an entry of flat arrays, as in a host: what is measured is the snapshot that a
/// host builds of them, the analysis, and the hang that comes out with its text.
struct DetectorBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detector",
        abstract: "Milliseconds of CPU for one snapshot and its analysis."
    )

    @Option(help: "Sessions on the host.")
    var sessions = 100_000

    @Option(help: "How many of them wait.")
    var waiting = 60_000

    @Option(help: "Readings of each kind; the median counts.")
    var readings = 21

    @Option(help: "Who waits for whom; everything if nothing is named.")
    var shape: DetectorWorld.Shape?

    func run() {
        for shape in shape.map({ [$0] }) ?? DetectorWorld.Shape.allCases {
            let world = DetectorWorld(shape, sessions: sessions, waiting: waiting)
            var figures: [Figures] = []
            for _ in 0..<max(1, readings) { figures.append(measure(world)) }
            print(line(shape, figures))
        }
    }

    private struct Figures {
        var snapshot: Double
        var analysis: Double
        var hang: Double
        var dead: Int
        var findings: Int
    }

    private func measure(_ world: DetectorWorld) -> Figures {
        let start = CPUTime.process * 1_000
        let snapshot = world.snapshot()
        let built = CPUTime.process * 1_000
        let diagnosis = Diagnosis(snapshot)
        let judged = CPUTime.process * 1_000
        let builder = HangBuilder(diagnosis)
        var length = 0
        for finding in diagnosis.findings.prefix(1) {
            let hang = builder.hang(finding, id: 1, confirmation: .exact, conflicts: [])
            length += TextDump.text(of: hang).utf8.count
        }
        let told = CPUTime.process * 1_000
        return Figures(
            snapshot: built - start,
            analysis: judged - built,
            hang: told - judged,
            dead: diagnosis.deadCount,
            findings: diagnosis.findings.count
        )
    }

    private func line(_ shape: DetectorWorld.Shape, _ figures: [Figures]) -> String {
        func median(_ value: (Figures) -> Double) -> String {
            String(format: "%6.1f ms", figures.map(value).median)
        }
        let all = median { $0.snapshot + $0.analysis }
        return "\(shape.rawValue): snapshot \(median(\.snapshot)), analysis \(median(\.analysis)),"
            + " together \(all); hang and text \(median(\.hang));"
            + " \(figures[0].dead) dead, \(figures[0].findings) findings"
    }
}

/// The sessions of one host in flat arrays, most of them waiting.
struct DetectorWorld {
    enum Shape: String, CaseIterable, ExpressibleByArgument {
        /// Everybody behind one crossing of PKT and CONN.
        case oneRing = "one-ring"
        /// Everybody in rings of ten over files, nobody behind.
        case manyRings = "rings-of-ten"
        /// Nobody dead: answers and short queues.
        case healthy
    }

    private let shape: Shape
    private let sessions: Int
    private let waiting: Int
    private let paths: [String]
    private let now = Instant(nanoseconds: 60_000_000_000)

    init(_ shape: Shape, sessions: Int, waiting: Int) {
        self.shape = shape
        self.sessions = max(2, sessions)
        self.waiting = min(max(2, waiting), self.sessions)
        paths = (0..<self.sessions).map { #"\\CORP\dfs\eng\user\#($0)\report.docx"# }
    }

    func snapshot() -> WaitSnapshot {
        var snapshot = WaitSnapshot(
            source: 0,
            sourceName: "host 0",
            instant: now,
            sessionCount: sessions
        )
        snapshot.reserve(
            parties: waiting,
            resources: shape == .manyRings ? waiting : 2,
            holds: shape == .manyRings ? waiting : 2,
            waits: waiting,
            requests: 0
        )
        snapshot.names.reserve(shape == .manyRings ? 2 * waiting : waiting)
        let create = snapshot.names.intern("CREATE")
        let site = snapshot.names.intern("redir/open:12")
        // Who is not in the middle of an operation is not listed.
        for session in 0..<waiting {
            let party = snapshot.add(
                WaitSnapshot.Party(
                    session: SessionNumber(session),
                    operation: create,
                    path: snapshot.names.add(paths[session]),
                    started: began(session),
                    site: site
                )
            )
            assert(Int(party) == session)
        }
        switch shape {
        case .oneRing: addOneRing(to: &snapshot, site)
        case .manyRings: addRings(to: &snapshot, site)
        case .healthy: addHealthy(to: &snapshot, site)
        }
        return snapshot
    }

    private func began(_ session: Int) -> Instant {
        Instant(nanoseconds: now.nanoseconds - 5_000_000_000 + UInt64(session))
    }

    private func addOneRing(to snapshot: inout WaitSnapshot, _ site: Name) {
        let pkt = snapshot.add(
            WaitSnapshot.Resource(.lock, className: snapshot.names.intern("PKT"))
        )
        let connection = snapshot.add(
            WaitSnapshot.Resource(
                .lock,
                className: snapshot.names.intern("CONN"),
                instance: snapshot.names.intern("fs2")
            )
        )
        hold(0, pkt, .shared, &snapshot, site)
        hold(1, connection, .exclusive, &snapshot, site)
        for session in 0..<waiting {
            let isForConnection = session % 2 == 0
            let isReader = !isForConnection && session != 1
            wait(
                session,
                isForConnection ? connection : pkt,
                isReader ? .shared : .exclusive,
                &snapshot,
                site
            )
        }
    }

    private func addRings(to snapshot: inout WaitSnapshot, _ site: Name) {
        let className = snapshot.names.intern("FCB")
        for session in 0..<waiting {
            let instance = snapshot.names.add(paths[session])
            let file = snapshot.add(
                WaitSnapshot.Resource(.lock, className: className, instance: instance)
            )
            hold(session, file, .exclusive, &snapshot, site)
        }
        for session in 0..<waiting {
            let first = session / 10 * 10
            let size = min(10, waiting - first)
            wait(session, Int32(first + (session - first + 1) % size), .exclusive, &snapshot, site)
        }
    }

    private func addHealthy(to snapshot: inout WaitSnapshot, _ site: Name) {
        let server = snapshot.add(
            WaitSnapshot.Resource(.answer, className: snapshot.names.intern("SERVER"))
        )
        let pkt = snapshot.add(
            WaitSnapshot.Resource(.lock, className: snapshot.names.intern("PKT"))
        )
        hold(0, pkt, .exclusive, &snapshot, site)
        for session in 0..<waiting {
            wait(
                session,
                session % 10 == 9 ? pkt : server,
                session % 10 == 9 ? .shared : .pass,
                &snapshot,
                site
            )
        }
    }

    private func hold(
        _ session: Int,
        _ resource: Int32,
        _ mode: WaitSnapshot.Mode,
        _ snapshot: inout WaitSnapshot,
        _ site: Name
    ) {
        snapshot.holds.append(
            WaitSnapshot.Hold(
                party: Int32(session),
                resource: resource,
                mode: mode,
                since: began(session),
                site: site
            )
        )
    }

    private func wait(
        _ session: Int,
        _ resource: Int32,
        _ mode: WaitSnapshot.Mode,
        _ snapshot: inout WaitSnapshot,
        _ site: Name
    ) {
        snapshot.waits.append(
            WaitSnapshot.Wait(
                party: Int32(session),
                resource: resource,
                mode: mode,
                since: began(session),
                site: site
            )
        )
    }
}
