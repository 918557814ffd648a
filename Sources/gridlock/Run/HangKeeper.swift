internal import Foundation
internal import Primitives
internal import Report
internal import SMBWire
internal import TerminalServer
internal import Watchdog

/// Keeps what the watchdog says of one run: rows for the results, dump files, lines for people.
///
/// Each hang's files are written at once, so that a run that is killed leaves them; a hang seen
/// again is not written again, its growth is.
final class HangKeeper {
    private(set) var rows: [HangRow] = []
    /// Event loops that are silent now: Gridlock's own trouble.
    private(set) var stuck: [String] = []
    private(set) var writeFailure: Failure?
    /// Hangs that became older than the stall limit, by id.
    private var stalled: Set<Int> = []
    /// Hears sentences in place of standard error.
    var voice: ((String) -> Void)?
    /// `Instant.zero` in nanoseconds since 1970.
    var captureOrigin: UInt64 = 0
    /// Frames of hangs' members, by the hang's id.
    private var frames: [Int: [CapturedFrame]] = [:]
    private let plan: RunPlan
    private let folder: RunDirectory?
    private let events: AppendedFile?

    init(_ plan: RunPlan, folder: RunDirectory?, events: AppendedFile?) {
        self.plan = plan
        self.folder = folder
        self.events = events
    }

    /// How many hangs became older than the stall limit.
    var stalls: UInt64 { UInt64(stalled.count) }

    /// The newest word on every hang, in the order of their ids.
    private(set) var hangs: [Hang] = []
    /// Those that are not over.
    private(set) var open: [Int] = []
    private(set) var conflicts: [LockOrder.Conflict] = []

    /// `hangs/0001`, without the ending.
    static func stem(of hang: Hang) -> String {
        let digits = "\(hang.id)"
        return "hangs/" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Takes one word of the watchdog's; snapshots are its owner's business.
    func take(_ effect: Watchdog.Effect, at now: Instant) {
        switch effect {
        case .takeSnapshots: break
        case .found(let hang), .grew(let hang): keep(hang)
        case .cleared(let clearance):
            open.removeAll { $0 == clearance.id }
            if clearance.lasted >= plan.settings.stallAfter { stalled.insert(clearance.id) }
            let seconds = Decimals.text(clearance.lasted.seconds, places: 1)
            let cause = clearance.cause.isEmpty ? "" : ": \(clearance.cause)"
            say(
                "hang #\(clearance.id) (\(clearance.verdict.rawValue)) is over after "
                    + "\(seconds) s\(cause)",
                at: now
            )
        case .orderConflict(let conflict):
            conflicts.append(conflict)
            say("order conflict: \(conflict.text)", at: now)
        case .generatorStuck(let stall):
            stuck.append(stall.text)
            say(stall.text, at: now)
        case .generatorResumed(let stall, let silent):
            // A busy machine is no reason to doubt a run that went on: lag has its own figure.
            stuck.removeAll { $0 == stall.text }
            let seconds = Decimals.text(silent.seconds, places: 1)
            say("\(stall.name) goes on after \(seconds) s", at: now)
        }
    }

    private func keep(_ hang: Hang) {
        if let place = hangs.firstIndex(where: { $0.id == hang.id }) {
            hangs[place] = hang
        } else {
            hangs.append(hang)
            open.append(hang.id)
        }
        let age = hang.instant.nanoseconds(since: hang.since)
        if age >= UInt64(clamping: plan.settings.stallAfter.wholeNanoseconds) {
            stalled.insert(hang.id)
        }
        let header = DumpHeader(
            run: plan.hash,
            seed: plan.settings.seed,
            client: plan.settings.client.name,
            note: plan.settings.client.name == "fixed"
                ? "" : "the locks of a client model are a plausible reconstruction"
        )
        let dump = TextDump.text(of: hang, header: header)
        let stem = Self.stem(of: hang)
        let files: [(String, String)] = [
            ("\(stem).txt", dump), ("\(stem).json", JSONDump.text(of: hang, header: header)),
            ("\(stem).dot", DOTDump.text(of: hang)), ("\(stem).mmd", MermaidDump.text(of: hang)),
        ]
        let row = HangRow(
            hang,
            since: .zero,
            expected: plan.settings.expected,
            files: folder == nil ? [] : files.map(\.0) + captures(of: hang),
            dump: dump
        )
        let place = rows.firstIndex { $0.id == hang.id }
        if let place { rows[place] = row } else { rows.append(row) }
        write(files)
        events?.append(RunEvent.hang(row).line)
        guard place == nil else { return }
        if let voice {
            let file = row.files.first.map { " (\($0))" } ?? ""
            voice("hang \(hang.id): \(hang.verdict.rawValue): \(row.sentence)\(file)")
        } else {
            Console.note(dump)
        }
    }

    /// The members' newest frames of one host, written beside the hang's other files.
    func take(_ more: [CapturedFrame], ofHang id: Int) {
        guard let folder, let hang = hangs.first(where: { $0.id == id }),
            let place = rows.firstIndex(where: { $0.id == id }), !more.isEmpty
        else { return }
        let all = ((frames[id] ?? []) + more).sorted { $0.at < $1.at }
        frames[id] = Array(all.suffix(Hang.framesMax))
        do {
            let file = PcapNG.file(frames[id] ?? [], origin: captureOrigin)
            try folder.write(file, to: Self.stem(of: hang) + ".pcapng")
            rows[place].files.removeAll { captures(of: hang).contains($0) }
            rows[place].files += captures(of: hang)
        } catch {
            writeFailure = writeFailure ?? error
        }
    }

    private func captures(of hang: Hang) -> [String] {
        frames[hang.id] == nil ? [] : [Self.stem(of: hang) + ".pcapng"]
    }

    private func write(_ files: [(name: String, text: String)]) {
        do {
            try folder?.makeFolder("hangs")
            for file in files { try folder?.write(file.text, to: file.name) }
        } catch {
            if writeFailure == nil { Console.note("gridlock: \(error.sentence)") }
            writeFailure = writeFailure ?? error
        }
    }

    private func say(_ sentence: String, at now: Instant) {
        let seconds = Decimals.text(Double(now.nanoseconds) / 1e9, places: 1)
        if let voice {
            voice(sentence)
        } else {
            Console.note("\(seconds) s: \(sentence)")
        }
        events?.append(
            RunEvent(.stall, at: Double(now.nanoseconds) / 1e9, sentence).line
        )
    }
}
