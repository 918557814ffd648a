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

/// One redirector under load, all of it on one event loop.
final class Load: ConnectionPoolOwner {
    /// One of the requests that are always out, and where it is in its round.
    private struct Slot {
        let connection: Int
        var stage = 0
        var open: OpenNumber?
        var session: SMBSessionNumber?
        var resolution: Resolution?
        var target: UNCPath?
    }

    /// A connection with what was set up on it.
    private struct Lane {
        var connection: ConnectionNumber?
        var session: SMBSessionNumber?
        var tree: TreeNumber?
        var file: OpenNumber?
    }

    private let plan: LoadPlan
    private let loop: any EventLoop
    private let credentials: CredentialPool
    private let pool: SocketPool
    private let done: EventLoopPromise<Figures>
    private var redirector: Redirector
    private var dfs = DfsClient(settings: DfsSettings())
    private var effects: [RedirectorEffect] = []
    private var batch: [RedirectorEffect] = []
    private var numbers: [Int: ConnectionNumber] = [:]
    private var lanes: [Lane]
    private var slots: [Slot] = []
    private var operations = 0
    private var errors = 0
    private var isOver = false
    private var cpuAtStart = 0.0
    private var began = NIODeadline.now()

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
        let settings = RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 1))
        lanes = Array(repeating: Lane(), count: plan.connections)
        pool.owner = self
    }

    private var now: Instant { Instant(nanoseconds: UInt64(NIODeadline.now().uptimeNanoseconds)) }

    /// Tags below the lanes' count belong to setting up, the others to slots.
    private func start() {
        for lane in lanes.indices { ask(.connect(server: plan.server), tag: lane) }
        perform()
    }

    private func ask(_ request: Request, tag: Int) {
        redirector.submit(request, tag: tag, at: now, into: &effects)
    }

    private func perform() {
        while !effects.isEmpty {
            swap(&batch, &effects)
            for effect in batch { perform(effect) }
            batch.removeAll(keepingCapacity: true)
        }
        pool.flush()
    }

    private func perform(_ effect: RedirectorEffect) {
        switch effect {
        case .connect(let number, let server):
            numbers[number.rawValue] = number
            pool.open(number.rawValue, address: server, port: 445)
        case .send(let number, let bytes): pool.send(number.rawValue, bytes)
        case .disconnect(let number): pool.close(number.rawValue)
        case .token(let session, let user, let server, let input):
            let bound = NIOLoopBound(self, eventLoop: loop)
            credentials.step(host: 0, session: session, user: user, server: server, input: input) {
                [loop] answer in
                loop.execute { bound.value.tokenReady(session, answer) }
            }
        case .tokenEnd(let session): credentials.end(host: 0, session: session)
        case .answered(let tag, let answer):
            if tag < lanes.count { prepared(tag, answer) } else { answered(tag, answer) }
        case .lost(_, _, let sentence): fail(sentence)
        case .broke: break
        }
    }

    private func tokenReady(_ session: SMBSessionNumber, _ answer: TokenAnswer) {
        redirector.tokenReady(session, answer, at: now, into: &effects)
        perform()
    }

    private struct Stopped: Error, CustomStringConvertible {
        let description: String
    }

    private func fail(_ sentence: String) {
        guard !isOver else { return }
        isOver = true
        done.fail(Stopped(description: sentence))
    }

    /// Setting up a lane: connection, SMB session, tree, and the file that `read` reads.
    private func prepared(_ lane: Int, _ answer: Answer) {
        switch answer.result {
        case .connection(let number):
            lanes[lane].connection = number
            ask(.logon(number, user: 0), tag: lane)
        case .smbSession(let number):
            lanes[lane].session = number
            let share = plan.workload == .referral ? "IPC$" : plan.share
            ask(.treeConnect(number, share: UNCPath(components: [plan.server, share])), tag: lane)
        case .tree(let number, _):
            lanes[lane].tree = number
            if plan.workload == .read {
                ask(.create(number, Self.hello), tag: lane)
            } else {
                laneIsReady()
            }
        case .open(let number, _):
            lanes[lane].file = number
            laneIsReady()
        default: fail(answer.sentence ?? "setting up failed")
        }
    }

    /// What smbtorture's smb2.bench.path-contention-shared opens.
    private static var shareRoot: CreateParameters {
        CreateParameters(name: "", access: .readAttributes, options: .openReparsePoint)
    }

    private static var hello: CreateParameters {
        CreateParameters(name: "hello.txt", access: [.readData, .readAttributes])
    }

    private func laneIsReady() {
        let isReady = lanes.allSatisfy { lane in
            lane.tree != nil && (plan.workload != .read || lane.file != nil)
        }
        guard isReady, slots.isEmpty else { return }
        began = .now()
        cpuAtStart = CPUTime.process
        loop.assumeIsolated().scheduleTask(in: .seconds(Int64(plan.seconds))) { [self] in finish() }
        for lane in lanes.indices {
            for _ in 0..<plan.outstanding {
                slots.append(Slot(connection: lane))
                next(slots.count - 1)
            }
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

    private func answered(_ tag: Int, _ answer: Answer) {
        guard !isOver else { return }
        let slot = tag - lanes.count
        if !answer.isSuccess { errors += 1 }
        switch answer.result {
        case .open(let open, _): slots[slot].open = open
        case .smbSession(let session): slots[slot].session = session
        default: break
        }
        if plan.workload == .dfs { dfsAnswered(slot, answer) }
        slots[slot].stage += 1
        if slots[slot].stage == stages {
            slots[slot].stage = 0
            operations += 1
        }
        next(slot)
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
    private func next(_ index: Int) {
        let slot = slots[index]
        let lane = lanes[slot.connection]
        guard let connection = lane.connection, let tree = lane.tree else { return }
        let tag = index + lanes.count
        switch plan.workload {
        case .echo: ask(.echo(connection), tag: tag)
        case .open:
            if slot.stage == 0 {
                ask(.create(tree, Self.shareRoot), tag: tag)
            } else if let open = slot.open {
                ask(.close(open), tag: tag)
            }
        case .read:
            if let file = lane.file { ask(.read(file, offset: 0, count: 4_096), tag: tag) }
        case .referral:
            let path = UNCPath(components: [plan.server, "dfs"])
            let request = ReferralRequest(path: path.referralText).bytes
            ask(.referral(tree, request, isExtended: false, outputMax: 57_344), tag: tag)
        case .session:
            if slot.stage == 0 {
                ask(.logon(connection, user: 0), tag: tag)
            } else if let session = slot.session {
                ask(.logoff(session), tag: tag)
            }
        case .dfs: dfsNext(index, tag: tag, tree: tree)
        }
    }

    /// The path is resolved anew for each round; the cache has been filled by hand.
    private func dfsNext(_ index: Int, tag: Int, tree: TreeNumber) {
        let slot = slots[index]
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
                    slots[index].resolution = resolution
                    slots[index].target = target
                    var parameters = Self.hello
                    parameters.name = target.relativePath
                    ask(.create(tree, parameters), tag: tag)
                case .notDfs, .failed: fail("the path cannot be resolved")
                }
                return
            }
        case 1: if let open = slot.open { ask(.read(open, offset: 0, count: 4_096), tag: tag) }
        default: if let open = slot.open { ask(.close(open), tag: tag) }
        }
    }

    private func dfsAnswered(_ index: Int, _ answer: Answer) {
        guard slots[index].stage == 0, let target = slots[index].target,
            var resolution = slots[index].resolution
        else { return }
        slots[index].resolution = nil
        dfs.attempted(&resolution, target, status: answer.status, at: now)
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

    func opened(_ socket: Int, tuple: String?) {
        guard let number = numbers[socket] else { return }
        redirector.transportConnected(number, at: now, into: &effects)
        perform()
    }

    func failedToOpen(_ socket: Int, _ failure: SocketFailure) { fail(failure.description) }

    func received(_ socket: Int, _ bytes: [UInt8]) {
        guard let number = numbers[socket] else { return }
        redirector.received(number, bytes, at: now, into: &effects)
    }

    func receivedAll() { perform() }
    func closed(_ socket: Int, _ failure: SocketFailure) { fail(failure.description) }
}
