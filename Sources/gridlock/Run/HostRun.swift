internal import Credentials
internal import Foundation
internal import Measurement
internal import NIOCore
internal import NIOPosix
internal import Primitives
internal import Report
internal import Synchronization
internal import TerminalServer
internal import Transport

/// One run of one host, from the first connection to the results.
///
/// The main thread waits here for the host, for signals and for the next progress line; the host
/// lives on its event loop.
final class HostRun {
    struct Result {
        let summary: RunSummary
        let code: ExitCode
        let snapshot: HostSnapshot
    }

    /// How long Ctrl-C waits for what is under way: results within three seconds.
    private static let interruptGrace = Duration.seconds(2)

    private let plan: RunPlan
    private let hostPlan: HostPlan
    private let folder: RunDirectory?
    private let manifest: AppendedFile?
    private let startedAt: Date
    private let credentials: CredentialPool
    private let mailbox = Mailbox()
    private var lastOperations: UInt64 = 0
    private var lastProgress = ContinuousClock.now
    private var writeFailure: Failure?

    convenience init(_ plan: RunPlan, folder: RunDirectory, startedAt: Date) throws {
        let id = String(UInt32.random(in: .min ... .max), radix: 16)
        let host = try plan.host(runFolder: "gridlock-\(id)")
        let manifest = try AppendedFile(creating: folder.path + "/manifest.ndjson")
        self.init(plan, host, folder: folder, manifest: manifest, startedAt: startedAt)
    }

    /// A run that leaves nothing behind has neither folder nor manifest.
    init(
        _ plan: RunPlan,
        _ host: HostPlan,
        folder: RunDirectory? = nil,
        manifest: AppendedFile? = nil,
        startedAt: Date
    ) {
        self.plan = plan
        hostPlan = host
        self.folder = folder
        self.manifest = manifest
        self.startedAt = startedAt
        credentials = CredentialPool(
            users: plan.settings.users,
            mechanism: plan.settings.mechanism
        )
    }

    /// Runs to the end, whatever that is.
    func perform(isQuiet: Bool = false) -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let signals = SignalWatch(posting: mailbox)
        let clock = ContinuousClock()
        let began = clock.now
        let loop = HostLoop(
            hostPlan,
            on: group.next(),
            origin: .now(),
            ports: ports(isQuiet: isQuiet)
        )
        let mailbox = mailbox
        loop.finished.whenComplete { _ in mailbox.post(.finished) }
        var signal: Int32?
        waiting: while true {
            switch mailbox.next(within: isQuiet ? .seconds(3_600) : plan.settings.progress) {
            case .finished: break waiting
            case .signal(let number):
                signal = signal ?? number
                if !isQuiet { Console.note("stopping; what is under way may end, results follow") }
                loop.stop(grace: Self.interruptGrace)
            case nil where !isQuiet: progress(loop, since: began)
            case nil: break
            }
        }
        let (snapshot, lag) = state(of: loop)
        let result = result(snapshot, lag: lag, wall: clock.now - began, signal: signal)
        signals.end()
        // The loop's threads end with the process; waiting for them could only delay the results.
        group.shutdownGracefully { _ in }
        return result
    }

    private func ports(isQuiet: Bool) -> HostPorts {
        let (credentials, manifest) = (credentials, manifest)
        return HostPorts(
            token: { request, done in
                credentials.step(
                    host: request.host,
                    session: request.session,
                    user: request.user,
                    server: request.server,
                    input: request.input,
                    done: done
                )
            },
            tokenEnd: { host, session in credentials.end(host: host, session: session) },
            manifest: { entry in manifest?.append(entry.line) },
            event: { event in
                guard !isQuiet else { return }
                let seconds = Decimals.text(Double(event.at.nanoseconds) / 1e9, places: 1)
                let place = event.session.map { " \($0)" } ?? ""
                Console.note("\(seconds) s\(place): \(event.sentence)")
            }
        )
    }

    private func state(of loop: HostLoop) -> (HostSnapshot, lag: UInt64) {
        do {
            if let state = try loop.snapshot().wait() { return state }
        } catch {
            preconditionFailure("the loop cannot be asked: \(error)")
        }
        preconditionFailure("a finished host has a state")
    }

    /// A line for the person, and results for the case that nobody gets to write later ones.
    private func progress(_ loop: HostLoop, since began: ContinuousClock.Instant) {
        let (snapshot, lag) = state(of: loop)
        let now = ContinuousClock.now
        let whole = snapshot.operations.reduce(into: OperationStatistics()) { $0.add($1) }
        let step = (now - lastProgress).seconds
        let line = ProgressLine(
            elapsedSeconds: (now - began).seconds,
            active: snapshot.sessions.count { $0.state == "working" || $0.state == "thinking" },
            sessions: snapshot.sessions.count,
            operations: whole.count,
            errors: whole.errors,
            rate: step > 0 ? Double(whole.count - lastOperations) / step : 0,
            p50: whole.response.percentile(50),
            p99: whole.response.percentile(99),
            oldest: snapshot.sessions.compactMap(\.inFlight?.age).max() ?? 0
        )
        (lastOperations, lastProgress) = (whole.count, now)
        // Whoever reads the line may end the program: what it says is on the disk by then.
        _ = result(snapshot, lag: lag, wall: now - began, signal: nil)
        Console.note(line.text)
    }

    /// The summary, written to the folder as well.
    private func result(
        _ snapshot: HostSnapshot,
        lag: UInt64,
        wall: Duration,
        signal: Int32?
    ) -> Result {
        let builder = SummaryBuilder(
            plan: plan,
            startedAt: startedAt,
            wall: wall,
            lag: lag,
            signal: signal,
            writeFailure: writeFailure ?? manifest?.firstFailure
        )
        var (summary, code) = builder.summary(of: snapshot)
        do {
            try folder?.write(summary.json.document, to: "summary.json")
        } catch {
            writeFailure = writeFailure ?? error
            if code == .pass { code = .cannotWrite }
            summary.exitCode = code.rawValue
            if !summary.reasons.contains(error.sentence) { summary.reasons.append(error.sentence) }
        }
        return Result(summary: summary, code: code, snapshot: snapshot)
    }
}

extension Duration {
    var seconds: Double { Double(wholeNanoseconds) / 1e9 }
}
