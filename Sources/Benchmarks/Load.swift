internal import Credentials
internal import Dfs
internal import Foundation
internal import NIOCore
internal import Primitives
internal import Redirector
internal import SMBWire
internal import Transport

struct LoadPlan: Sendable {
    let workload: Workload
    let server: String
    let share: String
    let connections: Int
    let outstanding: Int
    let seconds: Int
}

/// What one workload came to.
struct Figures: Sendable {
    let operations: Int
    let errors: Int
    let cpuSeconds: Double
    let wallSeconds: Double

    func line(_ workload: Workload) -> String {
        let perCPU = Int(Double(operations) / max(cpuSeconds, 1e-9))
        let perWall = Int(Double(operations) / max(wallSeconds, 1e-9))
        let name = workload.rawValue + String(repeating: " ", count: 10 - workload.rawValue.count)
        let cpu = String(format: "%.2f", cpuSeconds)
        return "\(name) \(perCPU) per client CPU s, \(perWall)/s, CPU \(cpu) s, \(errors) errors"
    }
}

/// Redirectors under load, one a connection, all of them on one event loop.
///
/// Each is a client of its own, as hosts are: Samba serves all connections of one client in one
/// process, so that they would measure another server than smbtorture's connections do.
final class Load: ConnectionPoolOwner {
    /// One of the requests that are always out, and where it is in its round.
    private struct Slot {
        let lane: Int
        var stage = 0
        var open: OpenNumber?
        var session: SMBSessionNumber?
    }

    /// Where a slot's path leads, for `dfs`.
    private struct Way {
        var resolution: Resolution
        let target: UNCPath
    }

    /// A connection with what was set up on it.
    ///
    /// A class: its parts change in place.
    private final class Lane {
        var redirector: Redirector
        var effects: [RedirectorEffect] = []
        var connection: ConnectionNumber?
        var tree: TreeNumber?
        var file: OpenNumber?

        init() {
            let guid = GUID(high: .random(in: 1 ... .max), low: .random(in: 1 ... .max))
            redirector = Redirector(
                settings: RedirectorSettings(clientGUID: guid),
                random: SplitMix64(seed: 1)
            )
        }
    }

    private let plan: LoadPlan
    private let loop: any EventLoop
    private let credentials: CredentialPool
    private let pool: SocketPool
    private let done: EventLoopPromise<Figures>
    private var dfs = DfsClient(settings: DfsSettings())
    private var batch: [RedirectorEffect] = []
    /// The sockets' numbers are their places.
    private let lanes: [Lane]
    private var slots: [Slot] = []
    private var ways: [Int: Way] = [:]
    private var operations = 0
    private var errors = 0
    private var isOver = false
    private var cpuAtStart = 0.0
    private var began = NIODeadline.now()
    private var now = Instant.zero
    private var setUpLimit: Scheduled<Void>?

    /// Belongs to no slot.
    private static let setUp = -1

    static func measure(
        _ plan: LoadPlan,
        on loop: any EventLoop,
        credentials: CredentialPool
    ) throws -> Figures {
        try loop.flatSubmit {
            let load = Load(plan, on: loop, credentials: credentials)
            load.start()
            let alive = NIOLoopBound(load, eventLoop: loop)
            return load.done.futureResult.always { _ in alive.value.pool.closeAll() }
        }.wait()
    }

    private init(_ plan: LoadPlan, on loop: any EventLoop, credentials: CredentialPool) {
        self.plan = plan
        self.loop = loop
        self.credentials = credentials
        pool = SocketPool(on: loop, connectLimit: .seconds(5))
        done = loop.makePromise(of: Figures.self)
        lanes = (0..<plan.connections).map { _ in Lane() }
        pool.owner = self
    }

    private func readClock() {
        now = Instant(nanoseconds: UInt64(NIODeadline.now().uptimeNanoseconds))
    }

    private func start() {
        setUpLimit = loop.assumeIsolated().scheduleTask(in: .seconds(30)) { [self] in
            fail("the server left a request of setting up unanswered")
        }
        for lane in lanes.indices {
            ask(.connect(server: plan.server), on: lane, tag: Self.setUp)
            perform(lane)
        }
    }

    private func ask(_ request: Request, on lane: Int, tag: Int) {
        let lane = lanes[lane]
        lane.redirector.submit(request, tag: tag, at: now, into: &lane.effects)
    }

    private func perform(_ index: Int) {
        let lane = lanes[index]
        while !lane.effects.isEmpty {
            swap(&batch, &lane.effects)
            for effect in batch { perform(effect, of: index) }
            batch.removeAll(keepingCapacity: true)
        }
        pool.flush()
    }

    private func perform(_ effect: RedirectorEffect, of lane: Int) {
        switch effect {
        case .connect(let number, let server):
            lanes[lane].connection = number
            pool.open(lane, address: server, port: 445)
        case .send(_, let bytes): pool.send(lane, bytes)
        case .disconnect: pool.close(lane)
        case .token(let session, let user, let server, let input):
            let bound = NIOLoopBound(self, eventLoop: loop)
            credentials.step(
                host: lane,
                session: session,
                user: user,
                server: server,
                input: input
            ) { [loop] answer in
                loop.execute { bound.value.tokenReady(session, answer, of: lane) }
            }
        case .tokenEnd(let session): credentials.end(host: lane, session: session)
        case .answered(Self.setUp, let answer): prepared(lane, answer)
        case .answered(let slot, let answer): answered(slot, answer)
        case .lost(_, _, let sentence): fail(sentence)
        case .broke: break
        }
    }

    private func tokenReady(_ session: SMBSessionNumber, _ answer: TokenAnswer, of lane: Int) {
        readClock()
        lanes[lane].redirector.tokenReady(session, answer, at: now, into: &lanes[lane].effects)
        perform(lane)
    }

    private struct Stopped: Error, CustomStringConvertible {
        let description: String
    }

    private func fail(_ sentence: String) {
        guard !isOver else { return }
        isOver = true
        setUpLimit?.cancel()
        done.fail(Stopped(description: sentence))
    }

    /// Setting up a lane: connection, SMB session, tree, and the file that `read` reads.
    private func prepared(_ lane: Int, _ answer: Answer) {
        switch answer.result {
        case .connection(let number): ask(.logon(number, user: 0), on: lane, tag: Self.setUp)
        case .smbSession(let number):
            let share = plan.workload == .referral ? "IPC$" : plan.share
            let path = UNCPath(components: [plan.server, share])
            ask(.treeConnect(number, share: path), on: lane, tag: Self.setUp)
        case .tree(let number, _):
            lanes[lane].tree = number
            if plan.workload == .read {
                ask(.create(number, Self.hello), on: lane, tag: Self.setUp)
            } else {
                laneIsReady(lane)
            }
        case .open(let number, _):
            lanes[lane].file = number
            laneIsReady(lane)
        default: fail(answer.sentence ?? "setting up failed")
        }
    }

    /// What smbtorture's smb2.bench.path-contention-shared opens.
    static var shareRoot: CreateParameters {
        CreateParameters(name: "", access: .readAttributes, options: .openReparsePoint)
    }

    private static var hello: CreateParameters {
        CreateParameters(name: "hello.txt", access: [.readData, .readAttributes])
    }

    private func laneIsReady(_ last: Int) {
        let isReady = lanes.allSatisfy { lane in
            lane.tree != nil && (plan.workload != .read || lane.file != nil)
        }
        guard isReady, slots.isEmpty else { return }
        setUpLimit?.cancel()
        began = .now()
        cpuAtStart = CPUTime.process
        loop.assumeIsolated().scheduleTask(in: .seconds(Int64(plan.seconds))) { [self] in finish() }
        for lane in lanes.indices {
            for _ in 0..<plan.outstanding {
                slots.append(Slot(lane: lane))
                next(slots.count - 1, Slot(lane: lane))
            }
        }
        // The lane that was set up last is being performed; the others are woken here.
        for lane in lanes.indices where lane != last {
            loop.assumeIsolated().execute { [self] in perform(lane) }
        }
    }

    private func finish() {
        guard !isOver else { return }
        isOver = true
        let wall = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        done.succeed(
            Figures(
                operations: operations,
                errors: errors,
                cpuSeconds: CPUTime.process - cpuAtStart,
                wallSeconds: wall
            )
        )
    }

    private func answered(_ index: Int, _ answer: Answer) {
        guard !isOver else { return }
        if !answer.isSuccess { errors += 1 }
        var slot = slots[index]
        switch answer.result {
        case .open(let open, _): slot.open = open
        case .smbSession(let session): slot.session = session
        default: break
        }
        if plan.workload == .dfs && slot.stage == 0 { pathAnswered(index, answer) }
        slot.stage += 1
        if slot.stage == stages {
            slot.stage = 0
            operations += 1
        }
        slots[index] = slot
        next(index, slot)
    }

    /// How many requests one operation is.
    private var stages: Int {
        switch plan.workload {
        case .echo, .read, .referral: 1
        case .open, .session: 2
        case .dfs: 3
        }
    }

    /// The slot's next request.
    private func next(_ index: Int, _ slot: Slot) {
        let lane = slot.lane
        guard let connection = lanes[lane].connection, let tree = lanes[lane].tree else { return }
        let isFirst = slot.stage == 0
        switch plan.workload {
        case .echo: ask(.echo(connection), on: lane, tag: index)
        case .open:
            if isFirst {
                ask(.create(tree, Self.shareRoot), on: lane, tag: index)
            } else if let open = slot.open {
                ask(.close(open), on: lane, tag: index)
            }
        case .read:
            if let file = lanes[lane].file {
                ask(.read(file, offset: 0, count: 4_096), on: lane, tag: index)
            }
        case .referral:
            let path = UNCPath(components: [plan.server, "dfs"])
            let request = ReferralRequest(path: path.referralText).bytes
            ask(
                .referral(tree, request, isExtended: false, outputMax: 57_344),
                on: lane,
                tag: index
            )
        case .session:
            if isFirst {
                ask(.logon(connection, user: 0), on: lane, tag: index)
            } else if let session = slot.session {
                ask(.logoff(session), on: lane, tag: index)
            }
        case .dfs: dfsNext(index, slot, tree: tree)
        }
    }

    /// The path is resolved anew for each round; the cache has been filled by hand.
    private func dfsNext(_ index: Int, _ slot: Slot, tree: TreeNumber) {
        let lane = slot.lane
        switch slot.stage {
        case 0:
            var resolution = dfs.begin(
                UNCPath(components: ["ns1", "dfs", "one", "hello.txt"])
            )
            while true {
                switch dfs.advance(&resolution, at: now) {
                case .referral(let need):
                    let output = Self.referral(for: need)
                    dfs.answered(&resolution, need, status: .success, output: output, at: now)
                    continue
                case .attempt(_, let target):
                    if target.server == "ns1" {
                        dfs.attempted(&resolution, target, status: .pathNotCovered, at: now)
                        continue
                    }
                    ways[index] = Way(resolution: resolution, target: target)
                    var parameters = Self.hello
                    parameters.name = target.relativePath
                    ask(.create(tree, parameters), on: lane, tag: index)
                case .notDfs, .failed: fail("the path cannot be resolved")
                }
                return
            }
        case 1:
            if let open = slot.open {
                ask(.read(open, offset: 0, count: 4_096), on: lane, tag: index)
            }
        default: if let open = slot.open { ask(.close(open), on: lane, tag: index) }
        }
    }

    private func pathAnswered(_ index: Int, _ answer: Answer) {
        guard var way = ways.removeValue(forKey: index) else { return }
        dfs.attempted(&way.resolution, way.target, status: answer.status, at: now)
    }

    /// The namespace's two referrals, as its server would give them.
    private static func referral(for need: ReferralNeed) -> [UInt8] {
        let isRoot = need.kind == .root
        let prefix = need.path.prefix(isRoot ? 2 : 3)
        return ReferralResponse(
            pathConsumed: UInt16(prefix.referralText.utf16.count * 2),
            flags: isRoot ? [.referralServers, .storageServers] : .storageServers,
            entries: [
                ReferralEntry(
                    version: 3,
                    isRoot: isRoot,
                    isSetBoundary: false,
                    timeToLive: 3_600,
                    content: .target(
                        dfsPath: prefix.referralText,
                        alternatePath: prefix.referralText,
                        networkAddress: isRoot ? #"\ns1\dfs"# : #"\fs1\data"#
                    )
                )
            ]
        ).bytes
    }

    func opened(_ lane: Int, tuple: String?) {
        guard let number = lanes[lane].connection else { return }
        readClock()
        lanes[lane].redirector.transportConnected(number, at: now, into: &lanes[lane].effects)
        perform(lane)
    }

    func failedToOpen(_ lane: Int, _ failure: SocketFailure) { fail(failure.description) }

    func received(_ lane: Int, _ bytes: [UInt8]) {
        guard let number = lanes[lane].connection else { return }
        readClock()
        let lane = lanes[lane]
        lane.redirector.received(number, bytes, at: now, into: &lane.effects)
    }

    func receivedAll() {
        for lane in lanes.indices where !lanes[lane].effects.isEmpty { perform(lane) }
    }

    func closed(_ lane: Int, _ failure: SocketFailure) { fail(failure.description) }
}
